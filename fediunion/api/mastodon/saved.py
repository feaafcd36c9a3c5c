"""Favourites and bookmarks of the member. Source: https://docs.joinmastodon.org/methods/bookmarks/"""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy.orm import Session

from fediunion.api.endpoint import Answer, Call, Endpoint, get
from fediunion.api.mastodon.listing import statuses_answer
from fediunion.kit.pages import Page
from fediunion.social.timelines.queries import bookmarks_page, favourites_page


async def show_favourites(call: Call) -> Answer:
    """Show what the member likes."""
    return await _saved(call, favourites_page)


async def show_bookmarks(call: Call) -> Answer:
    """Show what the member keeps for later."""
    return await _saved(call, bookmarks_page)


async def _saved(call: Call, load: Callable[[Session, int, Page], Sequence[tuple[int, int]]]) -> Answer:
    page = call.page()
    rows = await call.world.db.read(load, call.member.actor_id, page)
    post_ids = [post_id for _, post_id in rows]
    return await statuses_answer(call, page, post_ids, {post_id: row_id for row_id, post_id in rows})


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/favourites", show_favourites, "read:favourites"),
    get("/api/v1/bookmarks", show_bookmarks, "read:bookmarks"),
)
