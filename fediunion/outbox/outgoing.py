"""Activities that are still to fan out, and those of them that cannot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fediunion.jobs.handlers import is_storage_away


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An activity that is still to fan out; `proved` is its body with a proof, where it is to get one.

    `about` is the author with each thing that the activity names: its object, and itself.
    """

    id: int
    about: frozenset[tuple[int, str]]
    proved: str | None = None


class Failed:
    """What could not be fanned out, by id, and what that keeps back: later ones about the same thing."""

    def __init__(self) -> None:
        self.errors: dict[int, Exception] = {}
        self._about: dict[tuple[int, str], Exception] = {}

    @asynccontextmanager
    async def alone(self, each: Outgoing) -> AsyncIterator[bool]:
        """Take note of what goes wrong with an activity; give whether it may go at all."""
        earlier = next((self._about[thing] for thing in each.about if thing in self._about), None)
        if earlier is not None:
            self._note(each, earlier)
        try:
            yield earlier is None
        except Exception as error:
            if is_storage_away(error):
                raise
            self._note(each, error)

    def _note(self, each: Outgoing, error: Exception) -> None:
        self.errors[each.id] = error
        self._about |= dict.fromkeys(each.about, error)
