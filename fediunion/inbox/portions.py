"""How much of what waits is read at once: so many rows, and so much text."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from fediunion.inbox.queries import list_sizes
from fediunion.world import World

_MOST_ROWS: Final = 200
_MOST_CHARACTERS: Final = 4 * 1_048_576


async def in_portions(
    world: World, ids: Sequence[int], *, smallest_first: bool = False
) -> AsyncIterator[Sequence[int]]:
    """Give `ids` in turn, as many at a time as may be read together; a text beyond the limit is alone.

    With `smallest_first` no large one is in the way of the other 199. Lengths are asked for only where so
    many of the longest that are taken would not fit (row P26).
    """
    longest = world.settings.limits.inbox_max_bytes
    for start in range(0, len(ids), _MOST_ROWS):
        rows = ids[start : start + _MOST_ROWS]
        if len(rows) * longest <= _MOST_CHARACTERS:
            yield rows
            continue
        sizes = await world.db.read(list_sizes, rows)
        portion: list[int] = []
        taken = 0
        for row in sorted(rows, key=lambda row: sizes.get(row, 0)) if smallest_first else rows:
            size = sizes.get(row, 0)
            if portion and taken + size > _MOST_CHARACTERS:
                yield portion
                portion, taken = [], 0
            portion.append(row)
            taken += size
        yield portion
