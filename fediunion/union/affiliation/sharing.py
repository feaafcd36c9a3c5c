"""Telling a union of what was open before it was shared with it, whatever kind of thing that is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.jobs.queue import enqueue
from fediunion.kit.ids import new_slug
from fediunion.kit.json import JsonObject
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service.publishing.composed import tell_one_server
from fediunion.union.affiliation.events import TrustChanged
from fediunion.union.affiliation.models import Trust
from fediunion.union.affiliation.queries import hosts_trusted_for, trust_of
from fediunion.world import World

_AT_ONCE: Final = 50


@dataclass(frozen=True)
class Shared:
    """Things that unions share: the trust it takes, the job that tells a new peer, and what is open.

    `list_open` gives, after a number and so many at the most, the numbers of those of ours that are open to
    everybody, in order, each with that of its post.
    """

    trust: Trust
    tell_job: str
    list_open: Callable[[Session, int, int], Sequence[tuple[int, int | None]]]


def tell_new_peers(session: Session, event: TrustChanged, shared: Shared) -> None:
    """Let those with whom things are shared from now on be told: one job for each, for it can be much."""
    for host in sorted(event.gained):
        if shared.trust in trust_of(session, host):
            key = f"{shared.tell_job}:{host}"
            enqueue(session, shared.tell_job, key=key, host=host, telling=new_slug())


def hosts_lost_for(session: Session, event: TrustChanged, trust: Trust) -> list[str]:
    """Return the servers that may not share this with us any more."""
    return [host for host in event.lost if trust not in trust_of(session, host)]


async def tell_peer(world: World, payload: JsonObject, shared: Shared) -> None:
    """Tell a union with whom things are shared from now on of those that are open, some at a time."""
    after: int | None = 0
    while after is not None:
        after = await world.db.write(
            _tell_open_to, str(payload["host"]), after, str(payload["telling"]), shared
        )


def _tell_open_to(session: Session, host: str, after: int, telling: str, shared: Shared) -> int | None:
    """Send a server what is open as it is now; return the number after which more follow, or None.

    An Update of what the server has not got counts there as news; what it has got stays as it is. In one
    `telling`, a slug, each thing is sent once, however often a crash makes this run again.
    """
    trusted = hosts_trusted_for(session, shared.trust)
    inbox = next((inbox for name, inbox in trusted if name == host), None)
    if inbox is None:
        return None
    found = shared.list_open(session, after, _AT_ONCE)
    for _, post_id in found:
        post = find_post(session, post_id or 0)
        if post is not None and post.deleted_at is None:
            tell_one_server(session, get_actor(session, post.author_id), post, inbox, telling)
    return found[-1][0] if len(found) == _AT_ONCE else None
