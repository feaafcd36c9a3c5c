"""All that a search finds, page by page, for an export."""

from dataclasses import replace
from typing import Final

from sqlalchemy.orm import Session

from fediunion.union.vacancies.exports.exported import Exported, exported
from fediunion.union.vacancies.queries import list_vacancies
from fediunion.union.vacancies.search.asking import read_query
from fediunion.union.vacancies.search.index import search_vacancies
from fediunion.union.vacancies.search.query import MOST_LIMIT, VacancyQuery
from fediunion.world import World

MOST_IN_A_FEED: Final = 100
MOST_IN_A_FILE: Final = 100_000


async def gather(world: World, query: VacancyQuery, *, most: int = MOST_IN_A_FEED) -> list[Exported]:
    """Return what a search finds and anybody may see, in its order, from its first page, at most so many."""
    found: list[Exported] = []
    page = replace(query, limit=min(most, MOST_LIMIT), after=None)
    while True:
        result = await search_vacancies(world, page)
        found += await world.db.read(_exported, result.ids)
        if result.next is None or len(found) >= most:
            return found[:most]
        page = replace(page, after=read_query([("sort", page.sort), ("cursor", result.next)]).after)


def _exported(session: Session, ids: tuple[int, ...]) -> list[Exported]:
    return exported(session, list_vacancies(session, ids))
