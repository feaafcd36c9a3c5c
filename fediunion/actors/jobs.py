"""Background work about remote servers and actors."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from fediunion.activitypub.nodeinfo import fetch_software
from fediunion.actors.domains import host_blocked
from fediunion.actors.queries import find_instance
from fediunion.actors.remote import confirm_handle, refresh_actor
from fediunion.actors.service.remote import LEARN_HOST, REFRESH, VERIFY_HANDLE
from fediunion.db import now_of
from fediunion.jobs.run import JobHandler, RetryLater
from fediunion.kit.errors import BadDocument, Gone, NotAllowed, NotFound, Refused, TooLarge, Unreachable
from fediunion.world import World

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
    """Find out under which handle a new actor is known; what cannot be confirmed stays as it is."""
    try:
        await confirm_handle(world, payload["uri"])
    except (*_GIVEN_UP, Unreachable):
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


def _note_software(session: Session, host: str, software: tuple[str, str] | None) -> None:
    instance = find_instance(session, host)
    if instance is None:
        return
    instance.checked_at = now_of(session)
    if software is not None:
        instance.software, instance.version = software
