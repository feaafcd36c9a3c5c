"""Statements that are compiled once: for the few reads that happen so often that building them would show."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from sqlalchemy import Select
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

from fediunion.db.prepared import run_on_driver


class PreparedStatement:
    """A statement in the words of one dialect.

    `opened` says which of its values are left open, and under which names they will come.
    Rows come as the driver gives them: a moment may be a text.
    """

    def __init__(
        self, statement: "Select[*tuple[Any, ...]]", dialect: Dialect, opened: Mapping[Any, str]
    ) -> None:
        compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        if compiled.positiontup is None:
            raise ValueError(f"the parameters of {dialect.name} have no order")
        self._sql = str(compiled)
        values = [compiled.params[name] for name in compiled.positiontup]
        self._names = [opened.get(value) for value in values]
        # The driver takes texts as they are, and has to ask about everything else.
        self._values = [value.value if isinstance(value, Enum) else value for value in values]

    def rows(self, session: Session, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Return all rows with the open values filled in. What the session has not written yet is written."""
        if session.autoflush:
            session.flush()
        filled = tuple(
            given if name is None else values[name]
            for name, given in zip(self._names, self._values, strict=True)
        )
        return run_on_driver(session, self._sql, filled)
