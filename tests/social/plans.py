"""How the database runs what a read asks: statements counted, and their plans."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import event
from sqlalchemy.orm import Session

T = TypeVar("T")


def statements_of(session: Session, work: Callable[[Session], T]) -> tuple[T, list[tuple[str, Any]]]:
    """Return what `work` gives, and each statement that it ran, with its parameters."""
    ran: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        ran.append((statement, parameters))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        result = work(session)
    finally:
        event.remove(connection, "before_cursor_execute", note)
    return result, ran


def plan_of(session: Session, work: Callable[[Session], object]) -> list[str]:
    """Return the lines of the plans of all statements that `work` runs.

    PostgreSQL would scan tables as small as those of a test: it is told to do so only where nothing else
    can be done.
    """
    connection = session.connection()
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    _, ran = statements_of(session, work)
    lines: list[str] = []
    for statement, parameters in ran:
        if statement.startswith(("INSERT", "SAVEPOINT", "RELEASE")):
            continue
        explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
        rows = connection.exec_driver_sql(explain + statement, parameters)
        lines += [str(row[-1]) for row in rows]
    return lines


def full_scans(plan: list[str]) -> list[str]:
    """Return the lines that read a whole table; a rule table of a few rows may be read whole.

    SQLite reads all of it also for a filter of its ids, and for an index that it makes for one statement.
    """
    begun = ("SCAN ", "BLOOM FILTER ON ")
    scans = [line for line in plan if line.startswith(begun) or "Seq Scan" in line or " AUTOMATIC " in line]
    harmless: tuple[str, ...] = (
        "SCAN domain_rule",
        "SCAN anon",
        "SCAN CONSTANT",
        "SCAN (subquery",
        "on domain_rule",
    )
    # What the statement itself has put together before it is read.
    harmless += tuple(f"SCAN {line.split()[1]}" for line in plan if line.startswith(_MADE_BEFORE))
    read = [line for line in scans if not any(word in line for word in harmless)]
    # How SQLite says that a full-text index is asked for words, M, and not read from end to end.
    return [line for line in read if not re.search(r"VIRTUAL TABLE INDEX \d+:[=<>]*M", line)]


_MADE_BEFORE: Final = ("MATERIALIZE ", "CO-ROUTINE ")
_ROWS_OF_MANY: Final = 1_000_000
_ROWS_OF_A_FEW: Final = {
    "domain_rule": 50,
    "member": 500,
    "account_list": 500,
    "listed_account": 5_000,
    "instance": 20_000,
    "actor": 100_000,
    "filter": 500,
}
_COLUMNS_OF_FEW_VALUES: Final = frozenset({"kind", "state", "audience", "local", "live", "type"})


def pretend_large(session: Session) -> None:
    """Give SQLite the statistics of a large instance: a million rows where rows add up, fewer elsewhere.

    A planner with statistics chooses otherwise than one without, and wrongly where it takes an index for
    useless. An index finds twenty rows for all that it is asked for, a column that takes a few values finds
    a tenth of the table. On PostgreSQL nothing happens: there the choice is between indexes only.
    """
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        return
    run = connection.exec_driver_sql
    run("ANALYZE")
    run("DELETE FROM sqlite_stat1")
    for (table,) in run("SELECT name FROM sqlite_schema WHERE type = 'table'").all():
        rows = _ROWS_OF_A_FEW.get(table, _ROWS_OF_MANY)
        run("INSERT INTO sqlite_stat1 VALUES (?, NULL, ?)", (table, str(rows)))
        for _, index, unique, _, partial in run(f'PRAGMA index_list("{table}")').all():
            columns = [row[2] for row in run(f'PRAGMA index_info("{index}")')]
            stored = max(rows // 100, 1) if partial else rows
            found = [_found_by(columns[: place + 1], stored) for place in range(len(columns))]
            if unique:
                found[-1] = 1
            statistics = " ".join(map(str, (stored, *found)))
            run("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", (table, index, statistics))
    run("ANALYZE sqlite_schema")


def _found_by(columns: Sequence[str | None], rows: int) -> int:
    few = all(column in _COLUMNS_OF_FEW_VALUES for column in columns)
    return max(rows // 10 ** len(columns) if few else 20, 1)
