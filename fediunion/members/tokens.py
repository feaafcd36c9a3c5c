"""Bearer tokens of apps: made, found, revoked; only their hashes are stored."""

import hashlib
from collections.abc import Iterable
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import announce, now_of
from fediunion.kit.errors import Invalid
from fediunion.kit.ids import new_token
from fediunion.members.models import AccessToken, Member, MemberState
from fediunion.world import CHANGED

CACHE: Final = "tokens"
_GROUPS: Final[dict[str, str]] = {
    "read": "accounts blocks bookmarks favourites filters follows lists mutes notifications search statuses",
    "write": "accounts blocks bookmarks conversations favourites filters follows lists media mutes"
    " notifications reports statuses",
    "admin:read": "accounts reports domain_allows domain_blocks ip_blocks email_domain_blocks"
    " canonical_email_blocks",
    "admin:write": "accounts reports domain_allows domain_blocks ip_blocks email_domain_blocks"
    " canonical_email_blocks",
}
SCOPES: Final = frozenset({"follow", "push", "profile", "crypto", *_GROUPS}) | {
    f"{group}:{part}" for group, parts in _GROUPS.items() for part in parts.split()
}
"""Source: https://docs.joinmastodon.org/api/oauth-scopes/"""


def check_scopes(text: str | Iterable[str]) -> str:
    """Return scopes space-separated, each once; raise Invalid for none or an unknown one."""
    words = list(dict.fromkeys(text.split() if isinstance(text, str) else text))
    unknown = [word for word in words if word not in SCOPES]
    if unknown or not words:
        named = unknown[0][:60] if unknown else ""
        raise Invalid(f"There is no scope {named!r}.", field="scopes", reason="bad-scope")
    return " ".join(words)


def create_token(session: Session, member: Member, scopes: str | Iterable[str], app_name: str = "") -> str:
    """Return a new bearer token of a member; it is shown now and never again. Raises Invalid."""
    granted = check_scopes(scopes)
    if member.state in (MemberState.SUSPENDED, MemberState.DELETED):
        raise Invalid("The account is suspended or deleted.", field="username", reason="not-active")
    bearer = new_token()
    session.add(
        AccessToken(
            member_id=member.id,
            token_hash=token_hash(bearer),
            scopes=granted,
            app_name=app_name,
            created_at=now_of(session),
        )
    )
    return bearer


def find_token(session: Session, bearer: str) -> tuple[AccessToken, Member, Actor] | None:
    """Return a token that was not revoked, whose it is, and the actor; None for anything else.

    The member may be pending or suspended: what that allows is for the door to say.
    """
    found = session.execute(
        select(AccessToken, Member, Actor)
        .join(Member, Member.id == AccessToken.member_id)
        .join(Actor, Actor.id == Member.actor_id)
        .where(
            AccessToken.token_hash == token_hash(bearer),
            AccessToken.revoked_at.is_(None),
            Member.state != MemberState.DELETED,
        )
    ).first()
    return None if found is None else (found[0], found[1], found[2])


def list_tokens(session: Session, member: Member) -> list[AccessToken]:
    """Return the tokens of a member that were not revoked, the newest first."""
    return list(
        session.scalars(
            select(AccessToken)
            .where(AccessToken.member_id == member.id, AccessToken.revoked_at.is_(None))
            .order_by(AccessToken.id.desc())
        )
    )


def revoke_token(session: Session, bearer: str) -> None:
    """Make a token worthless; one that is unknown stays so."""
    _revoke(session, AccessToken.token_hash == token_hash(bearer))


def revoke_tokens(session: Session, member: Member) -> None:
    """Make all tokens of a member worthless."""
    _revoke(session, AccessToken.member_id == member.id)


def token_hash(bearer: str) -> str:
    """Return what is stored of a token. It has 256 random bits: a plain SHA-256 cannot be turned around."""
    return hashlib.sha256(bearer.encode("utf-8", "replace")).hexdigest()


def _revoke(session: Session, which: ColumnElement[bool]) -> None:
    session.execute(
        update(AccessToken).where(which, AccessToken.revoked_at.is_(None)).values(revoked_at=now_of(session))
    )
    announce(session, CHANGED, CACHE)
