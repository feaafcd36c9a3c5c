"""The institutional actors of instances in tests: what is copied is what the service makes."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, ActorKey
from fediunion.db.known_uris import KnownUri
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.settings import settings_for
from tests.fakes.union import TestUnion, running


def _counted(session: Session) -> list[int]:
    return [
        session.scalars(select(func.count()).select_from(table)).one()
        for table in (Actor, ActorKey, KnownUri)
    ]


def _all(session: Session) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for model in (Actor, ActorKey, KnownUri):
        found += [dict(row) for row in session.execute(select(model.__table__)).mappings()]
    return found


async def test_every_instance_of_a_domain_begins_with_the_same_rows(
    databases: Databases, clock: FakeClock
) -> None:
    begun = []
    for _ in range(3):
        union = await TestUnion.start(FakeInternet(), "copied.test", databases.with_tables(), clock)
        async with running(union):
            begun.append(await union.world.db.read(_all))
            assert (await union.actor("union")).display_name == "copied"
    assert len(begun[0]) == 3 + 6 + 3
    assert begun[0] == begun[1] == begun[2]


async def test_an_instance_that_is_started_again_keeps_its_actors(
    databases: Databases, clock: FakeClock
) -> None:
    url = databases.with_tables()
    for _ in range(3):
        union = await TestUnion.start(FakeInternet(), "again.test", url, clock)
        async with running(union):
            assert await union.world.db.read(_counted) == [3, 6, 3]


async def test_members_that_were_there_before_are_in_no_other_database(
    databases: Databases, clock: FakeClock
) -> None:
    url = databases.with_tables()
    counted = []
    for given in (url, url, databases.with_tables()):
        union = await TestUnion.start(FakeInternet(), "peopled.test", given, clock)
        async with running(union):
            counted.append((await union.world.db.read(_counted))[0])
            await union.member(f"ana{len(counted)}")
        clock.advance(hours=len(counted) % 2)
    assert counted == [3, 4, 3]


@pytest.mark.parametrize("change", ["domain", "moment"], ids=str)
async def test_another_domain_and_another_moment_have_rows_of_their_own(
    databases: Databases, clock: FakeClock, tmp_path: Path, change: str
) -> None:
    begun = []
    for number in range(2):
        url = databases.with_tables()
        domain = f"own-{number if change == 'domain' else 0}.test"
        settings = settings_for(domain, tmp_path, url)
        union = await TestUnion.start(FakeInternet(), domain, url, clock, settings=settings)
        async with running(union):
            begun.append((await union.actor("union")).id)
        if change == "moment":
            clock.advance(hours=1)
    assert begun[0] != begun[1]
