"""What a union tells of its own number: never so small that it says who."""

from typing import Final

from fediunion.union.campaigns.models import CountKind

FLOOR: Final = 5
"""Below this no number is told, and one that was told becomes 0."""

ROUNDED_BELOW: Final = 50
STEP: Final = 5
MOST: Final = 1_000_000
"""No union counts more members than this; who says so is not believed."""


def told(kind: CountKind, number: int) -> int:
    """Return what is told of a number: 0 below the floor; all but signatures below 50 in steps of 5."""
    if number < FLOOR:
        return 0
    if kind is not CountKind.SIGNATURES and number < ROUNDED_BELOW:
        return number - number % STEP
    return min(number, MOST)


def may_be_told(number: int | None) -> bool:
    """Return whether a union that keeps these rules could tell a number: 0, or five and more."""
    return number is not None and (number == 0 or FLOOR <= number <= MOST)
