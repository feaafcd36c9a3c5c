"""Which rows have a value: as bits where many have it, as a list where few do; and rows by an instant."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from heapq import heappush, heappushpop
from typing import Final

from fediunion.union.vacancies.search.bits import Selection, bits_of

_FEWEST_AS_BITS: Final = 64
_ROWS_FOR_ONE_AS_BITS: Final = 256
"""A list of rows is as large as the bits of 32 times as many, and as slow to count as those of 256."""
DAY: Final = 86_400_000_000
_MOST_KEPT: Final = 64


class Postings:
    """The rows that have each value of one parameter."""

    def __init__(self) -> None:
        self._lists: dict[str, array[int]] = {}
        self._bits: dict[str, int] = {}
        self._sizes: dict[str, int] = {}
        self._by_size: list[str] | None = None

    def add(self, value: str, rows: Sequence[int], size: int) -> None:
        """Note that rows have a value; `size` is more than any row's number."""
        self._by_size = None
        if value in self._bits:
            self._sizes[value] += len(rows)
            self._bits[value] |= bits_of(rows, size)
            return
        listed = self._lists.setdefault(value, array("I"))
        listed.extend(rows)
        if len(listed) > max(_FEWEST_AS_BITS, size // _ROWS_FOR_ONE_AS_BITS):
            self._bits[value] = bits_of(listed, size)
            self._sizes[value] = len(self._lists.pop(value))

    def any_of(self, values: Sequence[str], size: int) -> int:
        """Return the rows that have one of some values."""
        found = 0
        for value in values:
            found |= self._bits.get(value, 0)
        listed = [row for value in values for row in self._lists.get(value, ())]
        return found | bits_of(listed, size) if listed else found

    def counts(self, selection: Selection, wanted: Callable[[str], bool]) -> dict[str, int]:
        """Return how many of the selected rows have each `wanted` value, without those that none has."""
        counted = {
            value: (bits & selection.bits).bit_count() for value, bits in self._bits.items() if wanted(value)
        }
        counted |= {
            value: selection.count_among(rows) for value, rows in self._lists.items() if wanted(value)
        }
        return {value: count for value, count in counted.items() if count}

    def most_frequent(self, selection: Selection, most: int, also: Sequence[str]) -> dict[str, int]:
        """Return how many of the selected rows have each of the values that most have, and of some others.

        Looks no further than where no value has enough rows to be among the first `most`, ties included.
        """
        counted: dict[str, int] = {}
        best: list[int] = []
        for value in self._largest_first():
            if len(best) >= most and self._size(value) < best[0]:
                break
            count = counted[value] = self._count(value, selection)
            (heappush if len(best) < most else heappushpop)(best, count)
        counted |= {value: self._count(value, selection) for value in also if value not in counted}
        return {value: count for value, count in counted.items() if count}

    def sweep(self, dead: Selection) -> None:
        """Forget rows."""
        self._by_size = None
        alive = ~dead.bits
        self._bits = {value: bits & alive for value, bits in self._bits.items() if bits & alive}
        mask = dead.mask
        for value, rows in list(self._lists.items()):
            kept = array("I", [row for row in rows if not mask[row]])
            if kept:
                self._lists[value] = kept
            else:
                del self._lists[value]

    def _count(self, value: str, selection: Selection) -> int:
        if value in self._bits:
            return (self._bits[value] & selection.bits).bit_count()
        return selection.count_among(self._lists[value]) if value in self._lists else 0

    def _size(self, value: str) -> int:
        """Return how many rows have a value, those that were forgotten since it was one of many included."""
        return self._sizes[value] if value in self._bits else len(self._lists[value])

    def _largest_first(self) -> list[str]:
        if self._by_size is None:
            self._by_size = sorted((*self._bits, *self._lists), key=self._size, reverse=True)
        return self._by_size


class Moments:
    """Rows by an instant in microseconds since 1970, a list for each day."""

    def __init__(self) -> None:
        self._at: array[int] = array("q")
        self._days: dict[int, array[int]] = {}
        self._in_order: list[int] | None = None
        self._until_day: dict[int, int] = {}
        self._until: dict[int, int] = {}

    def __getitem__(self, row: int) -> int:
        return self._at[row]

    def set(self, row: int, moment: int) -> None:
        """Note the instant of a row: the next number, or one that was swept."""
        if row == len(self._at):
            self._at.append(moment)
        else:
            self._at[row] = moment
        day = moment // DAY
        if day not in self._days:
            self._days[day] = array("I")
            self._in_order = None
        self._days[day].append(row)
        self._forget()

    def until(self, moment: int) -> int:
        """Return the rows whose instant is this one or earlier; what was forgotten may be among them."""
        if moment not in self._until:
            if len(self._until) >= _MOST_KEPT:
                self._until.clear()
            size = len(self._at)
            day = moment // DAY
            of_day = [row for row in self._days.get(day, ()) if self._at[row] <= moment]
            self._until[moment] = self._before_day(day, size) | bits_of(of_day, size)
        return self._until[moment]

    def walk(
        self, selection: Selection, after: tuple[int, int] | None, ids: Sequence[int], *, newest_first: bool
    ) -> Iterator[tuple[int, int]]:
        """Give (instant, row number) of the selected rows in order, ties by id, from behind `after`."""
        days = self._ordered()
        if newest_first:
            end = len(days) if after is None else bisect_right(days, after[0] // DAY)
            days = days[:end][::-1]
        elif after is not None:
            days = days[bisect_left(days, after[0] // DAY) :]
        for day in days:
            rows = [(self._at[row], ids[row], row) for row in selection.among(self._days[day])]
            rows.sort(reverse=newest_first)
            for moment, row_id, row in rows:
                place = (moment, row_id)
                if after is None or (place < after if newest_first else place > after):
                    yield moment, row

    def sweep(self, dead: Selection) -> None:
        """Forget rows."""
        mask = dead.mask
        for day, rows in list(self._days.items()):
            kept = array("I", [row for row in rows if not mask[row]])
            if kept:
                self._days[day] = kept
            else:
                del self._days[day]
        self._in_order = None
        self._forget()

    def _forget(self) -> None:
        self._until_day.clear()
        self._until.clear()

    def _before_day(self, day: int, size: int) -> int:
        days = self._ordered()
        passed = bisect_left(days, day)
        if passed not in self._until_day:
            if len(self._until_day) >= _MOST_KEPT:
                self._until_day.clear()
            self._until_day[passed] = bits_of(
                (row for each in days[:passed] for row in self._days[each]), size
            )
        return self._until_day[passed]

    def _ordered(self) -> list[int]:
        if self._in_order is None:
            self._in_order = sorted(self._days)
        return self._in_order
