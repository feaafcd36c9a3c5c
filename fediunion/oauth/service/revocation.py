"""The end of tokens: of one grant, of one app of a member, of all apps of a member."""

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.kit.ids import token_hash
from fediunion.members.events import MemberLoggedOut
from fediunion.members.models import AccessToken
from fediunion.members.tokens import revoke_tokens_where
from fediunion.oauth.models import AuthorizationCode, RefreshToken
from fediunion.oauth.refusals import OAuthRefused, Why


def revoke_grant(session: Session, grant_id: int) -> None:
    """End all tokens that come from one consent."""
    revoke_tokens_where(session, AccessToken.grant_id == grant_id)
    _revoke_refresh_tokens(session, RefreshToken.grant_id == grant_id)


def revoke_for_application(session: Session, application_id: int, token: str) -> None:
    """End a token that an app gives back, and with it all of its grant; one that is unknown stays so.

    Raises OAuthRefused (unauthorized_client) for a token of another app. Source: RFC 7009 section 2.1.
    """
    hashed = token_hash(token)
    access = session.scalar(select(AccessToken).where(AccessToken.token_hash == hashed))
    refresh = session.scalar(select(RefreshToken).where(RefreshToken.token_hash == hashed))
    found = access or refresh
    if found is None:
        return
    if found.application_id != application_id:
        raise OAuthRefused(Why.UNAUTHORIZED_CLIENT, "You are not authorized to revoke this token")
    if found.grant_id is not None:
        revoke_grant(session, found.grant_id)
    else:
        revoke_tokens_where(session, AccessToken.id == found.id)


def revoke_application(session: Session, member_id: int, application_id: int) -> None:
    """End all that a member gave to an app: tokens, what renews them, and codes that were not used yet."""
    tokens = (AccessToken.member_id == member_id) & (AccessToken.application_id == application_id)
    revoke_tokens_where(session, tokens)
    _revoke_refresh_tokens(
        session, (RefreshToken.member_id == member_id) & (RefreshToken.application_id == application_id)
    )
    session.execute(
        delete(AuthorizationCode).where(
            AuthorizationCode.member_id == member_id, AuthorizationCode.application_id == application_id
        )
    )


def revoke_member_token(session: Session, member_id: int, token_id: int) -> None:
    """End one token of a member; one that is somebody else's or unknown stays as it is."""
    revoke_tokens_where(session, (AccessToken.member_id == member_id) & (AccessToken.id == token_id))


def end_grants(session: Session, event: MemberLoggedOut) -> None:
    """Let nothing be renewed or redeemed any more for a member whose tokens ended."""
    _revoke_refresh_tokens(session, RefreshToken.member_id == event.member_id)
    session.execute(delete(AuthorizationCode).where(AuthorizationCode.member_id == event.member_id))


def _revoke_refresh_tokens(session: Session, which: ColumnElement[bool]) -> None:
    session.execute(
        update(RefreshToken)
        .where(which, RefreshToken.revoked_at.is_(None))
        .values(revoked_at=now_of(session))
    )
