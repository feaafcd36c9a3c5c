"""Remote actors over the network: found by id or handle, fetched, refreshed, and their handles confirmed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from fediunion.activitypub.client import Signer
from fediunion.activitypub.fetch_budget import FetchBudget, Share
from fediunion.activitypub.parse import parse_actor
from fediunion.activitypub.vocab import ActorDocument
from fediunion.activitypub.webfinger import find_actor_uri, parse_acct
from fediunion.actors.domains import host_blocked
from fediunion.actors.key_fetches import SenderKey
from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actor_by_handle, find_actor_by_uri
from fediunion.actors.recording import write_recording
from fediunion.actors.sender_keys import key_again, key_for
from fediunion.actors.service import mark_remote_gone, record_remote_actor
from fediunion.actors.service.remote import lose_handle, settle_handle
from fediunion.actors.signing import instance_signer
from fediunion.actors.single_flight import SingleFlight
from fediunion.actors.unmade import make_if_wanted
from fediunion.db.known_uris import find_known_uri, is_buried
from fediunion.kit.errors import (
    BadDocument,
    FediUnionError,
    Gone,
    NotAllowed,
    NotFound,
    TooLarge,
    Unreachable,
)
from fediunion.kit.urls import owner_domain, parse_remote_url
from fediunion.world import World

__all__ = [
    "SenderKey",
    "confirm_handle",
    "key_again",
    "key_for",
    "refresh_actor",
    "resolve_actor",
    "resolve_handle",
]

DAY_SECONDS: Final = 86_400
_ACTORS: Final = "/actors/"
_MOST_LOOKS: Final = 100
_LOOK_AGAIN_SECONDS: Final = 0.05


class ActorFetches:
    """How an instance fetches actors: within limits, once for all who wait; one object for an instance."""

    def __init__(self, world: World) -> None:
        self.budget = FetchBudget(
            world.clock, per_minute=300, per_domain_per_minute=200, per_domain_at_once=4
        )
        self.handles = FetchBudget(
            world.clock,
            per_minute=120,
            per_domain_per_minute=30,
            per_domain_at_once=10,
            share=Share(60, per_domain_per_minute=10),
        )
        self.flights: SingleFlight[Actor] = SingleFlight()


async def resolve_actor(
    world: World,
    uri: str,
    *,
    max_age_seconds: float = DAY_SECONDS,
    signer: Signer | None = None,
    within_origin: bool = False,
) -> Actor:
    """Return the stored actor with that id, fetched where it is unknown or older than `max_age_seconds`.

    Ours come from the database alone (row F13). Where a known one cannot be fetched again, it is returned
    as it was. Requests are signed by the instance actor unless a `signer` is given. An address may lead to
    an actor on another host (an alias, a domain that moved), but not `within_origin` (row F39). Raises Gone
    for a deleted one, NotFound, NotAllowed for a blocked server, BadDocument, and Unreachable.
    """
    stored = await world.db.read(_find_living, uri)
    authority = parse_remote_url(uri).authority
    if authority in world.settings.authority:
        return stored or await _made(world, uri.removeprefix(f"{world.settings.base_url}{_ACTORS}"), uri)
    if stored is not None and stored.fetched_at is not None:
        age = world.clock.now() - stored.fetched_at
        if age < timedelta(seconds=max_age_seconds):
            return stored
    try:
        return await _fetched(world, uri, signer, within_origin=within_origin)
    except (NotFound, BadDocument, TooLarge, Unreachable):
        if stored is None:
            raise
        return stored


async def refresh_actor(world: World, uri: str, *, within_origin: bool = False) -> Actor:
    """Return the actor with that id as its server describes it now; raises as `resolve_actor`."""
    if parse_remote_url(uri).authority in world.settings.authority:
        return await resolve_actor(world, uri)
    return await _fetched(world, uri, None, within_origin=within_origin)


async def resolve_handle(world: World, handle: str) -> Actor:
    """Return the actor that `user@host`, `@user@host` or `acct:…` means, asked for where it is unknown.

    Ours are found whatever their reach: who may see them is for the caller. The handle is kept as the
    actor's only where the actor names it in turn (row F26). Raises as `resolve_actor`.
    """
    user, authority = parse_acct(handle)
    stored = await world.db.read(find_actor_by_handle, user, authority)
    if authority in world.settings.authority:
        return stored or await _made(world, user.lower(), f"{user}@{authority}")
    if stored is not None:
        return await resolve_actor(world, stored.uri)
    if await host_blocked(world, authority):
        raise NotAllowed(f"{authority} is blocked here", reason="blocked")
    answer = await find_actor_uri(world.client, f"{user}@{authority}")
    if parse_remote_url(answer.actor_uri).authority in world.settings.authority:
        raise BadDocument(f"{handle} leads to an actor of ours", reason="webfinger-mismatch")
    actor = await _fetched(world, answer.actor_uri, None)
    confirmed = await _confirmed(world, actor, answer.subject)
    return await world.db.write(_keep_handle, actor.id, confirmed)


async def confirm_handle(world: World, uri: str) -> None:
    """Ask WebFinger under which handle an actor is known, and keep that where both sides say so.

    The one question goes to the host of the id, which may name another host once
    (`@x@union.org` served from `fedi.union.org`). Where the name means somebody else there, this actor is
    not found by it any more. How often strangers have us ask a host that they name is limited for that host
    (row F31): raises Unreachable with NO_ROOM.
    """
    actor = await world.db.read(find_actor_by_uri, uri)
    if actor is None or actor.local or actor.deleted_at is not None:
        return
    elsewhere = partial(_elsewhere, world, owner_domain(actor.host))
    answer = await find_actor_uri(world.client, f"{actor.username}@{actor.host}", elsewhere=elsewhere)
    if answer.actor_uri == actor.uri:
        await world.db.write(_keep_handle, actor.id, answer.subject)
    else:
        await world.db.write(_lose_handle, actor.id)


@asynccontextmanager
async def _elsewhere(world: World, cause: str, url: str) -> AsyncIterator[None]:
    """Hold a place while a server is asked that one of the domain `cause` names; its own have no limit."""
    authority = parse_remote_url(url).authority
    if await host_blocked(world, authority):
        raise NotAllowed(f"{authority} is blocked here", reason="blocked")
    if owner_domain(authority) == cause:
        yield
        return
    async with world.part(ActorFetches).handles.slot(url, cause):
        yield


async def _confirmed(world: World, actor: Actor, subject: str) -> str | None:
    """Return `subject` where the actor at the other end is known by it too."""
    username, _, host = subject.partition("@")
    if username.lower() != actor.username.lower():
        return None
    if host.lower() == actor.host:
        return subject
    try:
        back = await find_actor_uri(world.client, f"{actor.username}@{actor.host}")
    except FediUnionError:
        return None
    same = back.subject.lower() == subject.lower() and back.actor_uri == actor.uri
    return subject if same else None


async def _fetched(world: World, uri: str, signer: Signer | None, *, within_origin: bool = False) -> Actor:
    # Who stays within an origin does not wait for one who was led elsewhere.
    flight = f"{within_origin} {uri}"
    fetch = partial(_fetch, world, uri, signer, within_origin=within_origin)
    return await world.part(ActorFetches).flights.run(flight, fetch)


async def _fetch(world: World, uri: str, signer: Signer | None, *, within_origin: bool) -> Actor:
    url = parse_remote_url(uri)
    if await host_blocked(world, url.authority):
        raise NotAllowed(f"{url.authority} is blocked here", reason="blocked")
    try:
        signer = signer or await instance_signer(world)
        document = await _fetch_in_turn(world, uri, signer, within_origin=within_origin)
    except Gone:
        await world.db.write(mark_remote_gone, uri)
        raise
    if parse_remote_url(document.id).authority in world.settings.authority:
        raise BadDocument(f"{uri} leads to an actor of ours", reason="own-id")
    return await write_recording(world, record_remote_actor, document, fetched=True)


async def _fetch_in_turn(world: World, uri: str, signer: Signer, *, within_origin: bool) -> ActorDocument:
    """Fetch within the limits; wait a little where only the number at once is reached."""
    budget = world.part(ActorFetches).budget
    for _ in range(_MOST_LOOKS):
        try:
            async with budget.slot(uri):
                return parse_actor(await world.client.fetch_object(uri, signer, within_origin=within_origin))
        except Unreachable as error:
            if error.reason != "fetch-budget" or (error.retry_after_seconds or 0) > 1:
                raise
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    raise Unreachable("too many actors are asked for", retry_after_seconds=5, reason="fetch-budget")


async def _made(world: World, name: str, said: str) -> Actor:
    """Return the actor of ours that is made because its name is asked for; raise NotFound, as `said`."""
    if await make_if_wanted(world, name):
        made = await world.db.read(find_actor_by_handle, name, None)
        if made is not None:
            return made
    raise NotFound(f"{said} is nobody here")


def _find_living(session: Session, uri: str) -> Actor | None:
    actor = find_actor_by_uri(session, uri)
    known = find_known_uri(session, uri) if actor is None else None
    if (known is not None and is_buried(known.kind, known.row_id, None)) or (actor and actor.deleted_at):
        raise Gone(f"{uri} was deleted")
    return actor


def _lose_handle(session: Session, actor_id: int) -> None:
    lose_handle(session.get_one(Actor, actor_id))


def _keep_handle(session: Session, actor_id: int, handle: str | None) -> Actor:
    actor = session.get_one(Actor, actor_id)
    if handle is not None:
        settle_handle(session, actor, handle)
    return actor
