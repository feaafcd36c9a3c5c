"""Statements that go straight to the driver, and give what SQLAlchemy would give."""

from datetime import UTC, datetime
from typing import Any, Final, cast

import pytest
from sqlalchemy import Engine, Table, bindparam, event, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fediunion.db import Database, prepared
from fediunion.db.known_uris import KnownUri, remember_uri
from fediunion.db.prepared import (
    change_rows,
    insert_row,
    insert_rows,
    select_column,
    select_rows,
    update_rows,
)
from fediunion.jobs.models import Job
from fediunion.jobs.queue import enqueue

_KNOWN: Final = cast("Table", KnownUri.__table__)
_JOB: Final = cast("Table", Job.__table__)
_INSERT: Final = insert(_KNOWN)
_FIND: Final = select(_KNOWN.c.uri, _KNOWN.c.seen_at).where(_KNOWN.c.uri == bindparam("uri"))
_OF_KINDS: Final = (
    select(_KNOWN.c.uri)
    .where(_KNOWN.c.kind.in_(["post", "actor"]), _KNOWN.c.row_id > bindparam("above", 0))
    .order_by(_KNOWN.c.uri)
)
_JOBS: Final = select(_JOB.c.payload, _JOB.c.run_at).where(_JOB.c.kind == bindparam("kind"))
_SEEN: Final = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)


def row(uri: str, kind: str = "post", row_id: int = 7) -> dict[str, Any]:
    """Return the columns of a known id."""
    return {"uri": uri, "kind": kind, "row_id": row_id, "seen_at": _SEEN}


async def test_moments_and_documents_come_back_as_they_were(database: Database) -> None:
    def work(session: Session) -> None:
        insert_row(session, _INSERT, row("https://a.test/1"))
        assert [tuple(each) for each in select_rows(session, _FIND, {"uri": "https://a.test/1"})] == [
            ("https://a.test/1", _SEEN)
        ]
        enqueue(session, "measure", at=_SEEN, deep={"list": [1, None, "ä"]})
        assert [tuple(each) for each in select_rows(session, _JOBS, {"kind": "measure"})] == [
            ({"deep": {"list": [1, None, "ä"]}}, _SEEN)
        ]

    await database.write(work)


async def test_what_the_session_has_not_written_yet_is_found(database: Database) -> None:
    def work(session: Session) -> None:
        remember_uri(session, "https://a.test/2", "post", 8)
        assert select_column(session, _FIND, {"uri": "https://a.test/2"}) == ["https://a.test/2"]

    await database.write(work)


async def test_a_list_within_the_statement_counts(database: Database) -> None:
    def work(session: Session) -> None:
        for number, kind in enumerate(["post", "follow", "actor"]):
            insert_row(session, _INSERT, row(f"https://a.test/{number}", kind, number + 1))
        assert select_column(session, _OF_KINDS, {"above": 0}) == ["https://a.test/0", "https://a.test/2"]
        assert select_column(session, _OF_KINDS, {"above": 1}) == ["https://a.test/2"]

    await database.write(work)


async def test_a_broken_constraint_is_the_error_of_sqlalchemy_and_undoes_the_unit(database: Database) -> None:
    def work(session: Session) -> None:
        insert_row(session, _INSERT, row("https://a.test/3"))
        insert_row(session, _INSERT, row("https://a.test/3"))

    with pytest.raises(IntegrityError):
        await database.write(work)
    assert await database.read(select_column, _FIND, {"uri": "https://a.test/3"}) == []


async def test_whoever_listens_to_statements_hears_of_these_too(database: Database) -> None:
    heard: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, _p: Any, _context: Any, _many: bool) -> None:
        heard.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        await database.write(insert_row, _INSERT, row("https://a.test/4"))
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert [statement for statement in heard if "known_uri" in statement]


_AMONG: Final = (
    select(_KNOWN.c.uri, _KNOWN.c.seen_at)
    .where(_KNOWN.c.uri.in_(bindparam("uris", expanding=True)), _KNOWN.c.kind.in_(["post", "actor"]))
    .order_by(_KNOWN.c.uri)
)
_MOVE: Final = (
    update(_KNOWN)
    .where(_KNOWN.c.uri.in_(bindparam("uris", expanding=True)))
    .values(row_id=_KNOWN.c.row_id + bindparam("step"), seen_at=bindparam("now", type_=_KNOWN.c.seen_at.type))
)
_MOVE_AND_TELL: Final = _MOVE.returning(_KNOWN.c.row_id, _KNOWN.c.seen_at)
_LATER: Final = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize("listened_to", [False, True])
@pytest.mark.parametrize("many", [0, 1, 3, 4, 5, 40])
async def test_open_lists_of_any_length_are_found_and_changed(
    database: Database, many: int, listened_to: bool
) -> None:
    uris = [f"https://a.test/{number:02}" for number in range(many)]

    def work(session: Session) -> None:
        if listened_to:
            event.listen(session.connection(), "before_cursor_execute", lambda *_: None)
        insert_rows(session, _INSERT, [row(uri) for uri in [*uris, "https://other.test/"]])
        found = [tuple(each) for each in select_rows(session, _AMONG, {"uris": uris})]
        assert found == [(uri, _SEEN) for uri in uris]
        assert change_rows(session, _MOVE, {"uris": uris, "step": 3, "now": _SEEN}) == many
        told = update_rows(session, _MOVE_AND_TELL, {"uris": uris, "step": 3, "now": _LATER})
        assert [tuple(each) for each in told] == [(13, _LATER)] * many
        assert session.scalar(select(_KNOWN.c.row_id).where(_KNOWN.c.uri == "https://other.test/")) == 7

    await database.write(work)


def test_a_list_of_what_is_left_out_is_refused() -> None:
    statement = select(_KNOWN.c.uri).where(_KNOWN.c.uri.not_in(bindparam("uris", expanding=True)))
    with pytest.raises(ValueError, match="left out"):
        prepared._compiled(statement)
