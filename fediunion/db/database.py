"""What both engines promise: units of work, and announcements that leave with their commit."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

import orjson
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from fediunion.db.unit import Surroundings

P = ParamSpec("P")
T = TypeVar("T")
Subscriber = Callable[[str], None]


class Database(ABC):
    """An instance's database.

    A unit of work is a plain function that takes a Session first. It cannot await, so no
    transaction is ever open while the network is waited for.
    """

    dialect: str

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self.ahead = timedelta()
        """How far the clock that all processes share is ahead of this machine's."""
        self._subscribers: dict[str, list[Subscriber]] = defaultdict(list)

    @abstractmethod
    async def read(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return `work(session, ...)`, run on one snapshot.

        It may run twice, and raises when it tries to write. Raises Unavailable when the storage
        cannot be read now, or not within the seconds a statement may take.
        """

    @abstractmethod
    async def write(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return `work(session, ...)` once its changes are committed and safe on disk.

        All or nothing: an exception from `work` undoes the unit and is raised here.
        Raises Unavailable when the storage cannot take it now.
        """

    @abstractmethod
    async def run_on_connection(self, work: Callable[[Connection], T], *, reshapes_tables: bool = False) -> T:
        """Return `work(connection)` in one transaction, for migrations and checks of the storage itself.

        With `reshapes_tables` references between rows are checked once at the end, not at every
        statement; Unavailable when one leads nowhere then.
        """

    @abstractmethod
    async def run_on_snapshot(self, work: Callable[[Connection], T]) -> T:
        """Return `work(connection)`, run once in a thread or beside others, however long it takes.

        All that it reads is of one moment, it cannot write, and nobody waits for it. For copies of the
        whole database; everything else is `read`.
        """

    @abstractmethod
    async def start(self) -> None:
        """Begin to hear announcements of other processes."""

    @abstractmethod
    async def close(self) -> None:
        """Finish what was begun, and let go of files and connections."""

    def subscribe(self, channel: str, subscriber: Subscriber) -> None:
        """Call `subscriber(payload)` in the event loop after each commit that announced on `channel`.

        A payload of "*" means: something may have changed, by another process; look again.
        """
        self._subscribers[channel].append(subscriber)

    def _dispatch(self, announcements: set[tuple[str, str]]) -> None:
        for channel, payload in announcements:
            for subscriber in self._subscribers.get(channel, ()):
                subscriber(payload)

    def _dispatch_unknown_change(self) -> None:
        self._dispatch({(channel, "*") for channel in self._subscribers})


def json_text(value: Any) -> str:
    """Return JSON as the database drivers want it."""
    return orjson.dumps(value).decode()


def open_database(url: str, surroundings: Surroundings, *, statement_seconds: float = 30) -> Database:
    """Return the database at `sqlite:///path` or `postgresql://…`. Raises ValueError for another scheme.

    A statement that takes longer than `statement_seconds` is interrupted, and its unit of work
    raises Unavailable: 5 for a web process, 30 for a worker (row R12). PostgreSQL gets as many connections
    as `[database] pool_size` says.
    """
    if url.startswith("sqlite:///"):
        from fediunion.db.sqlite import SqliteDatabase

        return SqliteDatabase(
            url.removeprefix("sqlite:///"), surroundings, statement_seconds=statement_seconds
        )
    if url.startswith(("postgresql://", "postgres://")):
        # The driver is an extra, and four MiB that the other engine can do without.
        from fediunion.db.postgresql import PostgresDatabase

        return PostgresDatabase(
            url,
            surroundings,
            statement_seconds=statement_seconds,
            pool_size=surroundings.settings.database.pool_size,
        )
    raise ValueError(f"no database engine for {url.partition(':')[0]}")
