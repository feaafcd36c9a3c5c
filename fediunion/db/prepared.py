"""Running statements that were built once, at import: what the hot paths do instead of asking the ORM."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import CursorResult, Executable, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def run(
    session: Session,
    statement: Executable,
    parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
) -> CursorResult[Any]:
    """Return the result of a Core statement, run after what the session holds was written.

    A statement built for each call, and run by way of the ORM, costs five times as much.
    """
    session.flush()
    return session.connection().execute(statement, parameters)


@cache
def insert_ignoring_into(table: Table, dialect: str) -> Insert:
    """Return the insert that leaves out rows which break a unique constraint."""
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return insert.on_conflict_do_nothing()
