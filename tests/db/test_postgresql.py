"""PostgreSQL: connections that break, pools that are empty, statements that take too long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from fediunion.config import Settings
from fediunion.db import Surroundings, now_of
from fediunion.db.known_uris import KnownUri, remember_uri
from fediunion.db.postgresql import PostgresDatabase, check_durability
from fediunion.kit.clock import Clock
from fediunion.kit.errors import BadConfiguration, TookTooLong, Unavailable
from tests.fakes.clock import FakeClock

_END_OTHERS = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


_WAIT = text("SELECT pg_advisory_xact_lock_shared(1)")
_WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def _count(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(KnownUri)).one()


def _sleep(session: Session, seconds: float) -> None:
    session.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})


def _read_as_nobody_in_particular(session: Session) -> None:
    session.execute(text("SET LOCAL ROLE pg_read_all_stats"))
    session.execute(text("SELECT * FROM pg_authid"))


@asynccontextmanager
async def holding_back(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Give a connection of somebody else; until the end of the block every unit waits where it says _WAIT."""
    other = await asyncpg.connect(url)
    try:
        await other.execute("SELECT pg_advisory_lock(1)")
        yield other
    finally:
        await other.close()


async def _until_waiting(other: "asyncpg.Connection[asyncpg.Record]", units: int) -> None:
    """Return once so many units wait."""
    async with asyncio.timeout(300):
        while await other.fetchval(_WAITING) < units:  # noqa: ASYNC110  # locks are waited for without an event
            await asyncio.sleep(0.02)


async def _end_all_connections(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(_END_OTHERS)
    await connection.close()


_ORDERED_BY_THE_LOCALE = """
SELECT c.relname || '.' || a.attname FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid JOIN pg_collation l ON l.oid = a.attcollation
WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND a.atttypid = 'text'::regtype
AND l.collname <> 'C'
"""


async def test_texts_are_ordered_by_bytes_whatever_the_locale_of_the_database(
    postgres: PostgresDatabase,
) -> None:
    found = await postgres.read(lambda session: session.scalars(text(_ORDERED_BY_THE_LOCALE)).all())
    assert found == []


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
        session.execute(_WAIT)

    async with holding_back(postgres_url) as other:
        units = [asyncio.create_task(postgres.write(unit, number)) for number in range(4)]
        await _until_waiting(other, 4)
        await other.execute(_END_OTHERS)
    async with asyncio.timeout(300):
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


@pytest.mark.parametrize(
    ("name", "user", "says"),
    [
        ("none", None, 'lets us not: database "none" does not exist'),
        (None, "nobody", 'lets us not: password authentication failed for user "nobody"'),
    ],
    ids=["no such database", "no such user"],
)
async def test_a_server_that_does_not_let_us_in_is_one_sentence(
    postgres_url: str, surroundings: Surroundings, name: str | None, user: str | None, says: str
) -> None:
    url = make_url(postgres_url).set(database=name, username=user)
    database = PostgresDatabase(url.render_as_string(hide_password=False), surroundings)
    for work in (database.read(_count), database.run_on_connection(lambda connection: None)):
        with pytest.raises(Unavailable) as caught:
            await work
        assert says in str(caught.value)
        assert "\n" not in str(caught.value)
    await database.close()


async def test_what_the_user_of_the_database_may_not_do_is_one_sentence(postgres: PostgresDatabase) -> None:
    with pytest.raises(Unavailable, match="lets us not: permission denied for table pg_authid"):
        await postgres.write(_read_as_nobody_in_particular)


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

    def wait(session: Session) -> None:
        session.execute(_WAIT)

    async with holding_back(postgres_url) as other:
        slow = asyncio.create_task(database.read(wait))
        await _until_waiting(other, 1)
        with pytest.raises(Unavailable, match="busy"):
            await database.read(_count)
        assert not slow.done()
    await slow
    assert await database.read(_count) == 0
    await database.close()


async def test_R12_a_statement_that_takes_too_long_is_ended(
    postgres_url: str, surroundings: Surroundings
) -> None:
    database = PostgresDatabase(postgres_url, surroundings, statement_seconds=1)
    with pytest.raises(TookTooLong):
        await database.read(_sleep, 3600)
    await database.run_on_connection(lambda connection: connection.exec_driver_sql("SELECT pg_sleep(1.5)"))
    await database.close()


async def test_what_was_begun_is_finished_before_the_connections_are_let_go_of(
    postgres_url: str, surroundings: Surroundings
) -> None:
    """A connection that comes back later would be closed by nobody."""
    database = PostgresDatabase(postgres_url, surroundings, statement_seconds=300)

    def unit(session: Session, number: int) -> None:
        remember_uri(session, str(number), "post", number)
        session.flush()
        session.execute(_WAIT)

    async with holding_back(postgres_url) as other:
        cancelled, *kept = [asyncio.create_task(database.write(unit, number)) for number in range(3)]
        await _until_waiting(other, 3)
        cancelled.cancel()
        closing = asyncio.create_task(database.close())
        await asyncio.sleep(0)  # so that it has begun
        for door in (database.read, database.write):
            with pytest.raises(Unavailable, match="closed"):
                await door(_count)
        assert not any(task.done() for task in (*kept, closing))
    await asyncio.gather(*kept, closing)
    assert cancelled.cancelled()


async def test_a_reading_unit_sees_one_snapshot(postgres: PostgresDatabase, postgres_url: str) -> None:
    def twice(session: Session) -> tuple[int, int]:
        first = _count(session)
        session.execute(_WAIT)
        return first, _count(session)

    async with holding_back(postgres_url) as other:
        reading = asyncio.create_task(postgres.read(twice))
        await _until_waiting(other, 1)
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


@pytest.mark.parametrize("seconds", [-60, 60])
async def test_L18_machines_whose_clocks_differ_go_by_the_servers(
    postgres_url: str, settings: Settings, seconds: int
) -> None:
    wrong = timedelta(seconds=seconds)
    database = PostgresDatabase(
        postgres_url,
        Surroundings(settings, Clock(datetime.now(UTC) + wrong)),
        machine_clock=lambda: datetime.now(UTC) + wrong,
    )
    try:
        # Commands do not start it: they hear no announcements.
        for door in (database.read, database.write):
            here = await door(now_of)
            assert abs(here - datetime.now(UTC)) < timedelta(seconds=abs(seconds) / 2)
    finally:
        await database.close()


async def test_a_clock_that_differs_by_less_than_matters_is_left_alone(
    postgres_url: str, surroundings: Surroundings, clock: FakeClock
) -> None:
    database = PostgresDatabase(
        postgres_url, surroundings, machine_clock=lambda: datetime.now(UTC) + timedelta(seconds=1)
    )
    await database.start()
    assert (database.ahead, await database.read(now_of)) == (timedelta(), clock.now())
    await database.close()
