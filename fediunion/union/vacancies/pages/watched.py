"""/boards/{name}/watched: employers' pages that a board has watched, and what they show no more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.models import Actor
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.sentences import Sentence, said_again, sentence_of
from fediunion.union.vacancies.models import Vacancy, WatchedItem, WatchedPage
from fediunion.union.vacancies.pages.drafts import BOARDS
from fediunion.union.vacancies.pages.readers import board_in_path
from fediunion.union.vacancies.watching import service
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path, whole_number
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visits import Visit

_PATH: Final = f"{BOARDS}/{{name}}/watched"
_MOST_FAULTS: Final = 10
_BEGUN: Final = Sentence("The page is watched. What it shows appears on the board in a moment.")
_ENDED: Final = Sentence("The page is watched no more.")
KINDS: Final = (
    (service.PAGE, Sentence("A page with vacancies")),
    (service.FEED, Sentence("A feed (Atom, RSS or JSON Feed)")),
)
HOURS: Final = (
    ("15", Sentence("Every 15 minutes")),
    ("60", Sentence("Every hour")),
    ("360", Sentence("Every 6 hours")),
    ("1440", Sentence("Every day")),
)
_USUAL_MINUTES: Final = "60"


@dataclass(frozen=True)
class ShownPage:
    """A watched page with what the last look found, what cannot be read on it, and what it shows no more."""

    page: WatchedPage
    outcome: Sentence | None
    faults: Sequence[tuple[str, str]]
    missing: Sequence[tuple[WatchedItem, Vacancy]]


async def show_watched(visit: Visit) -> Response:
    """GET …/watched: what is watched, and the form to watch more."""
    return await _page(visit)


async def begin(visit: Visit, form: Form) -> Response:
    """POST …/watched: watches a page, or gives one that is watched other settings."""

    def work(session: Session) -> None:
        service.watch_page(
            session,
            board_in_path(session, visit),
            form.get("url", ""),
            kind=form.get("kind", ""),
            publishes=form.get("publishes", "") == "1",
            every_minutes=whole_number(form.get("every", "")) or 0,
            by=visit.member.handle,
        )

    try:
        await visit.world.db.write(work)
    except Invalid as error:
        return await _page(visit, form, {error.field: sentence_of(error)})
    return see_other(visit, visit.request.url.path, _BEGUN)


async def end(visit: Visit, form: Form) -> Response:
    """POST …/watched/{id}/end: watches a page no more."""

    def work(session: Session) -> str:
        board = board_in_path(session, visit)
        watched = service.get_watched(session, id_in_path(visit))
        if watched.board_id != board.id:
            raise NotFound(Sentence("There is no such watched page."))
        service.unwatch_page(session, watched.id, by=visit.member.handle)
        return board.username

    name = await visit.world.db.write(work)
    return see_other(visit, f"{BOARDS}/{name}/watched", _ENDED)


async def _page(
    visit: Visit, form: Form | None = None, problems: Mapping[str, str] = MappingProxyType({})
) -> Response:
    board, pages = await visit.world.db.read(_load, visit)
    names = ("url", "kind", "every", "publishes")
    return page(
        visit,
        "vacancies/watched.html",
        status=422 if problems else 200,
        active="vacancies",
        board=board,
        path=f"{BOARDS}/{board.username}",
        pages=pages,
        kinds=KINDS,
        hours=HOURS,
        typed={"every": _USUAL_MINUTES} if form is None else {name: form.get(name, "") for name in names},
        problems=problems,
    )


def _load(session: Session, visit: Visit) -> tuple[Actor, list[ShownPage]]:
    board = board_in_path(session, visit)
    pages = service.list_watched(session, board_ids=[board.id])
    return board, [_shown(session, each) for each in pages]


def _shown(session: Session, watched: WatchedPage) -> ShownPage:
    items = service.list_items(session, watched.id)
    faults = [(each.key, service.fault_of(each)) for each in items if each.fault]
    return ShownPage(
        page=watched,
        outcome=said_again(watched.outcome) if watched.outcome else None,
        faults=faults[-_MOST_FAULTS:],
        missing=service.missing_vacancies(session, [watched.id]),
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(_PATH, show_watched, to=Who.MEMBER),
    sent(_PATH, begin, to=Who.MEMBER),
    sent(f"{_PATH}/{{id}}/end", end, to=Who.MEMBER),
)
