"""/vacancies/subscription.atom: what a member's search finds, at an address that only the member knows."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fediunion.db import now_of, settings_of
from fediunion.kit.catalogues import translated
from fediunion.kit.errors import NotFound
from fediunion.kit.sentences import Sentence
from fediunion.members.mail.notices import language_for
from fediunion.members.models import Member
from fediunion.union.vacancies.exports.exported import exported
from fediunion.union.vacancies.exports.formats import FORMATS, Export
from fediunion.union.vacancies.exports.gathering import MOST_IN_A_FEED
from fediunion.union.vacancies.pages.facets import PATH
from fediunion.union.vacancies.queries import list_vacancies
from fediunion.union.vacancies.saved.finding import query_in
from fediunion.union.vacancies.saved.subscriptions import find_by_feed
from fediunion.union.vacancies.search.cursor import Sort
from fediunion.union.vacancies.search.index import search_vacancies
from fediunion.union.vacancies.search.naming import words_of
from fediunion.world import world_of

FEED: Final = f"{PATH}/subscription.atom"
"""The secret is in the query, not in the path: that is what logs have, if any."""

_YOURS: Final = Sentence("What members may read, too. Keep the address of this feed to yourself.")
_HEADERS: Final = {
    # Whoever has the address reads it: nobody keeps it on the way, no page opened from it learns the address.
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
}


@dataclass(frozen=True)
class _Asked:
    query: str
    language: str


async def show_feed(request: Request) -> Response:
    """GET /vacancies/subscription.atom?key=…: the newest that match. No cookie is read or given.

    Raises NotFound for a secret that is none, was replaced, or is of somebody who may not act.
    """
    world, secret = world_of(request), request.query_params.get("key", "")
    asked = await world.db.read(_find, secret)
    query = query_in(asked.query)
    newest = replace(query, sort=Sort.POSTED, limit=MOST_IN_A_FEED)
    found = await search_vacancies(world, newest, members=True)
    export = await world.db.read(_export, found.ids, asked, secret)
    media_type, write = FORMATS["atom"]
    body = await asyncio.to_thread(write, export)
    return Response(body, headers=_HEADERS | {"content-type": media_type})


def _find(session: Session, secret: str) -> _Asked:
    row = find_by_feed(session, secret)
    if row is None:
        raise NotFound(Sentence("There is no such feed."))
    return _Asked(row.query, language_for(session.get_one(Member, row.member_id), settings_of(session)))


def _export(session: Session, ids: Sequence[int], asked: _Asked, secret: str) -> Export:
    settings, language = settings_of(session), asked.language
    words = words_of(query_in(asked.query), language)
    return Export(
        vacancies=exported(session, list_vacancies(session, ids), members=True),
        home=f"{settings.base_url}{PATH}{'?' if asked.query else ''}{asked.query}",
        address=f"{settings.base_url}{FEED}?key={secret}",
        title=f"{words} – {settings.instance.title}",
        description=translated(_YOURS, language),
        language=language,
        now=now_of(session),
    )


ROUTES: Final[Sequence[BaseRoute]] = (Route(FEED, show_feed, methods=["GET"]),)
