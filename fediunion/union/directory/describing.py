"""Asking the unions of the network what they are: a document of each, once a day."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.domains import host_blocked
from fediunion.actors.signing import instance_signer
from fediunion.db import now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import FediUnionError
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import authority_of
from fediunion.union.affiliation.events import AffiliationChanged
from fediunion.union.directory.documents import Description, description_in
from fediunion.union.directory.models import DescribedUnion
from fediunion.union.directory.queries import other_unions
from fediunion.world import World

DESCRIBE_JOB: Final = "directory.describe"
EVERY_SECONDS: Final = 3600.0
ASKED_AGAIN_AFTER: Final = timedelta(days=1)
MOST_AT_A_TIME: Final = 200
_AT_ONCE: Final = 4
_SECONDS_EACH: Final = 20.0


async def describe_unions(world: World, _payload: JsonObject) -> None:
    """Job: ask those who were not asked for a day, and keep what they say; who is silent stays as known."""
    uris = await world.db.read(_whom_to_ask)
    if not uris:
        return
    at_once = asyncio.Semaphore(_AT_ONCE)
    answers = await asyncio.gather(*(_ask(world, at_once, uri) for uri in uris))
    await world.db.write(record_descriptions, dict(zip(uris, answers, strict=True)))


def describe_soon(session: Session, event: AffiliationChanged) -> None:
    """Reaction: with a relation of ours there may be a union that we know nothing of."""
    enqueue(session, DESCRIBE_JOB, key=DESCRIBE_JOB)


def record_descriptions(session: Session, answers: dict[str, Description | None]) -> None:
    """Keep what unions say of themselves; None for those that did not answer."""
    known = {
        row.uri: row
        for row in session.scalars(select(DescribedUnion).where(DescribedUnion.uri.in_(sorted(answers))))
    }
    for uri, said in answers.items():
        row = known.get(uri)
        if row is None:
            row = DescribedUnion(uri=uri)
            session.add(row)
        row.asked_at = now_of(session)
        if said is not None:
            row.level, row.sector, row.region = said.level, said.sector, said.region


def _whom_to_ask(session: Session) -> Sequence[str]:
    recent = select(DescribedUnion.uri).where(DescribedUnion.asked_at > now_of(session) - ASKED_AGAIN_AFTER)
    asked = set(session.scalars(recent))
    return [uri for uri in other_unions(session) if uri not in asked][:MOST_AT_A_TIME]


async def _ask(world: World, at_once: asyncio.Semaphore, uri: str) -> Description | None:
    try:
        if await host_blocked(world, authority_of(uri)):
            return None
        async with at_once, asyncio.timeout(_SECONDS_EACH):
            document = await world.client.fetch_object(uri, await instance_signer(world))
    except (FediUnionError, TimeoutError):
        return None
    return description_in(document) if document.get("id") == uri else None
