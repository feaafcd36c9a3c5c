"""Bearer tokens of apps: made, found, revoked; only their hashes are stored."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import announce, now_of
from fediunion.kit.errors import Invalid
from fediunion.kit.ids import new_token, token_hash
from fediunion.members.models import AccessToken, Member, MemberState
from fediunion.members.scopes import check_scopes
from fediunion.world import CHANGED

CACHE: Final = "tokens"
IDLE: Final = timedelta(days=90)
"""A token that was not used for so long is worthless."""

USE_IS_NOTED_EVERY: Final = timedelta(hours=1)
_NOT_ACTIVE: Final = (MemberState.DISABLED, MemberState.SUSPENDED, MemberState.DELETED)


def create_token(session: Session, member: Member, scopes: str | Iterable[str], app_name: str = "") -> str:
    """Return a new bearer token that the operator makes for a member, shown now and never again.

    It asks for no second factor (members/rights.py). Raises Invalid for an unknown scope, or a member who
    may not act.
    """
    if member.state in _NOT_ACTIVE:
        raise Invalid("The account is suspended or deleted.", field="username", reason="not-active")
    return add_token(
        session, member_id=member.id, scopes=check_scopes(scopes), app_name=app_name, by_operator=True
    )


def add_token(
    session: Session,
    *,
    member_id: int | None,
    scopes: str,
    app_name: str,
    application_id: int | None = None,
    grant_id: int | None = None,
    expires_at: datetime | None = None,
    by_operator: bool = False,
) -> str:
    """Return a new bearer token: of a member, or of an app alone where there is no `member_id`.

    `grant_id` is shared by all tokens that come from one consent; `scopes` were checked.
    """
    bearer = new_token()
    session.add(
        AccessToken(
            member_id=member_id,
            application_id=application_id,
            grant_id=grant_id,
            token_hash=token_hash(bearer),
            scopes=scopes,
            app_name=app_name,
            created_at=now_of(session),
            expires_at=expires_at,
            by_operator=by_operator,
        )
    )
    return bearer


def is_live(now: datetime) -> ColumnElement[bool]:
    """Return the condition of a token that is good at `now`: not revoked, not over, used within 90 days."""
    last = func.coalesce(AccessToken.last_used_at, AccessToken.created_at)
    not_over = or_(AccessToken.expires_at.is_(None), AccessToken.expires_at > now)
    return AccessToken.revoked_at.is_(None) & not_over & (last > now - IDLE)


def find_token(session: Session, bearer: str) -> tuple[AccessToken, Member, Actor] | None:
    """Return a member's token that is live, whose it is, and the actor; None for anything else.

    The member may be pending or suspended: what that allows is for the door to say.
    """
    found = session.execute(
        select(AccessToken, Member, Actor)
        .join(Member, Member.id == AccessToken.member_id)
        .join(Actor, Actor.id == Member.actor_id)
        .where(
            AccessToken.token_hash == token_hash(bearer),
            is_live(now_of(session)),
            Member.state != MemberState.DELETED,
        )
    ).first()
    return None if found is None else (found[0], found[1], found[2])


def find_app_token(session: Session, bearer: str) -> AccessToken | None:
    """Return a live token that an app has for itself, of no member; None for anything else."""
    return session.scalar(
        select(AccessToken).where(
            AccessToken.token_hash == token_hash(bearer),
            AccessToken.member_id.is_(None),
            is_live(now_of(session)),
        )
    )


def use_is_due(token: AccessToken, now: datetime) -> bool:
    """Return whether the use of a token at `now` is to be noted: once an hour is enough."""
    return token.last_used_at is None or token.last_used_at <= now - USE_IS_NOTED_EVERY


def note_use(session: Session, token_id: int) -> None:
    """Write down that a token is used now."""
    session.execute(
        update(AccessToken).where(AccessToken.id == token_id).values(last_used_at=now_of(session))
    )


def revoke_tokens(session: Session, member: Member) -> None:
    """Make all tokens of a member worthless."""
    revoke_tokens_where(session, AccessToken.member_id == member.id)


def revoke_tokens_where(session: Session, which: ColumnElement[bool]) -> None:
    """Make the tokens of that condition worthless; streams that they opened are told to end."""
    session.execute(
        update(AccessToken).where(which, AccessToken.revoked_at.is_(None)).values(revoked_at=now_of(session))
    )
    announce(session, CHANGED, CACHE)
