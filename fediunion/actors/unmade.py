"""Actors of ours that are made only when somebody asks for them: a feature knows which names these are."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from fediunion.world import World

ActorMaker: TypeAlias = Callable[[World, str], Awaitable[bool]]
"""(world, name) → whether it has made the actor of that name, which nobody had."""


class ActorMakers:
    """Those of an instance; `makers` are set where its parts are put together."""

    def __init__(self, world: World) -> None:
        self.makers: Sequence[ActorMaker] = ()


async def make_if_wanted(world: World, name: str) -> bool:
    """Return whether somebody has made the actor of a name that nobody had."""
    for make in world.part(ActorMakers).makers:
        if await make(world, name):
            return True
    return False
