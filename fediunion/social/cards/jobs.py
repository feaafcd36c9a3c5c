"""Fetching previews, and what makes us want one."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.activitypub.vocab import JsonObject
from fediunion.kit.errors import FediUnionError, Unavailable
from fediunion.social.cards import service
from fediunion.social.cards.reading import PageHead, read_head
from fediunion.social.posts.events import PostEdited, PostStored
from fediunion.world import World

_MAX_PAGE_BYTES: Final = 2_097_152
_ACCEPT: Final = "text/html, application/xhtml+xml;q=0.9"


def want_card_of_new(session: Session, event: PostStored) -> None:
    """Reaction: a post that arrives as news is shown with a preview; what is fetched as context is not."""
    if event.live:
        service.want_card(session, event.post)


def want_card_of_edited(session: Session, event: PostEdited) -> None:
    """Reaction: the words have another first link now, or none."""
    service.want_card(session, event.post)


async def fetch_card(world: World, payload: JsonObject) -> None:
    """Job: look at a page once for all posts that link to it. One that cannot be had has no preview."""
    url = payload["url"]
    if not await world.db.write(service.is_wanted, url):
        return
    try:
        response, final = await world.client.fetch(url, accept=_ACCEPT, max_bytes=_MAX_PAGE_BYTES)
    except Unavailable:
        raise
    except FediUnionError:
        head = PageHead({}, None)
    else:
        head = read_head(response.body, response.headers.get("Content-Type", ""), final.text)
    await world.db.write(service.record_card, url, head)
