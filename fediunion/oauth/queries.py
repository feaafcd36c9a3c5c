"""Reads: apps by their id, what a token is for who may ask, and the apps that a member let in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.kit.errors import NotFound
from fediunion.kit.ids import token_hash
from fediunion.kit.text import is_storable
from fediunion.members.models import AccessToken, Member, MemberState
from fediunion.members.tokens import is_live
from fediunion.oauth.models import Application, RefreshToken


def find_application(session: Session, client_id: str) -> Application | None:
    """Return the app with that client id, or None."""
    if not is_storable(client_id):
        return None
    return session.scalar(select(Application).where(Application.client_id == client_id))


def get_application(session: Session, application_id: int) -> Application:
    """Return an app; raise NotFound where there is none."""
    application = session.get(Application, application_id)
    if application is None:
        raise NotFound("There is no such app.")
    return application


@dataclass(frozen=True)
class TokenState:
    """What an app may learn about a token of its own. `username` is None for its token of nobody."""

    scopes: str
    created_at: datetime
    expires_at: datetime | None
    username: str | None
    actor_uri: str | None


def find_token_state(session: Session, application_id: int, token: str) -> TokenState | None:
    """Return what a token is good for; None unless it is live and this app's own (RFC 7662 section 2.2)."""
    hashed, now = token_hash(token), now_of(session)
    access = session.scalar(
        select(AccessToken).where(
            AccessToken.token_hash == hashed, AccessToken.application_id == application_id, is_live(now)
        )
    )
    refresh = session.scalar(
        select(RefreshToken).where(
            RefreshToken.token_hash == hashed,
            RefreshToken.application_id == application_id,
            RefreshToken.revoked_at.is_(None),
            RefreshToken.used_at.is_(None),
            RefreshToken.expires_at > now,
        )
    )
    found = access or refresh
    if found is None:
        return None
    if found.member_id is None:
        return TokenState(found.scopes, found.created_at, found.expires_at, None, None)
    actor = session.scalar(
        select(Actor)
        .join(Member, Member.actor_id == Actor.id)
        .where(Member.id == found.member_id, Member.state == MemberState.ACTIVE)
    )
    if actor is None:
        return None
    return TokenState(found.scopes, found.created_at, found.expires_at, actor.username, actor.uri)


@dataclass(frozen=True)
class AuthorisedApp:
    """What a member let in: an app with all its tokens, or one token that was made without an app."""

    application_id: int | None
    token_id: int | None
    name: str
    website: str | None
    scopes: tuple[str, ...]
    since: datetime
    last_used_at: datetime | None


def list_authorised_apps(session: Session, member_id: int) -> list[AuthorisedApp]:
    """Return what may act for a member now, the newest first."""
    now = now_of(session)
    tokens = session.scalars(
        select(AccessToken)
        .where(AccessToken.member_id == member_id, is_live(now))
        .order_by(AccessToken.id.desc())
    ).all()
    renewals = session.scalars(
        select(RefreshToken)
        .where(
            RefreshToken.member_id == member_id,
            RefreshToken.revoked_at.is_(None),
            RefreshToken.used_at.is_(None),
            RefreshToken.expires_at > now,
        )
        .order_by(RefreshToken.id.desc())
    ).all()
    grouped: dict[int, list[AccessToken | RefreshToken]] = {}
    alone = []
    held: list[AccessToken | RefreshToken] = [*tokens, *renewals]
    for token in held:
        if token.application_id is None:
            alone.append(_alone(token))
        else:
            grouped.setdefault(token.application_id, []).append(token)
    found = session.scalars(select(Application).where(Application.id.in_(grouped))).all()
    apps = [_together(application, grouped[application.id]) for application in found]
    return sorted([*apps, *alone], key=lambda app: app.since, reverse=True)


def _alone(token: AccessToken | RefreshToken) -> AuthorisedApp:
    name = getattr(token, "app_name", "") or "A token without a name"
    last = getattr(token, "last_used_at", None)
    return AuthorisedApp(None, token.id, name, None, tuple(token.scopes.split()), token.created_at, last)


def _together(application: Application, tokens: list[AccessToken | RefreshToken]) -> AuthorisedApp:
    scopes = dict.fromkeys(scope for token in tokens for scope in token.scopes.split())
    used = [last for token in tokens if (last := getattr(token, "last_used_at", None)) is not None]
    return AuthorisedApp(
        application.id,
        None,
        application.name,
        application.website,
        tuple(scopes),
        min(token.created_at for token in tokens),
        max(used, default=None),
    )
