"""What a union tells of its number, for every number."""

import pytest

from fediunion.union.campaigns.counts.rounding import FLOOR, MOST, may_be_told, told
from fediunion.union.campaigns.models import CountKind


@pytest.mark.parametrize("kind", list(CountKind))
def test_below_the_floor_nothing_is_told_and_whatever_is_told_may_be(kind: CountKind) -> None:
    for number in range(200):
        said = told(kind, number)
        assert may_be_told(said)
        assert said <= number
        assert (said == 0) == (number < FLOOR)


def test_signatures_are_told_as_they_are_and_pledges_below_fifty_in_fives() -> None:
    assert [told(CountKind.SIGNATURES, number) for number in (4, 5, 6, 49)] == [0, 5, 6, 49]
    assert [told(CountKind.PLEDGES, number) for number in (4, 5, 9, 10, 49, 50, 51)] == [
        0,
        5,
        5,
        10,
        45,
        50,
        51,
    ]


@pytest.mark.parametrize("number", [None, -1, 1, 4, MOST + 1])
def test_what_no_union_would_tell_is_not_believed(number: int | None) -> None:
    assert not may_be_told(number)
