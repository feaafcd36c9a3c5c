"""Units of work that record what was fetched, when another process may record the same."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fediunion.world import World

P = ParamSpec("P")
T = TypeVar("T")


async def write_recording(
    world: World, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Return what `work` gives in a unit of work; where another process was faster, it finds its rows."""
    try:
        return await world.db.write(work, *args, **kwargs)
    except IntegrityError:
        return await world.db.write(work, *args, **kwargs)
