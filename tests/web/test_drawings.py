"""Drawings: scales, bars, lines, and nothing in them but classes and attributes."""

import re
from datetime import UTC, datetime

import pytest

from fediunion.web.drawings import bars, ceiling, line, meter
from fediunion.web.reading import Reader, reading

READER = Reader("en", UTC, datetime(2026, 12, 1, tzinfo=UTC), zone_is_known=False)


@pytest.mark.parametrize(
    ("most", "top"), [(0, 2), (1, 2), (3, 4), (9, 10), (11, 20), (21, 40), (41, 100), (1001, 2000)]
)
def test_the_top_of_a_scale_is_the_next_round_number(most: int, top: int) -> None:
    assert ceiling(most) == top


def test_bars_stand_on_the_axis_and_on_each_other() -> None:
    with reading(READER):
        drawn = bars("Posts", ["Mon", "Tue"], [2, 0], [2, 1])
    rects = re.findall(
        r'<rect class="(\w)" x="([\d.]+)" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', drawn
    )
    assert [rect[0] for rect in rects] == ["a", "b", "b"]
    (below, above, alone) = [(float(y), float(height)) for _, _, y, height in rects]
    assert below[0] + below[1] == 146
    assert above[0] + above[1] == pytest.approx(below[0])
    assert alone[0] + alone[1] == 146


def test_a_long_axis_names_its_ends_and_its_middle() -> None:
    with reading(READER):
        drawn = bars("Accounts", [f"day {number}" for number in range(30)], [1] * 30)
    assert re.findall(r">(day \d+)<", drawn) == ["day 0", "day 14", "day 29"]


def test_names_and_labels_are_escaped_and_nothing_is_styled() -> None:
    with reading(READER):
        drawn = bars('"<b>', ["<i>"], [1]) + line("x", ["<i>"], [1])
    assert "<b>" not in drawn
    assert "<i>" not in drawn
    assert "style" not in drawn


def test_nothing_to_draw_is_an_empty_scale() -> None:
    with reading(READER):
        assert "<rect" not in bars("Posts", [], [])
        assert "<polyline" not in line("Age", [], [])


def test_a_line_ends_where_the_drawing_ends() -> None:
    with reading(READER):
        drawn = line("Age", ["a", "b", "c"], [0, 5, 10])
    assert re.search(r'<polyline class="line" points="44.0,146.0 229.0,78.0 414.0,10.0"', drawn)


def test_a_meter_shows_what_was_lost_behind_what_arrived() -> None:
    assert 'width="50.0"' in meter(2, 4, 1)
    assert 'x="50.0" width="25.0"' in meter(2, 4, 1)
    assert "lost" not in meter(0, 0)
