"""Which searches are remembered: cheaply, within bounds, the least wanted going first."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.kit.ids import new_id
from fediunion.union.vacancies.models import VacancySearch
from fediunion.union.vacancies.saved.finding import make_search_actor
from fediunion.union.vacancies.saved.remembering import (
    MOST_SEARCHES,
    NEW_IN_AN_HOUR,
    forget_idle,
    make_room,
    name_to_follow,
    remember_search,
)
from fediunion.union.vacancies.saved.service import find_search
from fediunion.union.vacancies.search.query import search_name
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.oauth.rig import Desk, desk_for
from tests.union.vacancies.samples import AS_OF
from tests.web.pages.test_statements import counted


async def _names(desk: Desk) -> set[str]:
    return {row.name for row in await desk.rows(VacancySearch)}


async def _fill(desk: Desk, *, until: int = MOST_SEARCHES) -> None:
    """Let there be so many searches that nobody asked for, each a second older than the next."""

    def rows(session: Session) -> None:
        now = now_of(session)
        session.add_all(
            VacancySearch(
                id=new_id(),
                name=f"s-{number}",
                query=f"q=w{number}",
                created_at=now - timedelta(hours=3) + timedelta(seconds=number),
            )
            for number in range(until)
        )

    await desk.db.write(rows)


async def test_a_search_that_was_shown_lately_costs_nothing_to_show_again(desk: Desk) -> None:
    world = desk.union.world
    assert await name_to_follow(world, "country=KE", "somebody") == search_name("country=KE")
    async with counted() as ran:
        assert await name_to_follow(world, "country=KE", "another") == search_name("country=KE")
    assert ran == []


async def test_a_search_that_is_shown_day_by_day_is_not_forgotten(desk: Desk) -> None:
    world = desk.union.world
    for _ in range(20):
        assert await name_to_follow(world, "country=KE", "somebody") is not None
        desk.clock.advance(days=1, hours=1)
        assert await desk.db.write(forget_idle) == 0
    desk.clock.advance(days=8)
    assert await desk.db.write(forget_idle) == 1


async def test_a_name_that_is_another_searchs_is_offered_to_nobody(desk: Desk) -> None:
    def other(session: Session) -> None:
        name = search_name("country=KE")
        session.add(VacancySearch(name=name, query="country=CH", created_at=now_of(session)))

    await desk.db.write(other)
    assert await name_to_follow(desk.union.world, "country=KE", "somebody") is None
    assert await desk.db.write(remember_search, "country=KE") is None


async def test_one_address_makes_a_bounded_number_of_searches_and_still_sees_those_that_are(
    databases: Databases, tmp_path: Path
) -> None:
    async with desk_for(databases.with_tables(), tmp_path, FakeClock(AS_OF), enabled=True) as desk:
        world = desk.union.world
        await name_to_follow(world, "country=KE", "a member")
        for number in range(NEW_IN_AN_HOUR):
            assert await name_to_follow(world, f"q=word{number}", "198.51.100.7") is not None
        assert await name_to_follow(world, "q=one", "198.51.100.7") is None
        assert await name_to_follow(world, "country=KE", "198.51.100.7") is not None
        assert await name_to_follow(world, "q=one", "198.51.100.8") is not None
        desk.clock.advance(hours=1)
        assert await name_to_follow(world, "q=two", "198.51.100.7") is not None
        assert len(await _names(desk)) == NEW_IN_AN_HOUR + 3


async def test_where_the_table_is_full_those_that_nobody_asked_for_go_the_oldest_first(desk: Desk) -> None:
    await _fill(desk)
    assert await desk.db.write(remember_search, "country=KE") == search_name("country=KE")
    names = await _names(desk)
    assert "s-0" not in names
    assert f"s-{MOST_SEARCHES - 1}" in names
    assert search_name("country=KE") in names
    assert len(names) < MOST_SEARCHES


async def test_a_full_table_lets_accounts_go_that_nobody_followed_within_a_day(desk: Desk) -> None:
    name = await desk.db.write(remember_search, "country=KE")
    assert await make_search_actor(desk.union.world, name)
    assert not await desk.db.write(make_room, 1)
    desk.clock.advance(days=1)
    assert await desk.db.write(make_room, 1)
    assert await desk.db.read(find_search, name) is None
    # It is made again when somebody searches for the same.
    assert await desk.db.write(remember_search, "country=KE") == name
    assert await make_search_actor(desk.union.world, name)
