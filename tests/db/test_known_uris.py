"""Every id we know, once, and tombstones that stay."""

from sqlalchemy.orm import Session

from fediunion.db import Database, insert_ignoring
from fediunion.db.known_uris import (
    TOMBSTONE,
    KnownUri,
    bury_unknown_uri,
    bury_uri,
    find_known_uri,
    find_known_uris,
    is_buried,
    lift_burial,
    remember_uri,
)
from tests.fakes.clock import FakeClock

URI = "https://far.test/posts/1"


def _kind(session: Session) -> tuple[str, int | None] | None:
    known = find_known_uri(session, URI)
    return None if known is None else (known.kind, known.row_id)


async def test_a_remembered_uri_names_its_row(database: Database) -> None:
    assert await database.read(_kind) is None
    await database.write(remember_uri, URI, "post", 7)
    assert await database.read(_kind) == ("post", 7)


async def test_a_uri_is_found_in_the_unit_that_remembers_it(database: Database) -> None:
    def unit(session: Session) -> list[str]:
        remember_uri(session, URI, "post", 7)
        return list(find_known_uris(session, [URI, URI, "https://far.test/unknown"]))

    assert await database.write(unit) == [URI]
    assert await database.read(find_known_uris, []) == {}


async def test_a_buried_uri_is_a_tombstone_whether_it_was_known_or_not(database: Database) -> None:
    await database.write(bury_uri, URI)
    assert await database.read(_kind) == (TOMBSTONE, None)
    await database.write(bury_uri, URI)
    await database.write(remember_uri, "https://far.test/posts/2", "post", 8)
    await database.write(bury_uri, "https://far.test/posts/2")
    found = await database.read(find_known_uris, [URI, "https://far.test/posts/2"])
    assert {known.kind for known in found.values()} == {TOMBSTONE}


async def test_a_uri_that_is_remembered_and_buried_in_one_unit_is_a_tombstone(database: Database) -> None:
    def unit(session: Session) -> str:
        remember_uri(session, URI, "post", 7)
        bury_uri(session, URI)
        known = find_known_uri(session, URI)
        assert known is not None
        return known.kind

    assert await database.write(unit) == TOMBSTONE
    assert await database.read(_kind) == (TOMBSTONE, None)


async def test_rows_that_exist_are_left_out_when_inserting(database: Database, clock: FakeClock) -> None:
    await database.write(remember_uri, URI, "post", 7)
    rows: list[dict[str, object]] = [
        {"uri": uri, "kind": "actor", "row_id": 9, "seen_at": clock.now()}
        for uri in (URI, "https://far.test/new")
    ]
    await database.write(insert_ignoring, KnownUri, rows)
    assert await database.read(_kind) == ("post", 7)
    assert await database.read(find_known_uri, "https://far.test/new") is not None


async def test_A39_what_an_actor_takes_back_unseen_is_buried_for_that_actor_alone(database: Database) -> None:
    await database.write(bury_unknown_uri, URI, 7)
    await database.write(bury_unknown_uri, URI, 8)
    assert await database.read(_kind) == (TOMBSTONE, 7)
    assert is_buried(TOMBSTONE, 7, 7)
    assert not is_buried(TOMBSTONE, 7, 8)
    assert not is_buried(TOMBSTONE, 7, None)
    assert is_buried(TOMBSTONE, None, 8)
    await database.write(lift_burial, URI)
    assert await database.read(_kind) is None


async def test_A16_what_is_known_is_neither_buried_as_unknown_nor_lifted(database: Database) -> None:
    await database.write(remember_uri, URI, "post", 7)
    await database.write(bury_unknown_uri, URI, 8)
    await database.write(lift_burial, URI)
    assert await database.read(_kind) == ("post", 7)
