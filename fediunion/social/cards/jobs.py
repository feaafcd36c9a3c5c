"""Fetching previews, and what makes us want one."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.inbox.origin import ObjectFetches
from fediunion.kit.errors import FediUnionError, Unavailable
from fediunion.kit.json import JsonObject
from fediunion.social.cards import service
from fediunion.social.cards.reading import PageHead, read_head
from fediunion.social.posts.events import PostEdited, PostStored
from fediunion.social.posts.fetching import cause_of, found_no_room, put_off
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
    """Job: look at a page once for all posts that link to it. One that cannot be had has no preview.

    A stranger's post may link to anything: what finds no room this minute is looked at later (row F31).
    """
    url = payload["url"]
    wanting = await world.db.write(service.find_wanting, url)
    if wanting is None:
        return
    try:
        async with world.part(ObjectFetches).slot(url, cause_of(wanting, url)):
            response, final = await world.client.fetch(url, accept=_ACCEPT, max_bytes=_MAX_PAGE_BYTES)
    except Unavailable:
        raise
    except FediUnionError as error:
        if found_no_room(error):
            raise put_off(error) from error
        head = PageHead({}, None)
    else:
        head = read_head(response.body, response.headers.get("Content-Type", ""), final.text)
    await world.db.write(service.record_card, url, head)
