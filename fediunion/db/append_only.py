"""Tables whose rows stay as they were written: the database itself refuses to change or remove one.

Triggers do it on both engines, so it holds for whatever this server would ever send. Who owns the database
can drop them; what such a person changes is for the chain of hashes to show.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import MetaData, Table, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase

_INFO: Final = "append_only"


@dataclass(frozen=True)
class AppendOnly:
    """The rule for one table. With `grows` a row may change where that column becomes one more."""

    table: str
    grows: str = ""

    def statements(self, dialect: str) -> list[str]:
        """Return what makes the triggers, each statement on one line and without an end."""
        return self._for_sqlite() if dialect == "sqlite" else self._for_postgresql()

    def _for_sqlite(self) -> list[str]:
        refuse = f"SELECT RAISE(ABORT, 'rows of {self.table} stay as they are');"
        unless = f" WHEN new.{self.grows} <> old.{self.grows} + 1" if self.grows else ""
        update = f"BEFORE UPDATE ON {self.table}{unless}"
        return [
            f"CREATE TRIGGER {self.table}_keep_update {update} BEGIN {refuse} END",
            f"CREATE TRIGGER {self.table}_keep_delete BEFORE DELETE ON {self.table} BEGIN {refuse} END",
        ]

    def _for_postgresql(self) -> list[str]:
        refuse = f"RAISE EXCEPTION 'rows of {self.table} stay as they are';"
        unless = f" WHEN (new.{self.grows} <> old.{self.grows} + 1)" if self.grows else ""
        call = f"EXECUTE FUNCTION {self.table}_keep()"
        rows = f"ON {self.table} FOR EACH ROW"
        body = f"BEGIN {refuse} END".replace("'", "''")
        return [
            f"CREATE FUNCTION {self.table}_keep() RETURNS trigger LANGUAGE plpgsql AS '{body}'",
            f"CREATE TRIGGER {self.table}_keep_update BEFORE UPDATE {rows}{unless} {call}",
            f"CREATE TRIGGER {self.table}_keep_delete BEFORE DELETE {rows} {call}",
            f"CREATE TRIGGER {self.table}_keep_truncate BEFORE TRUNCATE ON {self.table} {call}",
        ]


def append_only(model: type[DeclarativeBase], *, grows: str = "") -> AppendOnly:
    """Let the rows of a table stay as they are written, from when it is made."""
    kept = cast("Table", model.__table__)
    rule = AppendOnly(kept.name, grows)
    kept.info[_INFO] = rule
    event.listen(kept, "after_create", _make)
    return rule


def append_only_rules(tables: MetaData) -> list[AppendOnly]:
    """Return the rules of these tables."""
    return [each.info[_INFO] for each in tables.sorted_tables if _INFO in each.info]


def missing_triggers(connection: Connection, tables: MetaData) -> Iterator[str]:
    """Give what a database lacks of these triggers: the statements that would make it."""
    sqlite = connection.dialect.name == "sqlite"
    names = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'" if sqlite else "SELECT tgname FROM pg_trigger"
    )
    there = set(connection.execute(text(names)).scalars())
    for rule in append_only_rules(tables):
        for statement in rule.statements(connection.dialect.name):
            kind, name = statement.split()[1:3]
            if kind == "TRIGGER" and name not in there:
                yield statement


def _make(kept: Table, connection: Connection, **_more: object) -> None:
    rule: AppendOnly = kept.info[_INFO]
    for statement in rule.statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
