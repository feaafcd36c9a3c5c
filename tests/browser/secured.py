"""People of an instance who are careful, or on their way in: factors, invitations, links that were mailed."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.keys import NewKeys
from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.members.factors.models import Passkey, TotpSecret
from fediunion.members.factors.totp import begin_totp
from fediunion.members.invites.service import make_invite
from fediunion.members.links.models import LinkKind
from fediunion.members.links.service import new_link
from fediunion.members.models import Member, MemberState, Role, SignUp
from fediunion.members.second_step import wait_for_second
from fediunion.members.service import create_member
from fediunion.members.sessions import begin_session, new_session_cookie
from fediunion.members.suspension import suspension_link
from fediunion.members.unconfirmed import keep_unconfirmed, new_token
from fediunion.social.moderation.decisions import decide
from fediunion.social.moderation.models import Measure
from fediunion.social.moderation.officers import Officer
from fediunion.social.profiles.erasing import erase_account
from tests.oauth.rig import password_hash


def add_careful(session: Session, keys: NewKeys) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Add fio with an app and a passkey; return cookies, and what stands in addresses."""
    now = now_of(session)
    fio = create_member(session, username="fio", keys=keys, password_hash=password_hash())
    begin_totp(session, fio, account="fio")
    session.flush()
    secret = session.scalars(select(TotpSecret).where(TotpSecret.member_id == fio.id)).one()
    secret.confirmed_at = fio.second_factor_since = now
    passkey = Passkey(
        member_id=fio.id,
        credential_id="AAAA",
        public_key=b"key",
        sign_count=0,
        transports=["internal"],
        name="The telephone that I have had for rather a long time",
        created_at=now,
    )
    session.add(passkey)
    session.flush()
    cookies = {
        "fio": begin_session(session, fio, device="Safari on iPhone"),
        "halfway": wait_for_second(session, fio, password_hash()),
    }
    return cookies, {"passkey": str(passkey.id)}


def add_suspended(session: Session, keys: NewKeys) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Add sid, who was suspended; return the cookie of a browser in which sid may read why, and the link."""
    olga = session.scalars(select(Actor).where(Actor.username == "olga")).one()
    sid = create_member(session, username="sid", keys=keys, password_hash=password_hash())
    session.flush()
    by = Officer(olga.id, Role.OWNER, "@olga")
    reason = "Rule 2: nobody names members to the employer, not even in a rather long sentence."
    decide(session, session.get_one(Actor, sid.actor_id), Measure.SUSPEND, reason, by=by)
    session.flush()
    cookie = new_session_cookie()
    link = suspension_link(session, cookie, sid.id, complete=True)
    return {"suspended": cookie}, {"suspension_link": link}


def add_requests(session: Session, keys: Sequence[NewKeys]) -> Mapping[str, str]:
    """Add requests for accounts with one address that nobody confirmed; return what stands in addresses."""
    rows = []
    for number, own in enumerate(keys):
        asks = create_member(session, username=f"asks_{number}", keys=own, state=MemberState.PENDING)
        rows.append(SignUp(member_id=asks.id, reason="I drive the night bus.", created_at=now_of(session)))
        keep_unconfirmed(session, rows[-1], "asks@union.example")
    session.add_all(rows)
    return {"confirmation": new_token(session, str(rows[0].email_key))}


def add_links(session: Session, member_id: int, leaving: NewKeys) -> Mapping[str, str]:
    """Add invitations and mailed links of a member, and erase another; return what stands in addresses."""
    member = session.get_one(Member, member_id)
    gone = create_member(session, username="gone", keys=leaving, role=Role.MEMBER)
    return {
        "invite": make_invite(session, member, uses=5, note="For the colleagues of the other house").code,
        "password_link": new_link(session, member, LinkKind.PASSWORD),
        "new_email_link": new_link(session, member, LinkKind.NEW_EMAIL, email="new@union.example"),
        "old_email_link": new_link(session, member, LinkKind.OLD_EMAIL, email="old@union.example"),
        "receipt": erase_account(session, gone.id),
    }
