"""PostgreSQL: connections that break, pools that are empty, statements that take too long."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from fediunion.db import Surroundings
from fediunion.db.known_uris import KnownUri, remember_uri
from fediunion.db.postgresql import PostgresDatabase, check_durability
from fediunion.kit.errors import BadConfiguration, Unavailable

_END_OTHERS = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def _count(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(KnownUri)).one()


def _sleep(session: Session, seconds: float) -> None:
    session.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})


async def _end_all_connections(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(_END_OTHERS)
    await connection.close()


async def test_L10_idle_connections_that_the_server_ended_are_replaced(
    postgres: PostgresDatabase, postgres_url: str
) -> None:
    await asyncio.gather(*(postgres.read(_sleep, 0.05) for _ in range(4)))
    await _end_all_connections(postgres_url)
    async with asyncio.timeout(60):
        await asyncio.gather(*(postgres.write(remember_uri, str(n), "post", 1) for n in range(8)))
    assert await postgres.read(_count) == 8


async def test_L10_a_unit_whose_connection_breaks_is_repeated_and_kept_once(
    postgres: PostgresDatabase, postgres_url: str
) -> None:
    runs = []

    def unit(session: Session, number: int) -> None:
        runs.append(number)
        remember_uri(session, str(number), "post", number)
        session.flush()
        _sleep(session, 0.5)

    units = [asyncio.create_task(postgres.write(unit, number)) for number in range(4)]
    await asyncio.sleep(0.25)
    await _end_all_connections(postgres_url)
    async with asyncio.timeout(60):
        await asyncio.gather(*units)
    assert len(runs) > 4
    assert await postgres.read(_count) == 4


async def test_L10_a_server_that_keeps_ending_connections_makes_it_unavailable(
    postgres: PostgresDatabase,
) -> None:
    def unit(session: Session) -> None:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(Unavailable):
        await asyncio.wait_for(postgres.write(unit), 60)
    assert await postgres.read(_count) == 0


async def test_L10_a_connection_lost_at_commit_is_not_repeated(postgres: PostgresDatabase) -> None:
    """Whether the unit was kept cannot be known: repeating it might do it twice."""
    await postgres.run_on_connection(
        lambda connection: connection.exec_driver_sql(
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$"
        )
    )
    await postgres.run_on_connection(
        lambda connection: connection.exec_driver_sql(
            "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON known_uri"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()"
        )
    )
    runs = []

    def unit(session: Session) -> None:
        runs.append(1)
        remember_uri(session, "a", "post", 1)

    try:
        with pytest.raises(Unavailable):
            await asyncio.wait_for(postgres.write(unit), 60)
    finally:
        # The database is used again, by tests that know nothing of this.
        await postgres.run_on_connection(
            lambda connection: connection.exec_driver_sql("DROP FUNCTION die CASCADE")
        )
    assert runs == [1]


async def test_a_server_that_is_not_there_makes_it_unavailable(surroundings: Surroundings) -> None:
    database = PostgresDatabase("postgresql://nobody:nothing@127.0.0.1:1/none", surroundings)
    await database.start()
    with pytest.raises(Unavailable):
        await asyncio.wait_for(database.read(_count), 60)
    await database.close()


async def test_two_units_that_lock_each_other_out_are_both_kept(postgres: PostgresDatabase) -> None:
    for uri in "ab":
        await postgres.write(remember_uri, uri, "post", 0)

    def unit(session: Session, order: str) -> None:
        for uri in order:
            row = session.get_one(KnownUri, uri, with_for_update=True)
            row.row_id = (row.row_id or 0) + 1
            session.flush()
            _sleep(session, 0.2)

    await asyncio.wait_for(asyncio.gather(postgres.write(unit, "ab"), postgres.write(unit, "ba")), 60)
    rows = await postgres.read(lambda session: [row.row_id for row in session.scalars(select(KnownUri))])
    assert rows == [2, 2]


async def test_L11_an_empty_pool_makes_it_unavailable_and_recovers(
    postgres_url: str, surroundings: Surroundings
) -> None:
    database = PostgresDatabase(postgres_url, surroundings, pool_size=1, statement_seconds=300)
    entered, locked = asyncio.Event(), text("SELECT pg_advisory_xact_lock(1)")

    def wait(session: Session) -> None:
        _count(session)
        entered.set()
        session.execute(locked)

    other = await asyncpg.connect(postgres_url)
    await other.execute("SELECT pg_advisory_lock(1)")
    slow = asyncio.create_task(database.read(wait))
    await asyncio.wait_for(entered.wait(), 60)
    with pytest.raises(Unavailable, match="busy"):
        await database.read(_count)
    assert not slow.done()
    await other.close()
    await slow
    assert await database.read(_count) == 0
    await database.close()


async def test_R12_a_statement_that_takes_too_long_is_ended(postgres: PostgresDatabase) -> None:
    with pytest.raises(Unavailable):
        await postgres.read(_sleep, 3600)
    await postgres.run_on_connection(lambda connection: connection.exec_driver_sql("SELECT pg_sleep(2.5)"))


async def test_a_reading_unit_sees_one_snapshot(postgres: PostgresDatabase) -> None:
    def twice(session: Session) -> tuple[int, int]:
        first = _count(session)
        _sleep(session, 0.5)
        return first, _count(session)

    reading = asyncio.create_task(postgres.read(twice))
    await asyncio.sleep(0.2)
    await postgres.write(remember_uri, "a", "post", 1)
    assert await reading == (0, 0)
    assert await postgres.read(_count) == 1


async def test_L10_announcements_are_heard_again_after_the_connection_broke(
    postgres: PostgresDatabase, postgres_url: str
) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    postgres.subscribe("jobs", heard.put_nowait)
    await asyncio.sleep(0.5)
    await _end_all_connections(postgres_url)
    async with asyncio.timeout(60):
        while await heard.get() != "*":
            pass


async def test_L06_a_server_that_may_lose_rows_is_refused(postgres: PostgresDatabase) -> None:
    with pytest.raises(BadConfiguration, match="fsync"):
        await postgres.run_on_connection(check_durability)
