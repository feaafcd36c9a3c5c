"""Tokens for a code, for a refresh token, and for an app by itself."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.kit.ids import new_token, token_hash
from fediunion.members.models import Member, MemberState
from fediunion.members.scopes import OFFLINE_ACCESS
from fediunion.members.tokens import IDLE, add_token
from fediunion.oauth.models import Application, AuthorizationCode, RefreshToken
from fediunion.oauth.refusals import BAD_GRANT, OAuthRefused, Why
from fediunion.oauth.scopes import requested_scopes
from fediunion.oauth.service.revocation import revoke_grant

RENEWED_TOKENS_LIVE: Final = timedelta(hours=2)
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True)
class Issued:
    """What an app is given. Only who asked for `offline_access` has an end and a refresh token."""

    access_token: str
    scopes: str
    created_at: datetime
    lives: timedelta | None = None
    refresh_token: str | None = None


def redeem_code(
    session: Session, application_id: int, *, code: str, redirect_uri: str, verifier: str
) -> Issued | OAuthRefused:
    """Return tokens for a code. A refusal is returned, not raised: what it causes has to be stored.

    A code that comes a second time ends all tokens that came of the first (row O03). It belongs to one
    app and one address (O04); with a challenge its verifier is needed, without one none is taken (O05).
    Source: RFC 6749 section 4.1.3, RFC 7636 section 4.6, RFC 9700 section 4.8.2.
    """
    refused = OAuthRefused(Why.INVALID_GRANT, BAD_GRANT)
    found = session.scalar(select(AuthorizationCode).where(AuthorizationCode.code_hash == token_hash(code)))
    now = now_of(session)
    if found is None or found.application_id != application_id:
        return refused
    if found.used_at is not None:
        revoke_grant(session, found.id)
        return refused
    fits = found.redirect_uri == redirect_uri and _is_verified(found.challenge, verifier)
    if not fits or found.expires_at <= now or not _may_act(session, found.member_id):
        return refused
    if not _take(session, AuthorizationCode, found.id, now):
        revoke_grant(session, found.id)
        return refused
    return _issue(session, application_id, found.member_id, found.id, found.scopes)


def renew(session: Session, application_id: int, *, refresh_token: str, scope: str) -> Issued | OAuthRefused:
    """Return new tokens for a refresh token, which is good once; returned refusals as in `redeem_code`.

    One that comes again was stolen from somebody: all tokens of its grant end. `scope` may be less than
    what was granted. Source: RFC 6749 section 6, RFC 9700 section 4.14.2, row O03.
    """
    refused = OAuthRefused(Why.INVALID_GRANT, BAD_GRANT)
    found = session.scalar(select(RefreshToken).where(RefreshToken.token_hash == token_hash(refresh_token)))
    now = now_of(session)
    if found is None or found.application_id != application_id or found.revoked_at is not None:
        return refused
    if found.used_at is not None:
        revoke_grant(session, found.grant_id)
        return refused
    if found.expires_at <= now or not _may_act(session, found.member_id):
        return refused
    try:
        scopes = requested_scopes(scope, found.scopes) if scope else found.scopes
    except OAuthRefused as error:
        return error
    if not _take(session, RefreshToken, found.id, now):
        revoke_grant(session, found.grant_id)
        return refused
    return _issue(
        session, application_id, found.member_id, found.grant_id, scopes, refreshed_scopes=found.scopes
    )


def _take(session: Session, kind: type[AuthorizationCode | RefreshToken], row_id: int, now: datetime) -> bool:
    """Use up what is good once; return whether it was still there.

    Two requests may come at once: the database lets one of them have it.
    """
    unused = update(kind).where(kind.id == row_id, kind.used_at.is_(None))
    taken = session.execute(unused.values(used_at=now))
    return getattr(taken, "rowcount", 0) > 0


def grant_to_application(session: Session, application_id: int, scope: str) -> Issued:
    """Return a token of an app for itself: it says which app asks, and reads what anybody may read.

    Raises OAuthRefused (invalid_scope). Source: RFC 6749 section 4.4.
    """
    application = _used(session, application_id)
    scopes = requested_scopes(scope, application.scopes)
    token = add_token(
        session, member_id=None, scopes=scopes, app_name=application.name, application_id=application_id
    )
    return Issued(token, scopes, now_of(session))


def _issue(
    session: Session,
    application_id: int,
    member_id: int,
    grant_id: int,
    scopes: str,
    *,
    refreshed_scopes: str | None = None,
) -> Issued:
    application, now = _used(session, application_id), now_of(session)
    renewed = refreshed_scopes is not None or OFFLINE_ACCESS in scopes.split()
    lives = RENEWED_TOKENS_LIVE if renewed else None
    token = add_token(
        session,
        member_id=member_id,
        scopes=scopes,
        app_name=application.name,
        application_id=application_id,
        grant_id=grant_id,
        expires_at=None if lives is None else now + lives,
    )
    refresh = None
    if renewed:
        refresh = new_token()
        session.add(
            RefreshToken(
                token_hash=token_hash(refresh),
                grant_id=grant_id,
                application_id=application_id,
                member_id=member_id,
                scopes=refreshed_scopes or scopes,
                created_at=now,
                expires_at=now + IDLE,
            )
        )
    return Issued(token, scopes, now, lives, refresh)


def _used(session: Session, application_id: int) -> Application:
    application = session.get_one(Application, application_id)
    if application.used_at is None:
        application.used_at = now_of(session)
    return application


def _may_act(session: Session, member_id: int) -> bool:
    member = session.get(Member, member_id)
    return member is not None and member.state == MemberState.ACTIVE


def _is_verified(challenge: str | None, verifier: str) -> bool:
    if challenge is None:
        return not verifier
    if not _VERIFIER.fullmatch(verifier):
        return False
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=")
    return hmac.compare_digest(made, challenge.encode())
