"""All rows of a database as lines of text, and back, the same on both engines: what a copy of it is made of.

A line is a JSON array of one row's values. What JSON has no word for is a text in it: an instant and a day
as in RFC 3339, bytes in base64, a JSON document as its own text, so that NULL and `null` stay two things.
"""

import base64
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from typing import Any, Final

import orjson
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    cast,
    column,
    insert,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection
from sqlalchemy.types import TypeEngine

from fediunion.db.base import UtcDateTime
from fediunion.kit.errors import BadDocument

_ROWS_AT_ONCE: Final = 1000


class Kind(StrEnum):
    """What the values of a column are, whatever the engine calls it."""

    NUMBER = "number"
    REAL = "real"
    YES_NO = "yes/no"
    TEXT = "text"
    BYTES = "bytes"
    INSTANT = "instant"
    DAY = "day"
    JSON = "json"


Columns = Sequence[tuple[str, Kind]]

# In this order: what is looked for first is no special case of what comes later.
_KINDS: Final[tuple[tuple[type[TypeEngine[Any]], Kind], ...]] = (
    (Boolean, Kind.YES_NO),
    (Integer, Kind.NUMBER),
    (Float, Kind.REAL),
    (LargeBinary, Kind.BYTES),
    (JSON, Kind.JSON),
    (Date, Kind.DAY),
    (String, Kind.TEXT),
)
_TYPES: Final[dict[Kind, type[TypeEngine[Any]]]] = {
    Kind.NUMBER: BigInteger,
    Kind.REAL: Float,
    Kind.YES_NO: Boolean,
    Kind.TEXT: Text,
    Kind.BYTES: LargeBinary,
    Kind.INSTANT: UtcDateTime,
    Kind.DAY: Date,
    Kind.JSON: Text,
}
_WRITTEN: Final[dict[Kind, Callable[[Any], object]]] = {
    Kind.BYTES: lambda value: base64.b64encode(value).decode("ascii"),
    Kind.INSTANT: datetime.isoformat,
    Kind.DAY: date.isoformat,
}
_READ: Final[dict[Kind, Callable[[Any], object]]] = {
    Kind.BYTES: lambda value: base64.b64decode(value, validate=True),
    Kind.INSTANT: datetime.fromisoformat,
    Kind.DAY: date.fromisoformat,
}


@dataclass(frozen=True)
class TableRows:
    """One table: its columns, and a line for each of its rows, to be read once and before the next table."""

    name: str
    columns: Columns
    lines: Iterator[bytes]


def read_tables(connection: Connection, tables: MetaData) -> Iterator[TableRows]:
    """Yield every table, those that others refer to first."""
    for each in tables.sorted_tables:
        columns = [(known.name, kind_of(known)) for known in each.columns]
        yield TableRows(each.name, columns, _lines(connection, each, columns))


def insert_lines(connection: Connection, name: str, columns: Columns, lines: Iterable[bytes]) -> int:
    """Put the rows of `lines` into the table `name`; return how many there were.

    The columns are those of the copy, not those of today's models: it may be of an older schema.
    Raises BadDocument for a line that is no row of these columns.
    """
    into = table(name, *(column(known, _TYPES[kind]()) for known, kind in columns))
    values: dict[str, ColumnElement[Any]] = {
        known: _placeholder(connection, place, kind) for place, (known, kind) in enumerate(columns)
    }
    statement = insert(into).values(values)
    kinds = [kind for _, kind in columns]
    number = 0
    rows = (_row(line, kinds) for line in lines)
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        connection.execute(statement, some)
        number += len(some)
    return number


def kind_of(known: Column[Any]) -> Kind:
    """Return what the values of a column are. Raises TypeError for a type that no copy could hold."""
    if isinstance(known.type, UtcDateTime):
        return Kind.INSTANT
    for declared, kind in _KINDS:
        if isinstance(known.type, declared):
            return kind
    raise TypeError(f"{known.table.name}.{known.name} is of a type that cannot be copied: {known.type!r}")


def _lines(connection: Connection, known: Table, columns: Columns) -> Iterator[bytes]:
    selected = [
        cast(known.columns[name], Text) if kind is Kind.JSON else known.columns[name]
        for name, kind in columns
    ]
    writers = [_WRITTEN.get(kind) for _, kind in columns]
    # In the order of the key the same rows give the same lines.
    statement = select(*selected).order_by(*known.primary_key.columns)
    found = connection.execution_options(stream_results=True, yield_per=_ROWS_AT_ONCE).execute(statement)
    for row in found:
        values = [
            value if write is None or value is None else write(value)
            for value, write in zip(row, writers, strict=True)
        ]
        yield orjson.dumps(values)


def _placeholder(connection: Connection, place: int, kind: Kind) -> ColumnElement[Any]:
    value: ColumnElement[Any] = bindparam(f"value_{place}", type_=_TYPES[kind]())
    return cast(value, JSONB) if kind is Kind.JSON and connection.dialect.name == "postgresql" else value


def _row(line: bytes, kinds: Sequence[Kind]) -> dict[str, object]:
    try:
        values = orjson.loads(line)
        if not isinstance(values, list) or len(values) != len(kinds):
            raise ValueError("another number of values")
        return {
            f"value_{place}": value if value is None or kind not in _READ else _READ[kind](value)
            for place, (value, kind) in enumerate(zip(values, kinds, strict=True))
        }
    except (ValueError, TypeError) as error:
        raise BadDocument("a row of the copy cannot be read", reason="bad-row") from error
