"""Asking unions which relations they list, from one to the next along affiliations, within limits."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from fediunion.activitypub.authority import is_ours
from fediunion.activitypub.parse import parse_object
from fediunion.actors.domains import host_blocked
from fediunion.actors.remote import resolve_actor
from fediunion.kit.errors import FediUnionError, NotAllowed
from fediunion.kit.urls import authority_of, same_origin
from fediunion.social.posts.fetching import entries_of
from fediunion.union.affiliation.documents import Listed, Listings, list_uri_of, listed_by
from fediunion.union.affiliation.graph import MOST_HOPS
from fediunion.union.affiliation.models import AffiliationKind, AffiliationStatus
from fediunion.world import World

MOST_UNIONS: Final = 200
MOST_ENTRIES: Final = 500
_AT_ONCE: Final = 8
_SECONDS_EACH: Final = 20.0


async def ask_network(world: World, own: str, peers: Mapping[str, bool]) -> Listings:
    """Return what the unions of the network list, beginning with our own `peers`.

    Their value says whether the way goes on behind them: only affiliation leads on (graph.py). No more
    than 200 unions are asked, and none twice.
    """
    found, at_once = Listings(), asyncio.Semaphore(_AT_ONCE)
    seen, level = {own, *peers}, dict(peers)
    for _ in range(MOST_HOPS):
        room = MOST_UNIONS - len(found.lists) - len(found.unheard)
        asked = list(level)[:room]
        answers = await asyncio.gather(*(_ask(world, at_once, union) for union in asked))
        following: dict[str, bool] = {}
        for union, answer in zip(asked, answers, strict=True):
            if answer is None:
                found.unheard.add(union)
                continue
            found.lists[union] = answer
            if level[union]:
                for other, leads in _others(union, answer):
                    following[other] = following.get(other, False) or leads
        level = {union: leads for union, leads in following.items() if union not in seen}
        seen |= set(level)
    return found


async def _ask(world: World, at_once: asyncio.Semaphore, union: str) -> Sequence[Listed] | None:
    """Return what a union lists, None where it cannot be had now. Its actor is known here afterwards."""
    try:
        if is_ours(union, world.settings.authority) or await host_blocked(world, authority_of(union)):
            raise NotAllowed(f"{union} is not to be asked", reason="blocked")
        async with at_once, asyncio.timeout(_SECONDS_EACH):
            await resolve_actor(world, union)
            entries = [entry async for entry in entries_of(world, list_uri_of(union), MOST_ENTRIES)]
    except (FediUnionError, TimeoutError):
        return None
    return [listed for entry in entries if (listed := _read(world, union, entry)) is not None]


def _read(world: World, union: str, entry: object) -> Listed | None:
    """Return an entry of a union's list; None where it is none, or not the union's own."""
    try:
        listed = listed_by(union, parse_object(entry, claims=world.claims))
    except FediUnionError:
        return None
    if listed is None or same_origin(listed.relation.child_uri, listed.relation.parent_uri):
        return None
    return listed


def _others(union: str, entries: Sequence[Listed]) -> list[tuple[str, bool]]:
    return [
        (each.other, each.relation.kind is AffiliationKind.AFFILIATE)
        for each in entries
        if each.relation.stated is AffiliationStatus.ACTIVE
    ]
