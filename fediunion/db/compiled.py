"""Compiled statements, kept for all databases of a process: to compile one takes longer than to run it."""

from functools import cache

from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.engine.interfaces import CompiledCacheType
from sqlalchemy.util import LRUCache

_KEPT_STATEMENTS = 1000


class CompilesAlike(DefaultDialect):
    """A dialect that equals those of its class and version, as a compiled statement is kept by its dialect.

    Every engine has a dialect of its own. Ours are all made with the same arguments.
    """

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and _version_of(self) == _version_of(other)

    def __hash__(self) -> int:
        return hash(type(self))


@cache
def compiled_statements() -> CompiledCacheType:
    """Return what engines take as the execution option `compiled_cache`; the least used ones make room."""
    return LRUCache(_KEPT_STATEMENTS)


def _version_of(dialect: object) -> tuple[int, ...] | None:
    """Return the server's version; None before the first connection."""
    return getattr(dialect, "server_version_info", None)
