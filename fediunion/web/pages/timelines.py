"""Timelines of a member: home, this server, the network, lists and hashtags, by pages without gaps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.models import Actor
from fediunion.kit.pages import Page
from fediunion.kit.sentences import Sentence
from fediunion.social.announcements.models import Announcement
from fediunion.social.lists.models import AccountList
from fediunion.social.lists.queries import get_list, list_lists
from fediunion.social.posts.queries import PostView, views_of
from fediunion.social.timelines.queries import home_page, list_page, local_page, network_page, tag_page
from fediunion.web.composing.showing import ShownCompose, load_compose
from fediunion.web.composing.state import ComposeState
from fediunion.web.listing import id_in_path, number_in, page_of, ways_on
from fediunion.web.pages.announcements import announced_to
from fediunion.web.render import fragment, page
from fediunion.web.routes import Who, shown
from fediunion.web.rows import show_rows
from fediunion.web.visits import Visit

HOME: Final = "/home"
ROWS: Final = 40
_EMPTY_HOME: Final = Sentence("You follow nobody who wrote something yet.")
_EMPTY: Final = Sentence("Nothing was written here yet.")


@dataclass(frozen=True)
class Timeline:
    """One timeline: its address and name, which posts stand in it, and the place that filters name."""

    path: str
    heading: str | Sentence
    find: Callable[[Session, Page], list[int]]
    context: str = "public"
    live: str = ""
    empty: Sentence = _EMPTY


@dataclass(frozen=True)
class _Loaded:
    ids: Sequence[int]
    views: Sequence[PostView]
    lists: Sequence[AccountList]
    compose: ShownCompose | None
    announced: Sequence[tuple[Announcement, Markup]] = ()
    reach: str = ""


async def show_home(visit: Visit) -> Response:
    """GET /home: what those write whom the member follows, and a place to write."""
    return await _show(visit, _home(visit), composes=True)


async def show_newer_at_home(visit: Visit) -> Response:
    """GET /home/newer?after=ID: the rows above that one."""
    return await _newer(visit, _home(visit))


async def show_local(visit: Visit) -> Response:
    """GET /local: what is written on this server for everybody, the network or the members."""
    return await _show(visit, _local(visit))


async def show_newer_local(visit: Visit) -> Response:
    """GET /local/newer?after=ID: the rows above that one."""
    return await _newer(visit, _local(visit))


async def show_network(visit: Visit) -> Response:
    """GET /network: what the affiliated unions write for each other."""
    return await _show(visit, _network(visit))


async def show_newer_of_network(visit: Visit) -> Response:
    """GET /network/newer?after=ID: the rows above that one."""
    return await _newer(visit, _network(visit))


async def show_list(visit: Visit) -> Response:
    """GET /lists/{id}: what those write who are on a list of the member's. Raises NotFound for another's."""
    timeline = await _list(visit)
    return await _show(visit, timeline)


async def show_newer_on_list(visit: Visit) -> Response:
    """GET /lists/{id}/newer?after=ID: the rows above that one."""
    return await _newer(visit, await _list(visit))


async def show_tag(visit: Visit, tag: str) -> Response:
    """Return what carries a hashtag, as a member sees it; the address is that of the page for everybody."""
    viewer = visit.member.viewer
    timeline = Timeline(f"/tags/{quote(tag)}", f"#{tag}", lambda s, p: tag_page(s, viewer, p, [tag]))
    return await _show(visit, timeline)


def _home(visit: Visit) -> Timeline:
    actor_id = visit.member.actor_id
    return Timeline(
        HOME,
        Sentence("Home"),
        lambda s, p: home_page(s, actor_id, p),
        context="home",
        live="/live/home",
        empty=_EMPTY_HOME,
    )


def _local(visit: Visit) -> Timeline:
    viewer = visit.member.viewer
    return Timeline(
        "/local", Sentence("This server"), lambda s, p: local_page(s, viewer, p), live="/live/local"
    )


def _network(visit: Visit) -> Timeline:
    viewer = visit.member.viewer
    return Timeline(
        "/network", Sentence("Union network"), lambda s, p: network_page(s, viewer, p), live="/live/network"
    )


async def _list(visit: Visit) -> Timeline:
    list_id, owner_id = id_in_path(visit), visit.member.actor_id
    row = await visit.world.db.read(get_list, owner_id, list_id)
    return Timeline(
        f"/lists/{list_id}",
        row.title,
        lambda s, p: list_page(s, owner_id, list_id, p),
        context="home",
        live=f"/live/lists/{list_id}",
    )


async def _show(visit: Visit, timeline: Timeline, *, composes: bool = False) -> Response:
    wanted = page_of(visit, ROWS)
    back = timeline.path + (f"?{visit.request.url.query}" if visit.request.url.query else "")

    on_top = wanted.max_id is None and wanted.min_id is None

    def load(session: Session) -> _Loaded:
        ids = timeline.find(session, wanted)
        views, actor_id = views_of(session, ids, visit.member.viewer), visit.member.actor_id
        lists = list_lists(session, actor_id)
        if not (composes and on_top):
            return _Loaded(ids, views, lists, None)
        # Of every member's front page it would be a query for the few who are editors.
        compose = load_compose(session, visit, ComposeState(), offers_institutions=False)
        # The row is there already: the form has asked for it.
        reach = session.get_one(Actor, actor_id).reach
        return _Loaded(ids, views, lists, compose, announced_to(session, actor_id), reach)

    found = await visit.world.db.read(load)
    rows = await show_rows(visit, found.views, back=back, context=timeline.context)
    return page(
        visit,
        "timelines/timeline.html",
        active=timeline.path.removeprefix("/"),
        heading=timeline.heading,
        entries=_entries(timeline, found.lists),
        posts=rows,
        compose=found.compose,
        announced=found.announced,
        reach=found.reach,
        live=timeline.live if on_top else "",
        newer_rows=f"{timeline.path}/newer",
        empty=timeline.empty,
        ways=ways_on(visit, wanted, found.ids),
    )


async def _newer(visit: Visit, timeline: Timeline) -> Response:
    wanted = Page(limit=ROWS, min_id=number_in(visit, "after"))
    views = await visit.world.db.read(lambda s: views_of(s, timeline.find(s, wanted), visit.member.viewer))
    rows = await show_rows(visit, views, back=timeline.path, context=timeline.context)
    return fragment(visit, "timelines/newer.html", posts=rows)


def _entries(timeline: Timeline, lists: Sequence[AccountList]) -> list[tuple[str, object, bool]]:
    named: list[tuple[str, object]] = [
        (HOME, Sentence("Home")),
        ("/local", Sentence("This server")),
        ("/network", Sentence("Union network")),
        *((f"/lists/{row.id}", row.title) for row in lists),
    ]
    return [(path, label, path == timeline.path) for path, label in named]


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(HOME, show_home, to=Who.MEMBER),
    shown(f"{HOME}/newer", show_newer_at_home, to=Who.MEMBER),
    shown("/local", show_local, to=Who.MEMBER),
    shown("/local/newer", show_newer_local, to=Who.MEMBER),
    shown("/network", show_network, to=Who.MEMBER),
    shown("/network/newer", show_newer_of_network, to=Who.MEMBER),
    shown("/lists/{id:int}", show_list, to=Who.MEMBER),
    shown("/lists/{id:int}/newer", show_newer_on_list, to=Who.MEMBER),
)
