"""What the instance is. Source: https://docs.joinmastodon.org/methods/instance/"""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.names import UNION_NAME
from fediunion.actors.queries import LocalUsage, find_local_actor, local_usage
from fediunion.actors.viewer import ANONYMOUS
from fediunion.api.endpoint import Answer, Call, Endpoint, Json, get
from fediunion.api.mastodon.entities.account import account_entity
from fediunion.api.mastodon.entities.frame import Entity, frame_for
from fediunion.api.mastodon.entities.instance import instance_entity, v1_instance_entity
from fediunion.api.queries import count_peers, list_peers
from fediunion.social.push.vapid import vapid_of
from fediunion.world import World

_KEPT_SECONDS: Final = 60.0


async def show_instance(call: Call) -> Json:
    """Show the instance, version 2."""
    entities = await _entities(call.world)
    return entities[1]


async def show_v1_instance(call: Call) -> Json:
    """Show the instance, version 1."""
    entities = await _entities(call.world)
    return entities[0]


async def _entities(world: World) -> tuple[Entity, Entity]:
    """Return both forms; they are asked for without a login and kept for a minute."""

    async def read() -> tuple[Entity, Entity]:
        usage, peers, contact = await world.db.read(_numbers)
        frame = frame_for(world.settings, ANONYMOUS)
        account = None if contact is None else account_entity(contact, frame)
        return (
            v1_instance_entity(world.settings, usage, peers, account),
            instance_entity(world.settings, usage, account, (await vapid_of(world)).public),
        )

    return await world.cache("instance", 1, _KEPT_SECONDS).load("entities", read)


def _numbers(session: Session) -> tuple[LocalUsage, int, Actor | None]:
    """Return how much the instance is used, how many others it knows, and the union itself to write to."""
    return local_usage(session), count_peers(session), find_local_actor(session, UNION_NAME)


async def show_peers(call: Call) -> Json:
    """Show members which servers are known; strangers need not know with whom a union talks."""
    return list(await call.world.db.read(list_peers))


async def show_health(call: Call) -> Json:
    """Say that the server answers: as documented to who asks for JSON, else in a word, for Mastodon.py.

    Source: https://docs.joinmastodon.org/methods/health/
    """
    if b"application/json" in call.headers.get(b"accept", b""):
        return {"status": "UP"}
    return Answer(b"OK", headers=((b"content-type", b"text/plain; charset=utf-8"),))


HEALTH: Final[tuple[Endpoint, ...]] = (get("/health", show_health, public=True),)
ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/instance", show_v1_instance, public=True),
    get("/api/v2/instance", show_instance, public=True),
    get("/api/v1/instance/peers", show_peers, "read"),
)
