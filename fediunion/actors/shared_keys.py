"""Keys of a neighbour that an actor's own document lists: who signs with one speaks for the actor too."""

import asyncio
from typing import Final

from fediunion.activitypub.authority import check_shared_key
from fediunion.activitypub.fetch_budget import FetchBudget
from fediunion.activitypub.parse import parse_actor
from fediunion.actors.key_fetches import SenderKey, SenderKeys
from fediunion.actors.recording import write_recording
from fediunion.actors.sender_keys import KEY_DEADLINE_SECONDS
from fediunion.actors.service import mark_remote_gone, record_remote_actor
from fediunion.actors.service.remote_keys import load_key_document
from fediunion.actors.signing import instance_signer
from fediunion.actors.single_flight import SingleFlight
from fediunion.kit.cache import BoundedCache
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
from fediunion.kit.urls import same_origin
from fediunion.world import World

_REMEMBERED: Final = 20_000
_REMEMBERED_SECONDS: Final = 300.0
_A_MINUTE_FOR_ONE_DOMAIN: Final = 10


class SharedKeys:
    """What an instance asked about shared keys in the last five minutes; one object for an instance.

    The questions count as fetches of keys (row S33), and one domain has few of them, so that nobody uses
    up what the keys of others are fetched with.
    """

    def __init__(self, world: World) -> None:
        self.answers: BoundedCache[tuple[str, str], bool] = BoundedCache(
            _REMEMBERED, _REMEMBERED_SECONDS, world.clock.monotonic
        )
        self.flights: SingleFlight[bool] = SingleFlight()
        self.budget = FetchBudget(
            world.clock,
            per_minute=_A_MINUTE_FOR_ONE_DOMAIN * 3,
            per_domain_per_minute=_A_MINUTE_FOR_ONE_DOMAIN,
            per_domain_at_once=2,
        )


async def check_speaks_for(world: World, key: SenderKey, actor_uri: str) -> None:
    """Raise BadSignature ("actor-mismatch") unless the actor's own document lists `key` of its neighbour.

    The document is fetched, and the answer kept for five minutes, whichever it is. Raises Unreachable where
    the document cannot be had at the moment. Source: row S31.
    """
    shared = world.part(SharedKeys)
    question = (key.key_uri, actor_uri)
    answer = shared.answers.get(question) if same_origin(key.key_uri, actor_uri) else False
    if answer is None:
        flight = f"{key.key_uri} {actor_uri}"
        answer = await shared.flights.run(flight, lambda: _ask(world, shared, key, actor_uri))
        shared.answers.put(question, answer)
    if not answer:
        raise BadSignature(f"{key.actor_uri} signed what {actor_uri} is said to do", reason="actor-mismatch")


async def _ask(world: World, shared: SharedKeys, key: SenderKey, actor_uri: str) -> bool:
    try:
        async with (
            shared.budget.slot(actor_uri),
            world.part(SenderKeys).budget.slot(actor_uri),
            asyncio.timeout(KEY_DEADLINE_SECONDS),
        ):
            document = await world.client.fetch_object(
                actor_uri,
                await instance_signer(world),
                deadline_seconds=KEY_DEADLINE_SECONDS,
                within_origin=True,
            )
        actor = parse_actor(document)
        listed = check_shared_key(actor, actor_uri, key.key_uri, key.actor_uri)
        stated = listed.pem is not None or listed.multibase is not None
        if stated and load_key_document(listed) != key.public:
            return False
    except TimeoutError as error:
        raise Unreachable(f"{actor_uri} was not served in time", reason="timeout") from error
    except Gone:
        await world.db.write(mark_remote_gone, actor_uri)
        return False
    except (BadSignature, NotFound, BadDocument, TooLarge, Refused, AddressRefused):
        return False
    except Unreachable as error:
        if error.reason == "http-4xx":
            return False
        raise
    await write_recording(world, record_remote_actor, actor, fetched=True)
    return True
