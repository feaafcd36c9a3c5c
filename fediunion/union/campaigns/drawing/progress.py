"""How many signed a call over time, as SVG of classes and attributes only (static/css/drawings.css)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from markupsafe import Markup

from fediunion.kit.sentences import Sentence
from fediunion.web.drawings import ceiling
from fediunion.web.functions import number, short_day, told

_SIGN_WIDTH: Final = 7
_TOP: Final = 16

_DRAWING: Final = Markup(
    '<svg class="draw {}" viewBox="0 0 {} {}" role="img" direction="ltr" aria-label="{}">{}</svg>'
)
_ACROSS: Final = Markup('<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>')
_TEXT: Final = Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>')
_LABEL: Final = Markup('<text class="lab halo" x="{}" y="{}" text-anchor="{}">{}</text>')
_AREA: Final = Markup('<polygon class="area" points="{}"/>')
_LINE: Final = Markup('<polyline class="line" points="{}"/>')
_DOT: Final = Markup('<circle class="a" cx="{}" cy="{}" r="5"/>')


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How a call goes: `days` are how many had signed at the end of a day, in order.

    `until` is today, or the day on which the call ended; then `count` had signed. `goal` is None where
    the call has none.
    """

    days: Sequence[tuple[date, int]]
    opens: date
    closes: date
    until: date
    count: int
    goal: int | None = None


@dataclass(frozen=True)
class _Frame:
    name: str
    width: int
    height: int
    ticks: int


_FRAMES: Final = (_Frame("only-wide", 640, 200, 5), _Frame("only-narrow", 360, 190, 3))


def progress_drawing(progress: Progress) -> Markup:
    """Return the line of signatures from the day it opens to the day it closes, and the goal above it.

    There are two drawings of the same, of which a page shows one: for wide screens and for phones.
    """
    label = told(_said(progress))
    return Markup().join(
        _DRAWING.format(frame.name, frame.width, frame.height, label, _inside(progress, frame))
        for frame in _FRAMES
    )


def points_of(progress: Progress) -> list[tuple[date, int]]:
    """Return the days that the line goes through: it begins with none on the day of opening, and ends now."""
    last = max(progress.until, progress.opens)
    known = {day: count for day, count in progress.days if progress.opens <= day <= last}
    known[last] = progress.count
    if min(known) > progress.opens:
        known[progress.opens] = 0
    return sorted(known.items())


def _said(progress: Progress) -> Sentence:
    if progress.goal is None:
        return Sentence.counted(
            "Signatures over time: %(shown)s signature",
            "Signatures over time: %(shown)s signatures",
            count=progress.count,
            shown=number(progress.count),
        )
    return Sentence(
        "Signatures over time: %(count)s of a goal of %(goal)s",
        count=number(progress.count),
        goal=number(progress.goal),
    )


def _inside(progress: Progress, frame: _Frame) -> Markup:
    goal, count = progress.goal or 0, progress.count
    most = goal if goal > 1 and count <= goal else ceiling(count)
    start = 14 + _SIGN_WIDTH * len(number(most))
    end, bottom = frame.width - 12, frame.height - 30
    whole = max((max(progress.closes, progress.until) - progress.opens).days, 1)

    def across(day: date) -> float:
        return start + (end - start) * min(max((day - progress.opens).days, 0) / whole, 1)

    def height(value: float) -> float:
        return bottom - (bottom - _TOP) * value / most

    parts = []
    for value in (0, most // 2, most):
        y = height(value)
        parts.append(_ACROSS.format("grid", start, end, _px(y), _px(y)))
        parts.append(_TEXT.format(start - 8, _px(y + 4), "end", number(value)))
    if progress.goal is not None:
        y = height(progress.goal)
        words = told(Sentence("goal %(goal)s", goal=number(progress.goal)))
        parts.append(_ACROSS.format("goal", start, end, _px(y), _px(y)))
        parts.append(_LABEL.format(end, _px(y + 16 if y < _TOP + 14 else y - 6), "end", words))
    points = [(across(day), height(count)) for day, count in points_of(progress)]
    drawn = " ".join(f"{_px(x)},{_px(y)}" for x, y in points)
    last_x, last_y = points[-1]
    parts.append(_AREA.format(f"{_px(points[0][0])},{bottom} {drawn} {_px(last_x)},{bottom}"))
    parts += [_LINE.format(drawn), _DOT.format(_px(last_x), _px(last_y))]
    is_late = last_x > (start + end) / 2
    parts.append(
        _LABEL.format(
            _px(last_x - 10 if is_late else last_x + 10),
            _px(max(last_y - 8, _TOP + 4)),
            "end" if is_late else "start",
            number(progress.count),
        )
    )
    parts.append(_ACROSS.format("axis", start, end, bottom, bottom))
    parts += [
        _TEXT.format(_px(across(day)), frame.height - 8, anchor, short_day(day))
        for day, anchor in _ticks(progress, frame.ticks, whole)
    ]
    return Markup().join(parts)


def _ticks(progress: Progress, most: int, whole: int) -> list[tuple[date, str]]:
    """Return the days under the axis: the first, the last, and some between that stand apart."""
    count = min(most, whole + 1)
    days = [
        date.fromordinal(progress.opens.toordinal() + round(whole * place / (count - 1)))
        for place in range(count)
    ]
    anchors = ["start", *["middle"] * (count - 2), "end"]
    return list(zip(days, anchors, strict=True))


def _px(value: float) -> str:
    return f"{value:.1f}"
