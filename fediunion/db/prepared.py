"""Running statements that were built once, at import: what the hot paths do instead of asking the ORM."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple, TypeAlias, cast

import orjson
from sqlalchemy import Connection, Insert, Select, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fediunion.db.database import json_text

_Processor: TypeAlias = Callable[[Any], Any]
_Row: TypeAlias = Mapping[str, Any]

_SQLITE: Final = sqlite.dialect(json_serializer=json_text, json_deserializer=orjson.loads)


class _Ready(NamedTuple):
    """A statement as the SQLite driver takes it: `fixed` values, and what converts values on both ways."""

    sql: str
    names: Sequence[str]
    fixed: dict[str, Any]
    binding: Mapping[str, _Processor]
    reading: Sequence[_Processor | None]


def select_rows(session: Session, statement: Select[Any], parameters: _Row) -> Sequence[Any]:
    """Return the rows of a Core statement, run after what the session holds was written.

    On SQLite it goes straight to the driver: most of what a statement costs there is the way through
    SQLAlchemy, most of all where it is built anew for each call.
    """
    session.flush()
    connection = session.connection()
    ready = _ready(connection, statement)
    if ready is None:
        return connection.execute(statement, parameters).all()
    rows = _execute(connection, ready, parameters).fetchall()
    if not any(ready.reading):
        return rows
    return [
        tuple(read(value) if read else value for read, value in zip(ready.reading, row, strict=True))
        for row in rows
    ]


def select_column(session: Session, statement: Select[Any], parameters: _Row) -> list[Any]:
    """Return the first column of the rows of a Core statement, as `select_rows` runs it."""
    return [row[0] for row in select_rows(session, statement, parameters)]


def insert_row(session: Session, statement: Insert, row: _Row) -> None:
    """Insert a row that has a value for every column, after what the session holds was written."""
    session.flush()
    connection = session.connection()
    ready = _ready(connection, statement)
    if ready is None:
        connection.execute(statement, row)
    else:
        _execute(connection, ready, row)


@cache
def insert_ignoring_into(table: Table, dialect: str) -> Insert:
    """Return the insert that leaves out rows which break a unique constraint."""
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return insert.on_conflict_do_nothing()


def _ready(connection: Connection, statement: Select[Any] | Insert) -> _Ready | None:
    """Return the statement for the driver, or None where SQLAlchemy is to run it.

    That is on PostgreSQL, and where somebody listens to what is run.
    """
    if connection.dialect.name != "sqlite" or connection.dispatch.before_cursor_execute:
        return None
    return _compiled(statement)


@cache
def _compiled(statement: Select[Any] | Insert) -> _Ready:
    keys = None if isinstance(statement, Select) else [column.key for column in statement.table.columns]
    compiled = statement.compile(dialect=_SQLITE, column_keys=keys)
    if any(bind.expanding for bind in compiled.binds.values()):
        # Lists that the statement holds itself are written out, for which what is open needs some value.
        options = {"render_postcompile": True}
        compiled = statement.compile(dialect=_SQLITE, compile_kwargs=options)
    names = compiled.positiontup or []
    types = {name: bind.type.dialect_impl(_SQLITE) for name, bind in compiled.binds.items()}
    processors = {name: types[name].bind_processor(_SQLITE) for name in names if name in types}
    binding = {name: processor for name, processor in processors.items() if processor is not None}
    columns = statement.selected_columns if isinstance(statement, Select) else ()
    reading = [column.type.dialect_impl(_SQLITE).result_processor(_SQLITE, None) for column in columns]
    fixed = compiled.params if isinstance(statement, Select) else {}
    return _Ready(compiled.string, names, dict(fixed), binding, reading)


def _execute(connection: Connection, ready: _Ready, row: _Row) -> sqlite3.Cursor:
    given = {**ready.fixed, **row} if ready.fixed else row
    binding = ready.binding
    values = [binding[name](given[name]) if name in binding else given[name] for name in ready.names]
    driver = cast("sqlite3.Connection", connection.connection.driver_connection)
    try:
        return driver.execute(ready.sql, values)
    except sqlite3.Error as error:
        raise DBAPIError.instance(
            ready.sql, None, error, sqlite3.Error, hide_parameters=True, dialect=connection.dialect
        ) from error
