"""Invitations: reads."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.db.pages import paged
from fediunion.kit.pages import Page
from fediunion.members.invites.models import Invite, InviteUse
from fediunion.members.models import Member


def is_live(now: datetime) -> ColumnElement[bool]:
    """Return the condition of an invitation that can be used at `now`."""
    places = or_(Invite.uses_left.is_(None), Invite.uses_left > 0)
    return Invite.revoked_at.is_(None) & (Invite.ends_at > now) & places


def find_invite(session: Session, code_hash: str) -> Invite | None:
    """Return the invitation of a code (its hash) that can be used, or None."""
    return session.scalar(select(Invite).where(Invite.code_hash == code_hash, is_live(now_of(session))))


def count_live_invites(session: Session, member_id: int) -> int:
    """Return how many invitations of a member can be used."""
    statement = select(func.count()).where(Invite.made_by_id == member_id, is_live(now_of(session)))
    return session.scalar(statement) or 0


def list_invites(session: Session, page: Page, *, member_id: int | None = None) -> list[Invite]:
    """Return invitations, those of a member or all, the newest first; those that are over too."""
    statement = select(Invite)
    if member_id is not None:
        statement = statement.where(Invite.made_by_id == member_id)
    return page.newest_first(list(session.scalars(paged(statement, Invite.id, page))))


def find_inviter(session: Session, member_id: int) -> Member | None:
    """Return who invited a member, as long as that is known: 30 days; or None."""
    return session.scalar(
        select(Member)
        .join(Invite, Invite.made_by_id == Member.id)
        .join(InviteUse, InviteUse.invite_id == Invite.id)
        .where(InviteUse.member_id == member_id)
    )
