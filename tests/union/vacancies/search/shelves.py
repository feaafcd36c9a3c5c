"""Vacancies put straight into a database, for searches."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from fediunion.actors.models import ActorKind
from fediunion.db import now_of
from fediunion.kit.ids import new_slug
from fediunion.union.vacancies.models import Vacancy, VacancyState
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.search.asking import read_query
from fediunion.union.vacancies.search.index import search_vacancies
from fediunion.union.vacancies.search.query import VacancyQuery
from fediunion.union.vacancies.search.results import SearchResult
from fediunion.union.vacancies.service.rows import touch, write_notice
from fediunion.world import World
from tests.social.builders import local_actor


def store(session: Session, notice: Notice, **columns: Any) -> Vacancy:
    """Return a vacancy just stored, open and verified where `columns` do not say otherwise."""
    now = now_of(session)
    vacancy = Vacancy(
        **{
            "slug": new_slug(),
            "state": VacancyState.OPEN,
            "local": True,
            "board_id": local_actor(session, "jobs", kind=ActorKind.BOARD).id,
            "post_id": None,
            "source_status": "verified",
            "flags": [],
            "hidden": False,
            "audience": "public",
            "posted_at": now,
            "created_at": now,
            "updated_at": now,
        }
        | columns
    )
    write_notice(vacancy, notice)
    touch(session, vacancy)
    session.add(vacancy)
    session.flush()
    return vacancy


def change(session: Session, /, vacancy_id: int, notice: Notice | None = None, **columns: Any) -> None:
    """Let a stored vacancy say something else, or be in another state."""
    vacancy = session.get_one(Vacancy, vacancy_id)
    for name, value in columns.items():
        setattr(vacancy, name, value)
    if notice is not None:
        write_notice(vacancy, notice)
    touch(session, vacancy)


def query_of(text: str) -> VacancyQuery:
    """Return the search that somebody types into the address: nothing in it is escaped."""
    return read_query(
        [(name, value) for name, _, value in (pair.partition("=") for pair in text.split("&")) if name]
    )


@dataclass
class Hall:
    """An instance whose vacancies are searched; `names` are those of the tests, by id."""

    world: World
    names: dict[int, str]

    async def store(self, name: str, notice: Notice, **columns: Any) -> int:
        """Store a vacancy under a name of the test's; return its id."""
        vacancy_id: int = await self.world.db.write(lambda session: store(session, notice, **columns).id)
        self.names[vacancy_id] = name
        return vacancy_id

    async def change(self, name: str, notice: Notice | None = None, **columns: Any) -> None:
        """Let the vacancy of that name change."""
        (vacancy_id,) = [each for each, known in self.names.items() if known == name]
        await self.world.db.write(change, vacancy_id, notice, **columns)

    @staticmethod
    def put_off(session: Session, vacancy_id: int, notice: Notice) -> None:
        """Let a vacancy say something else, in a unit of the caller's."""
        change(session, vacancy_id, notice)

    async def search(self, text: str, *, members: bool = False) -> SearchResult:
        """Return what is found by a query as somebody types it."""
        return await search_vacancies(self.world, query_of(text), members=members)

    async def found(self, text: str, *, members: bool = False) -> list[str]:
        """Return the names of what is found, in order."""
        return [self.names[each] for each in (await self.search(text, members=members)).ids]

    async def facet(self, facet: str, text: str = "") -> dict[str, int]:
        """Return the counts of a facet, in order."""
        return {each.value: each.count for each in (await self.search(text)).facets[facet]}
