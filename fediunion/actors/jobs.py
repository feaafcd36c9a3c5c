"""Background work about remote servers and actors."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from fediunion.activitypub.fetch_budget import NO_ROOM
from fediunion.activitypub.nodeinfo import fetch_software
from fediunion.actors.domains import host_blocked
from fediunion.actors.queries import find_instance
from fediunion.actors.remote import confirm_handle, refresh_actor
from fediunion.actors.service.remote import LEARN_HOST, REFRESH, VERIFY_HANDLE
from fediunion.db import now_of
from fediunion.jobs.queue import enqueue
from fediunion.jobs.run import JobHandler, RetryLater
from fediunion.kit.errors import BadDocument, Gone, NotAllowed, NotFound, Refused, TooLarge, Unreachable
from fediunion.world import World

_MOST_ATTEMPTS: Final = 6
_FIRST_WAIT: Final = timedelta(minutes=1)
_GIVEN_UP: Final = (BadDocument, Gone, NotAllowed, NotFound, Refused, TooLarge)


async def learn_host(world: World, payload: Mapping[str, Any]) -> None:
    """Ask a server which software it runs; one that does not answer is asked again next week."""
    host: str = payload["host"]
    if await host_blocked(world, host):
        return
    try:
        software = await fetch_software(world.client, host)
    except (*_GIVEN_UP, Unreachable):
        software = None
    await world.db.write(_note_software, host, software)


async def verify_handle(world: World, payload: Mapping[str, Any]) -> None:
    """Find out under which handle a new actor is known; what cannot be confirmed stays as it is.

    Where strangers have us ask too many just now, it is tried again a few times.
    """
    try:
        await confirm_handle(world, payload["uri"])
    except Unreachable as error:
        if error.reason == NO_ROOM:
            await world.db.write(_verify_later, payload["uri"], payload.get("attempt", 0))
    except _GIVEN_UP:
        return


async def refresh(world: World, payload: Mapping[str, Any]) -> None:
    """Fetch an actor whose Update showed other keys than ours (row F24). Raises RetryLater."""
    try:
        await refresh_actor(world, payload["uri"])
    except _GIVEN_UP:
        return
    except Unreachable as error:
        raise RetryLater(str(error), error.retry_after_seconds) from error


JOBS: Final[Mapping[str, JobHandler]] = {
    LEARN_HOST: learn_host,
    VERIFY_HANDLE: verify_handle,
    REFRESH: refresh,
}


def _verify_later(session: Session, uri: str, attempt: int) -> None:
    if attempt < _MOST_ATTEMPTS:
        at = now_of(session) + _FIRST_WAIT * 3**attempt
        key = f"{VERIFY_HANDLE}:{attempt + 1}:{uri}"
        enqueue(session, VERIFY_HANDLE, at=at, key=key, uri=uri, attempt=attempt + 1)


def _note_software(session: Session, host: str, software: tuple[str, str] | None) -> None:
    instance = find_instance(session, host)
    if instance is None:
        return
    instance.checked_at = now_of(session)
    if software is not None:
        instance.software, instance.version = software
