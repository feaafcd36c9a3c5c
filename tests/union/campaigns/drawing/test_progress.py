"""The drawing of a call over time: where its line goes, and nothing in it but classes and attributes."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from fediunion.union.campaigns.drawing.progress import Progress, points_of, progress_drawing
from fediunion.web.reading import Reader, reading

READER = Reader("en", UTC, datetime(2026, 12, 1, tzinfo=UTC), zone_is_known=False)
OPENS, CLOSES, TODAY = date(2026, 11, 10), date(2027, 2, 28), date(2026, 12, 1)


def progress(
    *days: tuple[date, int], until: date = TODAY, count: int = 0, goal: int | None = None
) -> Progress:
    """Return how a call goes that opens on 10 November."""
    return Progress(days=days, opens=OPENS, closes=CLOSES, until=until, count=count, goal=goal)


def drawn(told: Progress) -> str:
    """Return the drawing for an English reader."""
    with reading(READER):
        return str(progress_drawing(told))


def test_the_line_goes_from_nobody_on_the_first_day_to_now() -> None:
    told = progress((date(2026, 11, 16), 410), (date(2026, 11, 26), 905), count=1184)
    assert points_of(told) == [
        (OPENS, 0),
        (date(2026, 11, 16), 410),
        (date(2026, 11, 26), 905),
        (TODAY, 1184),
    ]


def test_days_before_the_opening_and_after_today_are_no_part_of_it() -> None:
    told = progress((OPENS - timedelta(days=2), 3), (TODAY + timedelta(days=2), 9), count=5)
    assert points_of(told) == [(OPENS, 0), (TODAY, 5)]


def test_a_call_that_opened_today_has_one_point() -> None:
    assert points_of(progress(until=OPENS, count=2)) == [(OPENS, 2)]


def test_there_are_two_drawings_of_the_same_and_the_goal_is_on_both() -> None:
    told = drawn(progress(count=1184, goal=5000))
    assert re.findall(r'<svg class="draw ([\w-]+)"', told) == ["only-wide", "only-narrow"]
    assert told.count("goal 5,000") == 2
    assert told.count('aria-label="Signatures over time: 1,184 of a goal of 5,000"') == 2
    assert "style=" not in told


def test_without_a_goal_none_is_drawn() -> None:
    told = drawn(progress(count=1))
    assert 'class="goal"' not in told
    assert 'aria-label="Signatures over time: 1 signature"' in told


@pytest.mark.parametrize(
    "told",
    [
        progress(),
        progress(count=10**9, goal=1),
        progress(until=CLOSES + timedelta(days=40), count=3),
        Progress(days=(), opens=OPENS, closes=OPENS, until=OPENS, count=0),
        Progress(days=(), opens=OPENS, closes=CLOSES, until=OPENS - timedelta(days=9), count=0),
    ],
    ids=["nobody", "far-over", "late", "one-day", "not-yet"],
)
def test_nothing_is_drawn_outside_of_the_frame(told: Progress) -> None:
    for width, text in zip((640, 360), drawn(told).split("</svg>"), strict=False):
        places = [float(x) for x in re.findall(r' (?:x|cx|x1|x2)="(-?[\d.]+)"', text)]
        heights = [float(y) for y in re.findall(r' (?:y|cy|y1|y2)="(-?[\d.]+)"', text)]
        assert all(0 <= place <= width for place in places)
        assert all(0 <= height <= 200 for height in heights)
