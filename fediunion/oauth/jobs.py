"""Deleting what is over: codes, tokens, sessions, counts of attempts, and apps that were never used."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func, or_
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.kit.json import JsonObject
from fediunion.members.attempts import forget_attempts
from fediunion.members.models import AccessToken
from fediunion.members.sessions import forget_ended
from fediunion.members.tokens import IDLE
from fediunion.oauth.models import Application, AuthorizationCode, RefreshToken
from fediunion.world import World

PRUNE_JOB: Final = "oauth.prune"
USED_CODES_ARE_KEPT: Final = timedelta(days=1)
UNUSED_APPS_ARE_KEPT: Final = timedelta(hours=24)
ENDED_TOKENS_ARE_KEPT: Final = timedelta(days=30)


async def prune_ended(world: World, payload: JsonObject) -> None:
    """Delete what the periods say; the job `oauth.prune`, without payload."""
    del payload
    await world.db.write(prune)


def prune(session: Session) -> None:
    """Delete codes a day after their end, tokens 30 days after theirs, sessions and counts that are over.

    An app that had no token within 24 hours is deleted (row O28); one that had one stays, as clients keep
    their registration.
    """
    now = now_of(session)
    ended = now - ENDED_TOKENS_ARE_KEPT
    last = func.coalesce(AccessToken.last_used_at, AccessToken.created_at)
    unused = (Application.used_at.is_(None)) & (Application.created_at <= now - UNUSED_APPS_ARE_KEPT)
    for over in (
        delete(AuthorizationCode).where(AuthorizationCode.expires_at <= now - USED_CODES_ARE_KEPT),
        delete(RefreshToken).where(or_(RefreshToken.expires_at <= ended, RefreshToken.revoked_at <= ended)),
        delete(AccessToken).where(
            or_(AccessToken.revoked_at <= ended, AccessToken.expires_at <= ended, last <= ended - IDLE)
        ),
        delete(Application).where(unused),
    ):
        session.execute(over, execution_options={"synchronize_session": False})
    forget_ended(session)
    forget_attempts(session)
