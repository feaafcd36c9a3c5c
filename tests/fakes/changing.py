"""A database in which something changes between what a reader read and what it does with it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar, cast

from fediunion.db import Database
from fediunion.world import World

T = TypeVar("T")
Change = Callable[[], Awaitable[object]]


class ChangingDatabase:
    """The database given, but after the first read of the work named `after` it makes `change`.

    Whoever read goes on with what is old by then. `changed` says whether that happened.
    """

    def __init__(self, real: Database, after: str, change: Change) -> None:
        self.changed = False
        self._real = real
        self._after = after
        self._change = change

    async def read(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Return what was read before the change."""
        found = await self._real.read(work, *args, **kwargs)
        if not self.changed and getattr(work, "__name__", "") == self._after:
            self.changed = True
            await self._change()
        return found

    async def write(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Write as the real one."""
        return await self._real.write(work, *args, **kwargs)


def world_that_changes(world: World, after: str, change: Change) -> tuple[World, ChangingDatabase]:
    """Return `world`, with what it keeps in memory, over a ChangingDatabase; and that database."""
    database = ChangingDatabase(world.db, after, change)
    return replace(world, db=cast("Database", database)), database
