"""Every row of the attack and fault matrices that concerns a federating instance has a test of its name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

_TESTS = Path(__file__).parents[1]


def _rows(group: str, numbers: str) -> tuple[str, ...]:
    """Return row names: `_rows("S", "1-3 5")` is S01, S02, S03, S05."""
    spans = [part.partition("-") for part in numbers.split()]
    wanted = [range(int(first), int(last or first) + 1) for first, _, last in spans]
    return tuple(f"{group}{number:02}" for span in wanted for number in span)


ROWS = (
    *_rows("S", "1-13 15 17-23 25-29 31-35 37 38 40-45"),
    *_rows("F", "1-8 10 12-17 19 20 22-38"),
    *_rows("P", "1-7 9 10 12-20 22-25"),
    *_rows("A", "1 3-18 20-23 25-31 33-39"),
    *_rows("H", "1-6 8-14 16-21 23"),
    *_rows("R", "1 2 4-12 17-19"),
    *_rows("V", "1 2 4 5 7-9 10-12 13 14 16 17 19 20 23 24 26 27 32-36 37"),
    *_rows("M", "1-8 10 12-18 20 21"),
    *_rows("L", "1-3 5 12-21 23 27 32 35"),
    *_rows("O", "1-10 12-17 19-29"),
    *_rows("C", "3 4"),
    *_rows("W", "1-9 11-16 18-24"),
)
"""Numbers that are missing were merged into other rows when the matrices were made."""

ELSEWHERE = {
    "R14": "measured in benchmarks/, as a time is no property of a test machine",
    "R15": "exports come later",
    "M19": "packs of emoji are not taken",
    "R16": "a soak of six hours is a benchmark",
    "L22": "ten minutes at full rate are a benchmark",
    "L36": "a day of random faults is run by hand",
}
"""Rows of these groups that are not tested here, with the reason."""


@pytest.fixture(scope="module")
def names() -> set[str]:
    """The rows that names of tests speak of."""
    return {row for name in _names_of_tests() for row in re.findall(r"(?<![A-Za-z0-9])[A-Z]\d\d(?=_)", name)}


def _names_of_tests() -> Iterator[str]:
    for path in _TESTS.rglob("test_*.py"):
        if "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield node.name


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_a_test_of_its_name(row: str, names: set[str]) -> None:
    assert row in names


def test_no_row_is_both_here_and_elsewhere() -> None:
    assert not set(ROWS) & ELSEWHERE.keys()


def test_no_test_names_a_row_of_these_groups_that_the_list_forgot(names: set[str]) -> None:
    """A row that is tested belongs into the list, so that its test cannot be lost unseen."""
    groups = {row for row in names if row[0] in "SFPAR"}
    assert groups - set(ROWS) - ELSEWHERE.keys() == set()
