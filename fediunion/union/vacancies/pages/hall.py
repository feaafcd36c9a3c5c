"""/vacancies: the hiring hall, all vacancies that this server knows, found by what they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl

import orjson
from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.activitypub.media_types import is_json_type
from fediunion.kit.catalogues import translated
from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.exports.exported import exported, job_posting
from fediunion.union.vacancies.pages.facets import PATH, choices_of, groups_of, path_of
from fediunion.union.vacancies.pages.following import followed_as
from fediunion.union.vacancies.pages.open_to_scripts import OPEN_TO_SCRIPTS
from fediunion.union.vacancies.pages.places import dots_in
from fediunion.union.vacancies.pages.readers import boards_of
from fediunion.union.vacancies.pages.shown import ShownVacancy
from fediunion.union.vacancies.pages.world_map import VIEW_BOX
from fediunion.union.vacancies.queries import list_vacancies, tellings_of
from fediunion.union.vacancies.search.asking import BadQuery, Problem, read_query
from fediunion.union.vacancies.search.cursor import Sort
from fediunion.union.vacancies.search.index import search_vacancies
from fediunion.union.vacancies.search.naming import words_of
from fediunion.union.vacancies.search.query import VacancyQuery, canonical, query_string, without
from fediunion.union.vacancies.search.results import SearchResult
from fediunion.web.languages import LOCALES
from fediunion.web.pages.public.heads import Head
from fediunion.web.render import page
from fediunion.web.routes import Who, shown
from fediunion.web.visits import Visit

FORMATS: Final = (
    ("atom", "Atom", "application/atom+xml"),
    ("rss", "RSS", "application/rss+xml"),
    ("jsonfeed", "JSON Feed", "application/feed+json"),
    ("json", "JSON", ""),
    ("ics", Sentence("Calendar of closing dates"), "text/calendar"),
    ("csv", "CSV", ""),
)
"""The same list for programs: ending of the address, what it is called, and its type for feed readers."""

_SORTS: Final = {Sort.CLOSING: Sentence("closing first"), Sort.POSTED: Sentence("newest")}


@dataclass(frozen=True)
class Asked:
    """What an address asks for, and what of it cannot be used."""

    query: VacancyQuery
    problems: Sequence[Problem] = ()


async def show_hall(visit: Visit) -> Response:
    """GET /vacancies?…: what the search finds, with facets; as JSON for who accepts that before HTML.

    Parameters and values that are not known are named with 400; the page shows what the rest finds.
    """
    accepted = visit.request.headers.get("accept", "")
    if "text/html" not in accepted and any(map(is_json_type, accepted.split(","))):
        return await answer_json(visit)
    asked = read_asked(visit)
    query, members = asked.query, visit.visitor is not None
    result = await search_vacancies(visit.world, query, members=members)
    items, has_boards = await visit.world.db.read(_load_rows, visit, result.ids)
    language, name = LOCALES[visit.reader.language], employer_names(result)
    address = canonical(query)
    return page(
        visit,
        "vacancies/hall.html",
        status=400 if asked.problems else 200,
        active="vacancies",
        about=_head(visit, query),
        words=" ".join(parse_words(query)),
        kept=[pair for pair in parse_qsl(query_string(without(query, "q"))) if pair[0] != "cursor"],
        problems=asked.problems,
        total=result.total,
        items=items,
        has_boards=has_boards,
        groups=groups_of(result, query, language),
        choices=choices_of(query, language, name),
        heading=title_words(query, visit.reader.language, name),
        sorts=[
            (label, path_of(replace(query, sort=sort, after=None)), sort == query.sort)
            for sort, label in _SORTS.items()
        ],
        first=path_of(replace(query, after=None)) if query.after is not None else "",
        next=next_path(query, result),
        dots=dots_in(result, query, items, visit.reader.now),
        view_box=VIEW_BOX,
        follow=await followed_as(visit, query),
        formats=[(label, f"{PATH}.{ending}{_asking(address)}", kind) for ending, label, kind in FORMATS],
        permanent=f"{visit.settings.base_url}{PATH}{_asking(address)}",
    )


async def answer_json(visit: Visit) -> Response:
    """Return what a search finds as JSON: items, total, facets, the cursor of what follows, its one spelling.

    `follow` is the account that tells of what matches from now on, null where there is none. Whoever asks,
    nothing is in it that not everybody may see (row V08).
    """
    headers = dict(OPEN_TO_SCRIPTS)
    asked = read_asked(visit)
    if asked.problems:
        return Response(_refused(visit, asked), 400, headers, "application/json")
    query = asked.query
    result = await search_vacancies(visit.world, query)
    items = await visit.world.db.read(_load_postings, result.ids)
    follow = await followed_as(visit, query)
    found = {
        "items": items,
        "total": result.total,
        "facets": {
            name: {each.value: each.count for each in values} for name, values in result.facets.items()
        },
        "next": result.next,
        "query": canonical(query),
        "follow": follow.acct if follow is not None else None,
    }
    if result.next is not None:
        headers["link"] = f'<{visit.settings.base_url}{next_path(query, result)}>; rel="next"'
    return Response(orjson.dumps(found), 200, headers, "application/json")


def read_asked(visit: Visit) -> Asked:
    """Return the search in the address of a visit. The language of the page is no part of it."""
    pairs = [pair for pair in visit.request.query_params.multi_items() if pair[0] != "lang"]
    try:
        return Asked(read_query(pairs))
    except BadQuery as error:
        return Asked(error.remaining, error.problems)


def title_words(query: VacancyQuery, language: str, employer_name: Callable[[str], str]) -> str:
    """Return what a search is called in a language of ours: "P-3 or P-4 · in Kenya"."""
    return words_of(query, language, employer_name=employer_name)


def employer_names(result: SearchResult) -> Callable[[str], str]:
    """Return what gives the name of an employer by its key, as the results have it."""
    known: Mapping[str, str] = {each.value: each.name for each in result.facets.get("employer", ())}
    return lambda key: known.get(key) or key.title()


def next_path(query: VacancyQuery, result: SearchResult) -> str:
    """Return the address of the page after this one, "" on the last."""
    if result.next is None:
        return ""
    pairs = [pair for pair in parse_qsl(query_string(query)) if pair[0] != "cursor"]
    return path_of(read_query([*pairs, ("cursor", result.next)]))


def parse_words(query: VacancyQuery) -> list[str]:
    """Return the words of a search as they stand in its field."""
    return [value for name, value in parse_qsl(query_string(VacancyQuery(q=query.q))) if name == "q"]


def _asking(text: str) -> str:
    return f"?{text}" if text else ""


def _head(visit: Visit, query: VacancyQuery) -> Head:
    """Return what machines read; of all the searches that there are, search engines get the one for all."""
    address = canonical(query)
    return Head(
        address=f"{visit.settings.base_url}{PATH}{_asking(address)}",
        title=str(translated(Sentence("Vacancies"), visit.reader.language)),
        indexed=not address and query.after is None,
        feeds=[(kind, f"{PATH}.{ending}{_asking(address)}") for ending, _, kind in FORMATS if kind],
    )


def _refused(visit: Visit, asked: Asked) -> bytes:
    language = visit.reader.language
    unknown = [
        {
            "parameter": each.parameter,
            "value": each.value,
            "error": translated(each.sentence, language),
        }
        for each in asked.problems
    ]
    named = ", ".join(dict.fromkeys(each.parameter for each in asked.problems))
    sentence = Sentence("These parameters cannot be used: %(named)s.", named=named)
    return orjson.dumps(
        {
            "error": translated(sentence, language),
            "unknown": unknown,
            "query": canonical(asked.query),
        }
    )


def _load_rows(session: Session, visit: Visit, ids: Sequence[int]) -> tuple[list[ShownVacancy], bool]:
    tellings = tellings_of(session, ids)
    items = [
        ShownVacancy(vacancy=each, tellings=tellings.get(each.id, ()))
        for each in list_vacancies(session, ids)
    ]
    return items, visit.visitor is not None and bool(boards_of(session, visit.visitor))


def _load_postings(session: Session, ids: Sequence[int]) -> list[object]:
    return [job_posting(each, alone=True) for each in exported(session, list_vacancies(session, ids))]


ROUTES: Final[Sequence[BaseRoute]] = (shown(PATH, show_hall, to=Who.ANYBODY),)
