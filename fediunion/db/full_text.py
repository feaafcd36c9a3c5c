"""Full-text indexes: declared beside a table, made by each engine in its own way, asked in one.

The columns hold words that are folded already (kit.words.folded_words): both engines then cut them alike, and
nothing in them has a meaning for either. SQLite has an FTS5 table that triggers keep in step with the table
(https://www.sqlite.org/fts5.html#external_content_tables), PostgreSQL a GIN index of `to_tsvector`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import orjson
from sqlalchemy import (
    ColumnElement,
    MetaData,
    Select,
    Table,
    and_,
    bindparam,
    column,
    event,
    func,
    literal_column,
    not_,
    select,
    table,
    text,
)
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Session

from fediunion.db.base import BIG
from fediunion.db.prepared import run_on_driver

_INFO: Final = "full_text"
_CONFIGURATION: Final = "'simple'::regconfig"


@dataclass(frozen=True)
class Phrase:
    """What is looked up: words that stand one after the other in `column`, or with `absent` do not.

    `words` are as folded_words gives them. With `prefix` the last of them may be the beginning of a word.
    """

    column: str
    words: str
    absent: bool = False
    prefix: bool = False


@dataclass(frozen=True)
class FullText:
    """The index of some columns of a table, whose rows have the number `key`."""

    table: str
    key: str
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the index is called in the database."""
        return f"ft_{self.table}"

    def statements(self, dialect: str) -> list[str]:
        """Return what makes the index, each statement on one line and without an end."""
        return self._for_sqlite() if dialect == "sqlite" else self._for_postgresql()

    def _for_sqlite(self) -> list[str]:
        columns = ", ".join(self.columns)
        old, new = (
            ", ".join(f"{row}.{name}" for name in (self.key, *self.columns)) for row in ("old", "new")
        )
        forget = f"INSERT INTO {self.name} ({self.name}, rowid, {columns}) VALUES ('delete', {old});"  # noqa: S608 (names of models)
        insert = f"INSERT INTO {self.name} (rowid, {columns}) VALUES ({new});"  # noqa: S608 (names of models)
        options = (
            f"content='{self.table}', content_rowid='{self.key}', tokenize='unicode61 remove_diacritics 2'"
        )
        changed = f"AFTER UPDATE OF {columns} ON {self.table}"
        return [
            f"CREATE VIRTUAL TABLE {self.name} USING fts5({columns}, {options})",
            f"CREATE TRIGGER {self.name}_insert AFTER INSERT ON {self.table} BEGIN {insert} END",
            f"CREATE TRIGGER {self.name}_delete AFTER DELETE ON {self.table} BEGIN {forget} END",
            f"CREATE TRIGGER {self.name}_update {changed} BEGIN {forget} {insert} END",
        ]

    def _for_postgresql(self) -> list[str]:
        vectors = ", ".join(_vector(self.table, name, qualified=False) for name in self.columns)
        return [f"CREATE INDEX {self.name} ON {self.table} USING gin ({vectors})"]


def full_text(model: type[DeclarativeBase], *columns: str) -> FullText:
    """Give a table a full-text index of some of its columns, which is made with the table."""
    indexed = cast("Table", model.__table__)
    index = FullText(indexed.name, indexed.primary_key.columns[0].name, columns)
    indexed.info[_INFO] = index
    event.listen(indexed, "after_create", _make)
    return index


def _make(indexed: Table, connection: Connection, **_more: object) -> None:
    index: FullText = indexed.info[_INFO]
    for statement in index.statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def full_text_indexes(tables: MetaData) -> list[FullText]:
    """Return the full-text indexes of these tables."""
    return [each.info[_INFO] for each in tables.sorted_tables if _INFO in each.info]


