"""/vacancies/searches: other ways to follow a search: a private account of it, one with a name of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.union.vacancies.pages.facets import PATH
from fediunion.union.vacancies.pages.following import typed_query
from fediunion.union.vacancies.pages.hall import read_asked
from fediunion.union.vacancies.pages.readers import boards_of
from fediunion.union.vacancies.saved.finding import query_in
from fediunion.union.vacancies.saved.named import (
    NewSearch,
    create_named_search,
    create_private_search,
    end_search,
    list_named,
    rename_search,
)
from fediunion.union.vacancies.saved.wording import LONGEST_TITLE
from fediunion.union.vacancies.search.naming import words_of
from fediunion.union.vacancies.search.query import canonical
from fediunion.web.forms import Form
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visitors import Visitor
from fediunion.web.visits import Visit

SEARCHES: Final = f"{PATH}/searches"
_MADE: Final = Sentence("The search has its account, and can be followed.")
_RENAMED: Final = Sentence("The search is called otherwise now; who follows it is told.")
_ENDED: Final = Sentence("The search has ended.")


@dataclass(frozen=True)
class NamedSearch:
    """A search that editors named, as its row shows it."""

    name: str
    title: str
    handle: str
    words: str
    path: str


@dataclass(frozen=True)
class _Stand:
    may_name: bool
    named: Sequence[NamedSearch]


async def show_searches(visit: Visit) -> Response:
    """GET /vacancies/searches?…: what can be done with a search, and the searches that have names."""
    return await _page(visit, canonical(read_asked(visit).query))


async def make_private(visit: Visit, form: Form) -> Response:
    """POST /vacancies/searches/private with a `query`: makes an account that nobody can find, shown once."""
    text = form.get("query", "")
    try:
        query = typed_query(text)
        search = await create_private_search(visit.world, query, visit.member.member_id)
    except Invalid as error:
        return await _page(visit, text, problems={"": sentence_of(error)})
    return await _page(visit, canonical(query), made=f"@{search.name}@{visit.settings.handle_domain}")


async def make_named(visit: Visit, form: Form) -> Response:
    """POST /vacancies/searches with `name`, `title` and `query`: for who publishes for a board."""
    await visit.world.db.read(_check_may_name, visit.member)
    text = form.get("query", "")
    try:
        wanted = NewSearch(form.get("name", ""), form.get("title", ""), typed_query(text))
        await create_named_search(visit.world, wanted, by=visit.member.handle)
    except Invalid as error:
        field = {"username": "name", "title": "title"}.get(error.field, "query")
        return await _page(visit, text, typed=form, problems={field: sentence_of(error)})
    return see_other(visit, SEARCHES, _MADE)


async def rename(visit: Visit, form: Form) -> Response:
    """POST /vacancies/searches/{name}/title."""
    name = visit.request.path_params["name"]

    def work(session: Session) -> None:
        _check_may_name(session, visit.member)
        rename_search(session, name, form.get("title", ""), by=visit.member.handle)

    try:
        await visit.world.db.write(work)
    except Invalid as error:
        return await _page(visit, "", problems={f"title-{name}": sentence_of(error)})
    return see_other(visit, SEARCHES, _RENAMED)


async def end(visit: Visit, form: Form) -> Response:
    """POST /vacancies/searches/{name}/end."""
    del form

    def work(session: Session) -> None:
        _check_may_name(session, visit.member)
        end_search(session, visit.request.path_params["name"], by=visit.member.handle)

    await visit.world.db.write(work)
    return see_other(visit, SEARCHES, _ENDED)


async def _page(
    visit: Visit,
    query: str,
    *,
    made: str = "",
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> Response:
    stand = await visit.world.db.read(_load, visit)
    try:
        words = words_of(typed_query(query), visit.reader.language)
    except Invalid:
        words = query
    return page(
        visit,
        "vacancies/searches.html",
        status=422 if problems else 200,
        active="vacancies",
        query=query,
        words=words,
        path=f"{PATH}?{query}" if query else PATH,
        made=made,
        stand=stand,
        typed=typed or {},
        problems=problems or {},
        longest_title=LONGEST_TITLE,
    )


def _load(session: Session, visit: Visit) -> _Stand:
    return _Stand(
        bool(boards_of(session, visit.member)),
        [
            NamedSearch(
                search.name,
                search.title,
                f"@{actor.username}@{actor.handle_host}",
                words_of(query_in(search.query), visit.reader.language),
                f"{PATH}?{search.query}" if search.query else PATH,
            )
            for search, actor in list_named(session)
        ],
    )


def _check_may_name(session: Session, visitor: Visitor) -> None:
    """Raise NotFound for who publishes for no board."""
    if not boards_of(session, visitor):
        raise NotFound(Sentence("There is no such page."))


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(SEARCHES, show_searches, to=Who.MEMBER),
    sent(SEARCHES, make_named, to=Who.MEMBER),
    sent(f"{SEARCHES}/private", make_private, to=Who.MEMBER),
    sent(f"{SEARCHES}/{{name}}/title", rename, to=Who.MEMBER),
    sent(f"{SEARCHES}/{{name}}/end", end, to=Who.MEMBER),
)
