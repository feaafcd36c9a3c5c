"""FEP-8fcf, the side that sends: a digest of the followers that we believe to live on a server."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.kit.errors import NotFound
from fediunion.outbox.signing import Headers
from fediunion.world import World

FollowersOnHost: TypeAlias = Callable[[Session, int, str], Iterable[str]]
"""(session, actor id, host[:port]) → uris of the actor's accepted followers there."""

SYNCHRONIZATION_PATH: Final = "/followers_synchronization"
"""Under the actor's uri: the followers of the asking server, for that server alone."""

_DIGEST_SECONDS: Final = 60.0


def followers_digest(uris: Iterable[str]) -> str:
    """Return the exclusive or of the SHA-256 of each uri, as 64 hexadecimal digits.

    Source: FEP-8fcf, "The Collection-Synchronization header".
    """
    digest = 0
    for uri in uris:
        digest ^= int.from_bytes(hashlib.sha256(uri.encode()).digest())
    return f"{digest:064x}"


async def synchronization_header(
    world: World, followers_on_host: FollowersOnHost, actor_id: int, host: str
) -> Headers:
    """Return the `Collection-Synchronization` header for a followers-only delivery to `host`.

    It is remembered for a minute: a digest that is a little old makes a peer ask us, nothing worse.
    """
    cache = world.cache("followers_digest", 10_000, _DIGEST_SECONDS)
    return await cache.load(
        (actor_id, host), lambda: world.db.read(_header, followers_on_host, actor_id, host)
    )


def _header(session: Session, followers_on_host: FollowersOnHost, actor_id: int, host: str) -> Headers:
    actor = session.get(Actor, actor_id)
    if actor is None or actor.followers_url is None:
        raise NotFound(f"the actor {actor_id} has no followers")
    digest = followers_digest(followers_on_host(session, actor_id, host))
    url = f"{actor.uri}{SYNCHRONIZATION_PATH}"
    return {
        "Collection-Synchronization": f'collectionId="{actor.followers_url}", url="{url}", digest="{digest}"'
    }
