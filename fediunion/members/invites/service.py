"""Invitations: made by whom the union lets invite, used, revoked; who invited whom is soon forgotten."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.config import RegistrationMode, Settings
from fediunion.db import now_of, settings_of
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.kit.ids import token_hash
from fediunion.kit.sealing import seal, unseal
from fediunion.kit.sentences import Sentence
from fediunion.members.invites.models import Invite, InviteUse
from fediunion.members.invites.queries import count_live_invites, find_invite
from fediunion.members.models import Member, MemberState, Role
from fediunion.members.rights import rank_of, rights_of_member

LONGEST_NOTE: Final = 100
MOST_LIVE: Final = 5
MOST_USES: Final = 10
MOST_DAYS: Final = 30
"""What an invitation of a member without an office may be; those of officers live a year and serve many."""

MOST_DAYS_OF_OFFICERS: Final = 365
USES_ARE_KEPT: Final = timedelta(days=30)
_CODE_BYTES: Final = 12


@dataclass(frozen=True)
class NewInvite:
    """An invitation and its code, which stands in the link."""

    invite: Invite
    code: str


def may_invite(member: Member, settings: Settings) -> bool:
    """Return whether a member may invite: as configured, and nobody where the instance is closed."""
    wanted = rank_of(settings.registration.invites_by)
    is_closed = settings.registration.mode is RegistrationMode.CLOSED
    return not is_closed and rank_of(rights_of_member(member, settings)) >= wanted


def make_invite(
    session: Session, member: Member, *, uses: int | None = 1, days: int = 7, note: str = ""
) -> NewInvite:
    """Return a new invitation for so many people (None: for all who have the link) and days.

    Raises NotAllowed for who may not invite, or has five that live; Invalid, with its field, for more uses
    or days than the role has.
    """
    settings = settings_of(session)
    if not may_invite(member, settings):
        raise NotAllowed(Sentence("You cannot invite people here."), reason="may-not-invite")
    is_officer = rights_of_member(member, settings) is not Role.MEMBER
    if not is_officer and count_live_invites(session, member.id) >= MOST_LIVE:
        raise NotAllowed(
            Sentence("You have %(most)s open invitations; revoke one first.", most=MOST_LIVE),
            reason="too-many-invites",
        )
    if (uses is not None and uses < 1) or (not is_officer and (uses is None or uses > MOST_USES)):
        raise Invalid(Sentence("An invitation is for %(most)s people at most.", most=MOST_USES), field="uses")
    most_days = MOST_DAYS_OF_OFFICERS if is_officer else MOST_DAYS
    if not 1 <= days <= most_days:
        raise Invalid(Sentence("An invitation lives %(most)s days at most.", most=most_days), field="days")
    code, now = secrets.token_urlsafe(_CODE_BYTES), now_of(session)
    invite = Invite(
        made_by_id=member.id,
        code_hash=token_hash(code),
        sealed_code=b"",
        note=" ".join(note.split())[:LONGEST_NOTE],
        uses_left=uses,
        created_at=now,
        ends_at=now + timedelta(days=days),
    )
    invite.sealed_code = seal(code.encode(), settings.secrets.master_key, _associated(invite.id))
    session.add(invite)
    return NewInvite(invite, code)


def code_of(invite: Invite, settings: Settings) -> str:
    """Return the code of an invitation, to be shown to its maker again."""
    return unseal(invite.sealed_code, settings.secrets.master_key, _associated(invite.id)).decode()


def invite_link(code: str, settings: Settings) -> str:
    """Return the address that somebody joins at with that code."""
    return f"{settings.base_url}/invite/{code}"


def revoke_invite(session: Session, member: Member, invite_id: int) -> Invite:
    """Let an invitation be worthless; return it. Moderators revoke anybody's; else raises NotFound."""
    invite = session.get(Invite, invite_id)
    is_officer = rights_of_member(member, settings_of(session)) is not Role.MEMBER
    if invite is None or (invite.made_by_id != member.id and not is_officer):
        raise NotFound(Sentence("There is no such invitation."))
    invite.revoked_at = invite.revoked_at or now_of(session)
    return invite


def use_invite(session: Session, code: str, newcomer: Member) -> Invite:
    """Note that a new member came with an invitation; return it. Raises NotFound for one that is over.

    Of many who use the last place of one together, one gets it.
    """
    found = find_invite_of_code(session, code)
    counted = found and session.execute(
        update(Invite)
        .where(Invite.id == found.id, or_(Invite.uses_left.is_(None), Invite.uses_left > 0))
        .values(uses=Invite.uses + 1, uses_left=Invite.uses_left - 1)
    )
    if found is None or getattr(counted, "rowcount", 0) != 1:
        raise NotFound(Sentence("This invitation is over; ask for another."))
    session.add(InviteUse(member_id=newcomer.id, invite_id=found.id, used_at=now_of(session)))
    return found


def find_invite_of_code(session: Session, code: str) -> Invite | None:
    """Return the invitation of a code while it can be used, or None: also while its maker may not invite."""
    found = find_invite(session, token_hash(code))
    return found if found is not None and _is_backed(session, found) else None


def _is_backed(session: Session, invite: Invite) -> bool:
    """Return whether who made an invitation is there, may still invite, and could make such a one now."""
    maker, settings = session.get_one(Member, invite.made_by_id), settings_of(session)
    suspended = session.get_one(Actor, maker.actor_id).suspended_at is not None
    if maker.state != MemberState.ACTIVE or suspended or not may_invite(maker, settings):
        return False
    if rights_of_member(maker, settings) is not Role.MEMBER:
        return True
    few = invite.uses_left is not None and invite.uses + invite.uses_left <= MOST_USES
    return few and invite.ends_at - invite.created_at <= timedelta(days=MOST_DAYS)


def forget_invites(session: Session) -> None:
    """Delete who came with which invitation after 30 days, and invitations that were over for as long."""
    long_ago = now_of(session) - USES_ARE_KEPT
    session.execute(delete(InviteUse).where(InviteUse.used_at <= long_ago))
    session.execute(delete(Invite).where(or_(Invite.ends_at <= long_ago, Invite.revoked_at <= long_ago)))


def end_invites(session: Session, member_id: int) -> None:
    """Forget what a member who is gone invited, and by whom it was invited."""
    session.execute(delete(InviteUse).where(InviteUse.member_id == member_id))
    session.execute(delete(Invite).where(Invite.made_by_id == member_id))


def _associated(invite_id: int) -> bytes:
    return b"invite:%d" % invite_id
