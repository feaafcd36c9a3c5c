"""What both engines promise: units of work, announcements, ids, instants."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from fediunion.config import Settings
from fediunion.db import (
    Database,
    Surroundings,
    announce,
    emit,
    insert_ignoring,
    now_of,
    open_database,
    settings_of,
)
from fediunion.db.known_uris import KnownUri, remember_uri
from tests.databases import Databases
from tests.fakes.clock import FakeClock


def _uris(session: Session) -> list[str]:
    return list(session.scalars(select(KnownUri.uri).order_by(KnownUri.uri)))


def _remember_and_fail(session: Session, uri: str) -> None:
    remember_uri(session, uri, "post", 1)
    session.flush()
    raise ValueError(uri)


async def test_what_a_unit_wrote_is_there_when_write_returns(database: Database) -> None:
    await database.write(remember_uri, "a", "post", 1)
    assert await database.read(_uris) == ["a"]


async def test_an_exception_undoes_its_unit_and_no_other(database: Database) -> None:
    outcomes = await asyncio.gather(
        *(database.write(remember_uri, f"kept-{number}", "post", 1) for number in range(20)),
        *(database.write(_remember_and_fail, f"lost-{number}") for number in range(20)),
        *(database.write(remember_uri, f"later-{number}", "post", 1) for number in range(20)),
        return_exceptions=True,
    )
    assert [str(outcome) for outcome in outcomes if outcome is not None] == [f"lost-{n}" for n in range(20)]
    kept = await database.read(_uris)
    assert len(kept) == 40
    assert not [uri for uri in kept if uri.startswith("lost")]


async def test_a_row_that_breaks_a_constraint_undoes_its_unit_and_no_other(database: Database) -> None:
    outcomes = await asyncio.gather(
        *(database.write(remember_uri, "same", "post", number) for number in range(3)),
        database.write(remember_uri, "other", "post", 1),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 2
    assert await database.read(_uris) == ["other", "same"]


async def test_a_savepoint_inside_a_unit_undoes_a_part_of_it(database: Database) -> None:
    def unit(session: Session) -> None:
        remember_uri(session, "a", "post", 1)
        session.flush()
        with pytest.raises(ValueError, match="b"), session.begin_nested():
            _remember_and_fail(session, "b")
        remember_uri(session, "c", "post", 1)

    await database.write(unit)
    assert await database.read(_uris) == ["a", "c"]


async def test_rows_can_be_used_after_their_unit(database: Database) -> None:
    await database.write(remember_uri, "a", "post", 7)
    row = await database.read(lambda session: session.get_one(KnownUri, "a"))
    assert (row.kind, row.row_id) == ("post", 7)
    changed = await database.write(lambda session: session.get_one(KnownUri, "a"))
    assert changed.row_id == 7


async def test_a_reading_unit_that_writes_is_told_so(database: Database) -> None:
    rows: list[dict[str, object]] = [{"uri": "a", "kind": "post", "row_id": 1, "seen_at": datetime.now(UTC)}]
    with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
        await database.read(insert_ignoring, KnownUri, rows)
    assert await database.read(_uris) == []


async def test_reads_and_writes_run_beside_one_another(database: Database) -> None:
    async def read_often() -> int:
        return sum([len(await database.read(_uris)) > 0 for _ in range(20)])

    await database.write(remember_uri, "first", "post", 1)
    *_, reads = await asyncio.gather(
        *(database.write(remember_uri, str(number), "post", 1) for number in range(50)),
        *(read_often() for _ in range(8)),
    )
    assert reads == 20
    assert len(await database.read(_uris)) == 51


@pytest.mark.parametrize("what", [StopIteration("enough"), KeyboardInterrupt()])
async def test_no_exception_of_a_unit_stops_the_database(database: Database, what: BaseException) -> None:
    def unit(_session: Session) -> None:
        raise what

    if database.dialect == "sqlite":
        with pytest.raises((RuntimeError, KeyboardInterrupt)):
            await database.write(unit)
    async with asyncio.timeout(60):
        await database.write(remember_uri, "a", "post", 1)


async def test_an_announcement_leaves_with_the_commit_and_not_without(database: Database) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    database.subscribe("changed", heard.put_nowait)

    def unit(session: Session, payload: str, fails: bool) -> None:
        announce(session, "changed", payload)
        announce(session, "elsewhere", payload)
        if fails:
            raise ValueError(payload)

    with pytest.raises(ValueError, match="never"):
        await database.write(unit, "never", True)
    await database.write(unit, "actors", False)
    async with asyncio.timeout(60):
        while (payload := await heard.get()) == "*":
            pass
    assert payload == "actors"
    # A process hears of its own at once, and once more where the database carries announcements.
    assert all(heard.get_nowait() in ("*", "actors") for _ in range(heard.qsize()))


async def test_a_commit_through_another_database_object_is_heard(
    databases: Databases, settings: Settings, clock: FakeClock
) -> None:
    url = databases.with_tables()
    first, second = (open_database(url, Surroundings(settings, clock)) for _ in range(2))
    heard = asyncio.Event()
    await first.start()
    first.subscribe("jobs", lambda _payload: heard.set())
    await asyncio.sleep(1.2)
    heard.clear()

    def unit(session: Session) -> None:
        remember_uri(session, "a", "post", 1)
        announce(session, "jobs", "greet")

    await second.write(unit)
    await asyncio.wait_for(heard.wait(), 60)
    await first.close()
    await second.close()


async def test_a_reaction_runs_in_the_unit_that_emits(
    databases: Databases, settings: Settings, clock: FakeClock
) -> None:
    def react(session: Session, event: str) -> None:
        remember_uri(session, f"{event} at {settings_of(session).instance.domain}", "post", 1)

    surroundings = Surroundings(settings, clock, {str: [react]})
    database = open_database(databases.with_tables(), surroundings)
    await database.write(emit, "something")
    await database.write(emit, 7)
    assert await database.read(_uris) == ["something at union.test"]
    await database.close()


async def test_an_instant_comes_back_in_utc_with_its_zone(database: Database, clock: FakeClock) -> None:
    assert await database.read(now_of) == clock.now()
    elsewhere = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=5)))
    row: dict[str, object] = {"uri": "a", "kind": "post", "row_id": 1, "seen_at": elsewhere}
    await database.write(insert_ignoring, KnownUri, [row])
    read = (await database.read(lambda session: session.get_one(KnownUri, "a"))).seen_at
    assert (read, read.tzinfo, read.hour) == (elsewhere, UTC, 7)


async def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 1, 1, 12)  # noqa: DTZ001  # that is what is refused
    row: dict[str, object] = {"uri": "a", "kind": "post", "row_id": 1, "seen_at": naive}
    with pytest.raises(Exception, match="needs its zone"):
        await database.write(insert_ignoring, KnownUri, [row])


def test_an_engine_that_nobody_knows_is_refused(settings: Settings, clock: FakeClock) -> None:
    with pytest.raises(ValueError, match="mysql"):
        open_database("mysql://x", Surroundings(settings, clock))
