"""The databases that tests are given are fresh, and work on the engine of the run."""

from sqlalchemy import select

from fediunion.db import Database, open_database
from fediunion.db.known_uris import KnownUri, remember_uri
from tests.databases import Databases
from tests.fakes.clock import FakeClock


async def test_a_database_with_tables_takes_and_gives_rows(database: Database) -> None:
    await database.write(remember_uri, "https://union.test/posts/1", "post", 1)
    assert await database.read(lambda session: session.scalars(select(KnownUri.uri)).all()) == [
        "https://union.test/posts/1"
    ]


async def test_two_databases_of_one_test_share_nothing(databases: Databases, database: Database) -> None:
    other = open_database(databases.with_tables(), database.surroundings)
    await other.write(remember_uri, "https://union.test/posts/1", "post", 1)
    assert await database.read(lambda session: session.scalars(select(KnownUri.uri)).all()) == []
    await other.close()


async def test_an_empty_database_has_no_tables(databases: Databases, database: Database) -> None:
    other = open_database(databases.empty(), database.surroundings)
    names = await other.run_on_connection(lambda connection: connection.dialect.get_table_names(connection))
    assert names == []
    await other.close()


def test_the_clock_of_tests_moves_only_when_it_is_told() -> None:
    clock = FakeClock()
    before, running = clock.now(), clock.monotonic()
    assert clock.now() == before
    clock.advance(90, hours=1)
    assert (clock.now() - before).total_seconds() == clock.monotonic() - running == 3690
