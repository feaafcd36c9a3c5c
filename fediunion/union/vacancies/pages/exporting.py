"""/vacancies.{ending}: what a search finds, for feed readers, calendars, tables and programs."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.catalogues import translated
from fediunion.kit.errors import BadDocument
from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.exports.formats import FORMATS, Export
from fediunion.union.vacancies.exports.gathering import MOST_IN_A_FEED, gather
from fediunion.union.vacancies.pages.facets import PATH
from fediunion.union.vacancies.pages.hall import answer_json, read_asked, title_words
from fediunion.union.vacancies.pages.open_to_scripts import OPEN_TO_SCRIPTS
from fediunion.union.vacancies.search.cursor import Sort
from fediunion.union.vacancies.search.query import canonical
from fediunion.web.routes import Who, shown
from fediunion.web.visits import Visit

MOST_IN_A_TABLE: Final = 5_000
_JSON: Final = "json"
_FEEDS: Final = ("atom", "rss", "jsonfeed")
_FOR_ALL: Final = Sentence("What anybody may read; the newest %(most)s.", most=MOST_IN_A_FEED)


async def show_export(visit: Visit) -> Response:
    """GET /vacancies.{ending}?…: what a search finds and anybody may see; `.json` is the search itself.

    Feeds have the newest, calendars and tables what closes first, whatever order the address asks for.
    """
    ending = visit.request.url.path.rpartition(".")[2]
    if ending == _JSON:
        return await answer_json(visit)
    asked = read_asked(visit)
    if asked.problems:
        named = ", ".join(dict.fromkeys(each.parameter for each in asked.problems))
        raise BadDocument(Sentence("These parameters cannot be used: %(named)s.", named=named))
    query, base_url = asked.query, visit.settings.base_url
    if ending in _FEEDS:
        query = replace(query, sort=Sort.POSTED)
    most = MOST_IN_A_TABLE if ending == "csv" else MOST_IN_A_FEED
    vacancies = await gather(visit.world, query, most=most)
    media_type, write = FORMATS[ending]
    language, text = visit.reader.language, canonical(query)
    asking = f"?{text}" if text else ""
    export = Export(
        vacancies=vacancies,
        home=f"{base_url}{PATH}{asking}",
        address=f"{base_url}{PATH}.{ending}{asking}",
        title=f"{title_words(query, language, str.title)} – {visit.settings.instance.title}",
        description=str(translated(_FOR_ALL, language)),
        language=language,
        now=visit.reader.now,
    )
    body = await asyncio.to_thread(write, export)
    return Response(body, headers=OPEN_TO_SCRIPTS | {"content-type": media_type})


ROUTES: Final[Sequence[BaseRoute]] = tuple(
    shown(f"{PATH}.{ending}", show_export, to=Who.ANYBODY) for ending in FORMATS
)
