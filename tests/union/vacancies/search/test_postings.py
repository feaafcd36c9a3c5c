"""Rows by value and by instant, however many there are of each, against plain lists."""

import random
from collections import Counter

import pytest

from fediunion.union.vacancies.search.bits import Selection, bits_of
from fediunion.union.vacancies.search.postings import DAY, Moments, Postings

SIZE = 3_000


def made(chance: random.Random) -> tuple[Postings, list[str]]:
    """Return postings of rows that have one value each, some values many rows, and those values by row."""
    values = [f"v{int(chance.paretovariate(0.5)) % 200}" for _ in range(SIZE)]
    postings = Postings()
    for start in range(0, SIZE, 500):
        gathered: dict[str, list[int]] = {}
        for row in range(start, start + 500):
            gathered.setdefault(values[row], []).append(row)
        for value, rows in gathered.items():
            postings.add(value, rows, start + 500)
    return postings, values


def some(chance: random.Random, share: float) -> Selection:
    """Return a random share of the rows."""
    return Selection(bits_of([row for row in range(SIZE) if chance.random() < share], SIZE), SIZE)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 1.0])
def test_rows_are_found_and_counted_by_value(share: float) -> None:
    chance = random.Random(1)
    postings, values = made(chance)
    selection = some(chance, share)
    expected = Counter(values[row] for row in selection.rows())
    assert len(selection) == expected.total()
    assert postings.counts(selection, lambda value: True) == expected
    asked = ("v1", "v77", "nobody")
    assert postings.any_of(asked, SIZE) == bits_of([row for row in range(SIZE) if values[row] in asked], SIZE)
    frequent = postings.most_frequent(selection, 20, ("v77", "v150", "nobody"))
    ranked = sorted(expected, key=lambda value: (-expected[value], value))[:20]
    assert sorted(frequent, key=lambda value: (-frequent[value], value))[:20] == ranked
    assert all(count == expected[value] for value, count in frequent.items())
    assert {value for value in ("v77", "v150") if expected[value]} <= frequent.keys()


def test_what_is_swept_is_counted_no_more() -> None:
    chance = random.Random(2)
    postings, values = made(chance)
    dead = some(chance, 0.4)
    postings.sweep(dead)
    everything = Selection((1 << SIZE) - 1, SIZE)
    expected = Counter(values[row] for row in range(SIZE) if not dead.mask[row])
    assert postings.counts(everything, lambda value: True) == expected
    assert postings.most_frequent(everything, 200, ()) == expected


def test_rows_are_found_by_their_instants() -> None:
    chance = random.Random(3)
    instants = [chance.randrange(20 * DAY) for _ in range(SIZE)]
    moments = Moments()
    for row, instant in enumerate(instants):
        moments.set(row, instant)
    for until in (0, instants[7], 3 * DAY, 10 * DAY + 1, 30 * DAY):
        assert moments.until(until) == bits_of([row for row in range(SIZE) if instants[row] <= until], SIZE)
    selection = some(chance, 0.3)
    ids = [chance.randrange(1_000_000) for _ in range(SIZE)]
    ordered = sorted((instants[row], ids[row], row) for row in selection.rows())
    for number in (0, 5, len(ordered) // 2, len(ordered) - 1):
        instant, row_id, _ = ordered[number]
        after = moments.walk(selection, (instant, row_id), ids, newest_first=False)
        assert [row for _, row in after] == [row for *_, row in ordered[number + 1 :]]
        before = moments.walk(selection, (instant, row_id), ids, newest_first=True)
        assert [row for _, row in before] == [row for *_, row in ordered[:number][::-1]]
