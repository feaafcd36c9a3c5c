"""/bookmarks, /favourites and /followed-tags: what a member keeps, likes and follows by its name."""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import Invalid
from fediunion.kit.pages import Page
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.social.tags.queries import list_followed_tags
from fediunion.social.tags.service import follow_tag, unfollow_tag
from fediunion.social.timelines.queries import bookmarks_page, favourites_page
from fediunion.web.forms import Form
from fediunion.web.listing import page_of, ways_on
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.rows import load_rows, own_actor
from fediunion.web.visits import Visit

TAGS_PATH: Final = "/followed-tags"
_LONGEST_TAG: Final = 100
_FOLLOWED: Final = Sentence("Posts with this hashtag come into your home from now on.")
_UNFOLLOWED: Final = Sentence("You follow this hashtag no longer.")

Kept = Callable[[Session, int, Page], Sequence[tuple[int, int]]]


async def show_bookmarks(visit: Visit) -> Response:
    """GET /bookmarks: what the member keeps, newest first; nobody else knows."""
    return await _kept(visit, bookmarks_page, "saved/bookmarks.html", "bookmarks")


async def show_favourites(visit: Visit) -> Response:
    """GET /favourites: what the member likes, newest first."""
    return await _kept(visit, favourites_page, "saved/favourites.html", "favourites")


async def _kept(visit: Visit, query: Kept, template: str, active: str) -> Response:
    wanted = page_of(visit)
    rows = await visit.world.db.read(query, visit.member.actor_id, wanted)
    # What somebody kept on purpose is shown whatever is filtered elsewhere: no place has this name.
    posts = await load_rows(visit, [post_id for _, post_id in rows], back=f"/{active}", context="")
    ways = ways_on(visit, wanted, [row_id for row_id, _ in rows])
    return page(visit, template, active=active, posts=posts, ways=ways)


async def show_followed_tags(visit: Visit) -> Response:
    """GET /followed-tags: the hashtags that the member follows, newest first."""
    return await _tags(visit)


async def _tags(visit: Visit, typed: str = "", problem: str = "") -> Response:
    wanted = page_of(visit, 100)
    rows = await visit.world.db.read(list_followed_tags, visit.member.actor_id, wanted)
    return page(
        visit,
        "saved/tags.html",
        status=422 if problem else 200,
        active="followed-tags",
        tags=[row.name for row in rows],
        typed=typed,
        problems={"name": problem} if problem else {},
        ways=ways_on(visit, wanted, [row.id for row in rows]),
    )


async def follow(visit: Visit, form: Form) -> Response:
    """POST /followed-tags: follows a hashtag, or shows what is wrong with it."""
    typed = form.get("name", "")[:_LONGEST_TAG]
    name = typed.strip().removeprefix("#")
    try:
        await visit.world.db.write(lambda session: follow_tag(session, own_actor(session, visit), name))
    except Invalid as error:
        return await _tags(visit, typed, sentence_of(error))
    return see_other(visit, TAGS_PATH, _FOLLOWED)


async def unfollow(visit: Visit, form: Form) -> Response:
    """POST /followed-tags/end: follows a hashtag no longer."""
    name = form.get("name", "")[:_LONGEST_TAG]
    await visit.world.db.write(lambda session: unfollow_tag(session, own_actor(session, visit), name))
    return see_other(visit, TAGS_PATH, _UNFOLLOWED)


ROUTES: Final[Sequence[BaseRoute]] = (
    shown("/bookmarks", show_bookmarks, to=Who.MEMBER),
    shown("/favourites", show_favourites, to=Who.MEMBER),
    shown(TAGS_PATH, show_followed_tags, to=Who.MEMBER),
    sent(TAGS_PATH, follow, to=Who.MEMBER),
    sent(f"{TAGS_PATH}/end", unfollow, to=Who.MEMBER),
)
