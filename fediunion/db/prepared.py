"""Running statements that were built once, at import: what the hot paths do instead of asking the ORM."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple, TypeAlias, cast

import orjson
from sqlalchemy import CompoundSelect, Connection, Insert, Select, Table, Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fediunion.db.base import Base
from fediunion.db.database import json_text

_Processor: TypeAlias = Callable[[Any], Any]
_Row: TypeAlias = Mapping[str, Any]
_Query: TypeAlias = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]

_SQLITE: Final = sqlite.dialect(json_serializer=json_text, json_deserializer=orjson.loads)


class _Ready(NamedTuple):
    """A statement as the SQLite driver takes it: `fixed` values, and what converts values on both ways.

    `lists` are the names whose place in the text is taken by as many marks as there are values.
    """

    sql: str
    names: Sequence[str]
    lists: frozenset[str]
    fixed: dict[str, Any]
    binding: Mapping[str, _Processor]
    reading: Sequence[_Processor | None]


def select_rows(session: Session, statement: _Query, parameters: _Row) -> Sequence[Any]:
    """Return the rows of a Core statement, run after what the session holds was written.

    On SQLite it goes straight to the driver: most of what a statement costs there is the way through
    SQLAlchemy, most of all where it is built anew for each call.
    """
    return _rows(session, statement, parameters)


def update_rows(session: Session, statement: Update, parameters: _Row) -> Sequence[Any]:
    """Return what a Core statement's RETURNING gives of the rows it changed, as `select_rows` runs it."""
    return _rows(session, statement, parameters)


def run_on_driver(session: Session, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
    """Return the rows of a statement in the database's own words, as its driver gives them.

    What the session holds is not written before.
    """
    connection = _connection_of(session)
    if not _goes_to_driver(connection):
        return connection.exec_driver_sql(sql, tuple(values)).all()
    return _run(connection, sql, values).fetchall()


def change_rows(session: Session, statement: Update, parameters: _Row) -> int:
    """Run a Core statement that changes rows, as `select_rows` runs one; return how many it changed."""
    session.flush()
    connection = _connection_of(session)
    ready = _ready(connection, statement)
    if ready is None:
        return connection.execute(statement, parameters).rowcount
    return _execute(connection, ready, parameters).rowcount


def select_column(session: Session, statement: _Query, parameters: _Row) -> list[Any]:
    """Return the first column of the rows of a Core statement, as `select_rows` runs it."""
    return [row[0] for row in select_rows(session, statement, parameters)]


def insert_row(session: Session, statement: Insert, row: _Row) -> None:
    """Insert a row that has a value for every column, after what the session holds was written."""
    insert_rows(session, statement, [row])


def insert_row_returning(session: Session, statement: Insert, row: _Row) -> Any:
    """Insert a row as `insert_row` does; return the first value of what the statement's RETURNING gives."""
    return _rows(session, statement, row)[0][0]


def insert_rows(session: Session, statement: Insert, rows: Sequence[_Row]) -> None:
    """Insert rows that have a value for every column, after what the session holds was written."""
    session.flush()
    connection = _connection_of(session)
    ready = _ready(connection, statement)
    if ready is None:
        connection.execute(statement, rows[0] if len(rows) == 1 else list(rows))
        return
    for row in rows:
        _execute(connection, ready, row)


def insert_ignoring(session: Session, table: type[Base], rows: Iterable[dict[str, object]]) -> None:
    """Insert rows, leaving out those that break a unique constraint. The same on both engines."""
    values = list(rows)
    if not values:
        return
    columns = cast("Table", table.__table__)
    ignoring = insert_ignoring_into(columns, session.get_bind().dialect.name)
    if values[0].keys() == set(columns.columns.keys()):
        insert_rows(session, ignoring, values)
    else:
        session.flush()
        session.connection().execute(ignoring, values)


def _rows(session: Session, statement: _Query | Insert | Update, parameters: _Row) -> Sequence[Any]:
    session.flush()
    connection = _connection_of(session)
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


@cache
def insert_ignoring_into(table: Table, dialect: str) -> Insert:
    """Return the insert that leaves out rows which break a unique constraint."""
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return insert.on_conflict_do_nothing()


def _ready(connection: Connection, statement: _Query | Insert | Update) -> _Ready | None:
    """Return the statement for the driver, or None where SQLAlchemy is to run it.

    That is on PostgreSQL, and where somebody listens to what is run.
    """
    return _compiled(statement) if _goes_to_driver(connection) else None


def _goes_to_driver(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite" and not connection.dispatch.before_cursor_execute


def _connection_of(session: Session) -> Connection:
    """Return what the session works on. On SQLite that is a connection from the start: asking the session
    would make it begin a transaction, which there means nothing and takes time.
    """
    return session.bind if isinstance(session.bind, Connection) else session.connection()


@cache
def _compiled(statement: _Query | Insert | Update) -> _Ready:
    keys = [column.key for column in statement.table.columns] if isinstance(statement, Insert) else None
    compiled = statement.compile(dialect=_SQLITE, column_keys=keys)
    if "NOT IN (__[POSTCOMPILE_" in compiled.string:
        raise ValueError("a list of what is left out does not go to the driver: none is as if all were")
    names = compiled.positiontup or []
    lists = frozenset(name for name, bind in compiled.binds.items() if bind.expanding)
    types = {name: bind.type.dialect_impl(_SQLITE) for name, bind in compiled.binds.items()}
    processors = {name: types[name].bind_processor(_SQLITE) for name in names if name in types}
    binding = {name: processor for name, processor in processors.items() if processor is not None}
    columns = (
        statement.exported_columns if isinstance(statement, Update | Insert) else statement.selected_columns
    )
    reading = [column.type.dialect_impl(_SQLITE).result_processor(_SQLITE, None) for column in columns]
    fixed = {} if isinstance(statement, Insert) else compiled.params
    return _Ready(compiled.string, names, lists, dict(fixed), binding, reading)


def _execute(connection: Connection, ready: _Ready, row: _Row) -> sqlite3.Cursor:
    given = {**ready.fixed, **row} if ready.fixed else row
    binding, sql = ready.binding, ready.sql
    values: list[Any] = []
    for name in ready.names:
        convert = binding.get(name)
        if name in ready.lists:
            each = _padded(given[name])
            sql = sql.replace(f"__[POSTCOMPILE_{name}]", ",".join("?" * len(each)))
            values += map(convert, each) if convert else each
        else:
            values.append(convert(given[name]) if convert else given[name])
    return _run(connection, sql, values)


def _run(connection: Connection, sql: str, values: Sequence[Any]) -> sqlite3.Cursor:
    driver = cast("sqlite3.Connection", connection.connection.driver_connection)
    try:
        return driver.execute(sql, values)
    except sqlite3.Error as error:
        raise DBAPIError.instance(
            sql, None, error, sqlite3.Error, hide_parameters=True, dialect=connection.dialect
        ) from error


def _padded(values: Sequence[Any]) -> Sequence[Any]:
    """Return the values, the last one again and again, so that there are few lengths and few statements.

    None stands for no value at all: nothing is equal to it.
    """
    length = 1
    while length < len(values):
        length *= 2
    return [*values, *[values[-1] if values else None] * (length - len(values))]
