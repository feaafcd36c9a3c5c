"""The keys that received requests were signed with: kept in memory, in rows, or fetched within limits."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy.orm import Session

from fediunion.activitypub.authority import check_key_origin, key_among, key_of_owner
from fediunion.activitypub.client import Signer
from fediunion.activitypub.fetch_budget import NO_ROOM
from fediunion.activitypub.parse import parse_actor, parse_keys
from fediunion.activitypub.vocab import ActorDocument, KeyDocument
from fediunion.actors.domains import host_blocked
from fediunion.actors.key_fetches import KEY_GONE, UNREACHABLE_SECONDS, SenderKey, SenderKeys
from fediunion.actors.queries import find_key, has_taken_deliveries
from fediunion.actors.recording import write_recording
from fediunion.actors.service import mark_remote_gone, record_remote_actor
from fediunion.actors.service.remote_keys import load_key_document, load_stored_key
from fediunion.actors.signing import instance_signer
from fediunion.kit.cache import ReadCache
from fediunion.kit.errors import (
    AddressRefused,
    BadDocument,
    BadSignature,
    Gone,
    NotFound,
    Refused,
    TooLarge,
    Unreachable,
)
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import RemoteUrl, parse_remote_url
from fediunion.world import World

KEY_DEADLINE_SECONDS: Final = 5.0
_KEPT_KEYS: Final = 20_000
_KEPT_SECONDS: Final = 3600.0
_REMEMBERED_HOSTS: Final = 10_000
_REMEMBERED_SECONDS: Final = 60.0
_MOST_WAITING: Final = 100
_MOST_LOOKS: Final = 100
_LOOK_AGAIN_SECONDS: Final = 0.05


async def key_for(world: World, key_id: str, *, caller: str = "", forwarder: str = "") -> SenderKey:
    """Return the key that `key_id` names, with whose it is. `caller` is the address that sent the request.

    `forwarder` is the registrable domain that sent us a proof by this key, "" where it signed the request.
    Raises BadSignature where it is definitively absent, wrong or refused (401; caused by Gone where its
    address answers 410), Unreachable where it cannot be had at the moment (503).
    """
    cache = _cache(world)
    kept: SenderKey | None = cache.get(key_id)
    if kept is not None:
        return kept
    url = _parsed(key_id)
    # Of the many spellings of one id, anybody's invention, only one takes a place in memory (row R10).
    return await cache.load(url.identity, lambda: _stored_or_fetched(world, key_id, url, caller, forwarder))


async def key_again(world: World, key_id: str, *, caller: str = "") -> SenderKey | None:
    """Return the key as its server serves it now, after one that we kept did not fit.

    One refetch in 5 minutes for a key (row S32); None where that was used up, and where there is no such
    key any more. Raises Unreachable where it cannot be had at the moment.
    """
    url = _parsed(key_id)
    keys = world.part(SenderKeys)
    if url.authority in world.settings.authority or keys.refetched.get(url.identity):
        return None
    keys.refetched.put(url.identity, True)
    try:
        return await _cache(world).renew(url.identity, lambda: _fetched(world, keys, url, caller, ""))
    except BadSignature:
        return None
    except Unreachable:
        keys.refetched.put(url.identity, True, UNREACHABLE_SECONDS)
        raise


def _cache(world: World) -> ReadCache:
    return world.cache("keys", _KEPT_KEYS, _KEPT_SECONDS)


async def _stored_or_fetched(
    world: World, key_id: str, url: RemoteUrl, caller: str, forwarder: str
) -> SenderKey:
    stored = await world.db.read(_stored_key, list(dict.fromkeys([key_id, url.identity])))
    if stored is not None:
        return stored
    if url.authority in world.settings.authority:
        raise BadSignature("There is no such key here", reason="key-absent")
    keys = world.part(SenderKeys)
    keys.raise_known_failure(url)
    return await _fetched(world, keys, url, caller, forwarder)


async def _fetched(world: World, keys: SenderKeys, url: RemoteUrl, caller: str, forwarder: str) -> SenderKey:
    """Return the key as its server serves it, fetched once for all who wait since keys last changed."""
    # What finds no room among the proofs is not said to who signed a request.
    flight = f"{_cache(world).epoch} {bool(forwarder)} {url.identity}"
    return await keys.flights.run(flight, lambda: _fetch(world, keys, url, caller, forwarder))


async def _fetch(world: World, keys: SenderKeys, url: RemoteUrl, caller: str, forwarder: str) -> SenderKey:
    """Fetch and prove a key; remember what went wrong."""
    if await host_blocked(world, url.authority):
        raise BadSignature(f"{url.authority} is blocked here", reason="blocked")
    try:
        if forwarder:
            return await _fetch_for_proof(world, keys, url, caller, forwarder)
        return await _fetch_in_turn(world, keys, url, caller)
    except BadSignature as error:
        raise keys.absent(url, str(error), error.reason) from error
    except (NotFound, BadDocument, TooLarge, Refused, AddressRefused) as error:
        raise keys.absent(url, f"The key cannot be had: {error}", "key-absent") from error
    except Gone as error:
        await world.db.write(mark_remote_gone, url.text)
        raise keys.absent(url, "The key's owner was deleted", KEY_GONE) from error
    except Unreachable as error:
        if error.reason == "http-4xx":
            raise keys.absent(url, f"The key is not given to us: {error}", "key-absent") from error
        keys.unreachable(url, error)
        raise


async def _fetch_for_proof(
    world: World, keys: SenderKeys, url: RemoteUrl, caller: str, forwarder: str
) -> SenderKey:
    """Fetch where there is room now: what cannot be proven is asked for at its origin, and nobody waits."""
    keys.check_caller(caller)
    try:
        async with (
            keys.proofs.slot(url.text, forwarder),
            keys.budget.slot(url.text),
            asyncio.timeout(KEY_DEADLINE_SECONDS),
        ):
            keys.count_caller(caller)
            return await _prove(world, url)
    except TimeoutError as error:
        raise _too_late(url) from error


async def _fetch_in_turn(world: World, keys: SenderKeys, url: RemoteUrl, caller: str) -> SenderKey:
    """Fetch within the limits; wait a little where only the number at once is reached."""
    budget = keys.budget
    for _ in range(_MOST_LOOKS):
        try:
            keys.check_caller(caller)
            async with budget.slot(url.text), asyncio.timeout(KEY_DEADLINE_SECONDS):
                keys.count_caller(caller)
                return await _prove(world, url)
        except TimeoutError as error:
            raise _too_late(url) from error
        except Unreachable as error:
            if error.reason != NO_ROOM:
                raise
            if (error.retry_after_seconds or 0) > 1:
                keys.check_caller(caller)
                if budget is keys.reserve or not await _takes_our_deliveries(world, url.authority):
                    raise
                budget = keys.reserve
                continue
        if keys.waiting >= _MOST_WAITING:
            break
        keys.waiting += 1
        try:
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        finally:
            keys.waiting -= 1
    raise Unreachable("too many keys are waited for", retry_after_seconds=5, reason=NO_ROOM)


def _too_late(url: RemoteUrl) -> Unreachable:
    return Unreachable(f"{url.authority} did not answer in time", reason="timeout")


async def _takes_our_deliveries(world: World, host: str) -> bool:
    known = world.cache("key-reserve", _REMEMBERED_HOSTS, _REMEMBERED_SECONDS)
    return bool(await known.load(host, lambda: world.db.read(has_taken_deliveries, host)))


async def _prove(world: World, url: RemoteUrl) -> SenderKey:
    """Return the key after reading it from its address and from its owner's.

    The document at the key's address is the owner, or a key that names its owner on the same origin; the
    owner's own document must list just this key id (rows S23, S25, S31). Nobody else is asked (row F39).
    Source: FEP-fe34.
    """
    signer = await instance_signer(world)
    document = await _document(world, url.identity, signer)
    told = key_among(parse_keys(document), url.identity)
    check_key_origin(url.identity, told.owner)
    if document.get("id") != told.owner or "inbox" not in document:
        document = await _document(world, told.owner, signer)
    actor = parse_actor(document)
    listed = key_of_owner(actor, told.owner, url.identity)
    stated = told if listed.pem is None and listed.multibase is None else listed
    public = load_key_document(stated)
    actor_id = await write_recording(world, _record, actor, stated)
    return SenderKey(listed.id, actor.id, public, actor_id)


async def _document(world: World, uri: str, signer: Signer) -> JsonObject:
    return await world.client.fetch_object(
        uri, signer, deadline_seconds=KEY_DEADLINE_SECONDS, within_origin=True
    )


def _parsed(key_id: str) -> RemoteUrl:
    try:
        return parse_remote_url(key_id)
    except BadDocument as error:
        raise BadSignature("The key id is no usable address", reason="key-id-refused") from error


def _stored_key(session: Session, key_ids: Sequence[str]) -> SenderKey | None:
    for key_id in key_ids:
        found = find_key(session, key_id)
        if found is not None:
            row, actor = found
            return SenderKey(row.key_uri, actor.uri, load_stored_key(row), actor.id)
    return None


def _record(session: Session, document: ActorDocument, key: KeyDocument) -> int:
    stated = tuple(key if each.id == key.id else each for each in document.public_keys)
    document = replace(document, public_keys=stated)
    return record_remote_actor(session, document, fetched=True, proven_key_uri=key.id).id
