"""Keeping the index in step with posts and with what their authors allow."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.events import SearchConsentChanged
from fediunion.jobs.queue import enqueue
from fediunion.kit.json import JsonObject
from fediunion.members.events import MemberReachChanged
from fediunion.social.posts.events import PostEdited, PostRemoved
from fediunion.social.search import service
from fediunion.world import World

INDEX: Final = "search.index"
INDEX_EVERY_SECONDS: Final = 20
CONSENT: Final = "search.consent"


async def index_new(world: World, _payload: JsonObject) -> None:
    """Job: put what came since the last time into the index, in units of a few posts."""
    while await world.db.write(service.index_new_posts):
        pass


async def follow_consent(world: World, payload: JsonObject) -> None:
    """Job: an author allows something else now; what is forbidden is not found from the first moment."""
    below: int | None = None
    while True:
        below = await world.db.write(service.mark_consent, int(payload["actor_id"]), below)
        if below is None:
            return


def index_edited(session: Session, event: PostEdited) -> None:
    """Reaction: the post reads differently."""
    service.index_again(session, event.post)


def forget_removed(session: Session, event: PostRemoved) -> None:
    """Reaction: what is gone is not found, from this unit of work on (row V09)."""
    if event.post.boost_of_id is None:
        service.forget_post(session, event.post.id)


def look_at_consent(session: Session, event: SearchConsentChanged | MemberReachChanged) -> None:
    """Reaction: an author may have changed whether posts may be found."""
    enqueue(session, CONSENT, key=f"{CONSENT}:{event.actor_id}", actor_id=event.actor_id)
