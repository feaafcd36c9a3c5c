"""How the database runs what a read asks: statements counted, and their plans."""

from collections.abc import Callable
from typing import Any, TypeVar

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
        explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
        rows = connection.exec_driver_sql(explain + statement, parameters)
        lines += [str(row[-1]) for row in rows]
    return lines


def full_scans(plan: list[str]) -> list[str]:
    """Return the lines that read a whole table; a rule table of a few rows may be read whole."""
    scans = [line for line in plan if line.startswith("SCAN ") or "Seq Scan" in line]
    harmless = ("SCAN domain_rule", "SCAN anon", "SCAN CONSTANT", "SCAN (subquery", "on domain_rule")
    return [line for line in scans if not any(word in line for word in harmless)]
