"""What goes with an account, and what goes by itself."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.db import Base
from fediunion.members.erasure import forget_credentials
from fediunion.members.events import MemberErased
from fediunion.members.factors.enrolment import start_passkey
from fediunion.members.factors.models import (
    Passkey,
    PasskeyChallenge,
    PendingSignIn,
    RecoveryCode,
    TotpSecret,
)
from fediunion.members.invites.models import Invite, InviteUse
from fediunion.members.invites.service import make_invite, use_invite
from fediunion.members.jobs import tidy
from fediunion.members.links.models import LinkKind, MailedLink
from fediunion.members.links.service import new_link
from fediunion.members.models import Member, Role
from fediunion.members.service import delete_member
from tests.members.conftest import Office
from tests.members.factors.test_passkeys import with_passkey
from tests.members.factors.test_totp import enrolled
from tests.members.test_sign_in import first_step

TABLES: tuple[type[Base], ...] = (
    TotpSecret,
    Passkey,
    RecoveryCode,
    PendingSignIn,
    MailedLink,
    Invite,
    InviteUse,
)


async def rows(office: Office, *tables: type[Base]) -> list[str]:
    """Return the names of the tables that have rows."""

    def read(session: Session) -> list[str]:
        return [table.__tablename__ for table in tables if session.scalars(select(table)).first() is not None]

    return await office.db.read(read)


async def test_V33_nothing_of_how_a_member_signed_in_outlives_the_account(office: Office) -> None:
    ana, _, _ = await enrolled(office)
    await first_step(office)
    _, _, _ = await with_passkey(office, "ben")

    def give(session: Session, member: Member) -> None:
        session.scalars(select(Passkey)).one().member_id = member.id
        member.role = Role.MODERATOR
        new_link(session, member, LinkKind.OLD_EMAIL, email="old@us.example")
        code = make_invite(session, member).code
        use_invite(session, code, session.scalars(select(Member).where(Member.id != member.id)).one())

    await office.on(ana, give)
    assert await rows(office, *TABLES) == [table.__tablename__ for table in TABLES]
    await office.on(ana, delete_member)
    erased = next(event for event in office.announced if isinstance(event, MemberErased))
    await office.db.write(forget_credentials, erased)
    # What is left are the recovery codes of the other one.
    assert await rows(office, *TABLES) == ["recovery_code"]
    assert (await office.state_of(ana)).second_factor_since is None


async def test_what_was_not_finished_in_time_is_forgotten(office: Office) -> None:
    ana, cookie, _ = await enrolled(office)
    waiting: tuple[type[Any], ...] = (PendingSignIn, PasskeyChallenge, MailedLink)
    await first_step(office)
    await office.db.write(start_passkey, cookie)
    await office.on(ana, new_link, LinkKind.PASSWORD)
    await tidy(office.world, {})
    assert len(await rows(office, *waiting)) == 3
    office.clock.advance(hours=1)
    await tidy(office.world, {})
    assert await rows(office, *waiting) == []