def missing_full_text(connection: Connection, tables: MetaData) -> Iterator[str]:
    """Give what a database lacks of its full-text indexes: the statements that would make it."""
    sqlite = connection.dialect.name == "sqlite"
    names = "SELECT name FROM sqlite_master" if sqlite else "SELECT indexname FROM pg_indexes"
    there = set(connection.execute(text(names)).scalars())
    for index in full_text_indexes(tables):
        for statement in index.statements(connection.dialect.name):
            if statement.removeprefix("CREATE VIRTUAL").removeprefix("CREATE").split()[1] not in there:
                yield statement


def is_part_of_full_text(name: str, tables: MetaData) -> bool:
    """Return whether a table or index of the database is an index of these tables, or part of one."""
    names = [index.name for index in full_text_indexes(tables)]
    return any(name == known or name.startswith(f"{known}_") for known in names)


def matching(session: Session, index: FullText, phrases: Sequence[Phrase]) -> Select[tuple[int]]:
    """Return the numbers, as `id`, of the rows in which all of `phrases` hold; one at least is not `absent`.

    What is no word was left out by folded_words: no text is an error, and nothing in it is an operator.
    """
    if session.get_bind().dialect.name == "sqlite":
        found = table(index.name, column("rowid", BIG))
        expression: ColumnElement[str] = bindparam("match", _expression(phrases), unique=True)
        matches = literal_column(index.name).op("MATCH", is_comparison=True)(expression)
        return select(found.c.rowid.label("id")).where(matches)
    rows = table(index.table, column(index.key, BIG))
    return select(rows.c[index.key].label("id")).where(and_(*(_holds(index, each) for each in phrases)))


def matching_keys(session: Session, index: FullText, phrases: Sequence[Phrase]) -> Sequence[int]:
    """Return the numbers of all rows that `matching` finds, in no order. There may be very many.

    SQLite gives them as one JSON text: to make a row of each costs more than finding them.
    """
    if session.get_bind().dialect.name == "sqlite":
        statement = f"SELECT json_group_array(rowid) FROM {index.name} WHERE {index.name} MATCH ?"  # noqa: S608 (names of models)
        ((keys,),) = run_on_driver(session, statement, [_expression(phrases)])
        listed: list[int] = orjson.loads(keys)
        return listed
    found: Sequence[Any] = session.scalars(matching(session, index, phrases)).all()
    return found


def matched_key(session: Session, index: FullText) -> ColumnElement[int]:
    """Return the number of a row in a statement of `matching`, for more conditions and for its order."""
    name = (
        f"{index.name}.rowid" if session.get_bind().dialect.name == "sqlite" else f"{index.table}.{index.key}"
    )
    return literal_column(name, BIG)


def _expression(phrases: Sequence[Phrase]) -> str:
    """Return what FTS5 looks up; words are letters and digits only, and in quotes."""

    def one(phrase: Phrase) -> str:
        return f'{phrase.column} : "{phrase.words}"' + (" *" if phrase.prefix else "")

    wanted = " AND ".join(one(phrase) for phrase in phrases if not phrase.absent)
    return f"({wanted})" + "".join(f" NOT ({one(phrase)})" for phrase in phrases if phrase.absent)


def _holds(index: FullText, phrase: Phrase) -> ColumnElement[bool]:
    vector: ColumnElement[Any] = literal_column(_vector(index.table, phrase.column, qualified=True))
    configuration: ColumnElement[Any] = literal_column(_CONFIGURATION)
    if phrase.prefix:
        words = [f"'{word}'" for word in phrase.words.split()]
        query = func.to_tsquery(configuration, " <-> ".join(words) + ":*")
    else:
        query = func.phraseto_tsquery(configuration, phrase.words)
    condition: ColumnElement[bool] = vector.op("@@", is_comparison=True)(query)
    return not_(condition) if phrase.absent else condition


def _vector(table_name: str, column_name: str, *, qualified: bool) -> str:
    name = f"{table_name}.{column_name}" if qualified else column_name
    return f"to_tsvector({_CONFIGURATION}, {name})"
