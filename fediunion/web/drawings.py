"""Drawings in SVG: bars and lines over time, of classes and attributes only (static/css/drawings.css)."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from markupsafe import Markup

from fediunion.web.functions import number

WIDTH: Final = 420
HEIGHT: Final = 170
_START: Final = 44
_END: Final = 414
_TOP: Final = 10
_BOTTOM: Final = 146
_SERIES: Final = ("a", "b", "c", "d")
_STEPS: Final = (1, 2, 5)

_DRAWING: Final = Markup(
    '<svg class="draw" viewBox="0 0 {} {}" role="img" direction="ltr" aria-label="{}">{}</svg>'
)
_GRID: Final = Markup('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>')
_AXIS: Final = Markup('<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>')
_TEXT: Final = Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>')
_BAR: Final = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>')
_AREA: Final = Markup('<polygon class="area" points="{}"/>')
_LINE: Final = Markup('<polyline class="{}" points="{}"/>')
_METER: Final = Markup(
    '<svg class="meter" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">'
    '<rect class="val" width="{}" height="12"/>{}</svg>'
)
_LOST: Final = Markup('<rect class="lost" x="{}" width="{}" height="12"/>')


def bars(label: str, names: Sequence[str], *series: Sequence[float]) -> Markup:
    """Return bars in the order of `names`, those of further series on top of the first.

    `label` says to who does not see the drawing what is in it; all names are written where they fit, else
    the first, the middle one and the last.
    """
    stacks = list(zip_longest(*series, fillvalue=0.0))
    most = ceiling(max((sum(stack) for stack in stacks), default=0))
    step = (_END - _START) / max(len(names), 1)
    drawn = []
    for place, stack in enumerate(stacks):
        below = 0.0
        for kind, value in zip(_SERIES, stack, strict=False):
            if value > 0:
                top = _height(below + value, most)
                x, height = _START + step * place + step * 0.1, _height(below, most) - top
                drawn.append(_BAR.format(kind, _px(x), _px(top), _px(step * 0.8), _px(height)))
                below += value
    middles = [_START + step * (place + 0.5) for place in range(len(names))]
    return _drawing(label, most, Markup().join(drawn), names, middles)


def line(label: str, names: Sequence[str], values: Sequence[float], others: Sequence[float] = ()) -> Markup:
    """Return a line through `values`, with the ground under it tinted; else as `bars`.

    `others` are as many values of a second line, or none.
    """
    most = ceiling(max((*values, *others), default=0))
    step = (_END - _START) / max(len(values) - 1, 1)
    places = [_START + step * place for place in range(len(values))]

    def points(series: Sequence[float]) -> str:
        return " ".join(
            f"{_px(x)},{_px(_height(value, most))}" for x, value in zip(places, series, strict=True)
        )

    drawn = Markup()
    if values:
        area = f"{_START},{_BOTTOM} {points(values)} {_px(places[-1])},{_BOTTOM}"
        drawn += _AREA.format(area) + _LINE.format("line", points(values))
    if others:
        drawn += _LINE.format("line line-b", points(others))
    return _drawing(label, most, drawn, names, places)


def meter(value: float, most: float, lost: float = 0) -> Markup:
    """Return a bar as long as `value` of `most`, and behind it what was `lost`."""
    whole = most or 1
    done, rest = 100 * value / whole, 100 * lost / whole
    return _METER.format(_px(done), _LOST.format(_px(done), _px(rest)) if lost else "")


def ceiling(most: float) -> int:
    """Return the number at the top of a scale: the least of 2, 4, 10, 20, 40, 100 … that is not below `most`.

    Half of it is a whole number, which stands in the middle.
    """
    power = 1
    while True:
        for step in _STEPS:
            if most <= 2 * step * power:
                return 2 * step * power
        power *= 10


def _drawing(label: str, most: int, inside: Markup, names: Sequence[str], places: Sequence[float]) -> Markup:
    parts = []
    for value in (0, most // 2, most):
        y = _height(value, most)
        parts.append(_GRID.format(_START, _END, _px(y), _px(y)))
        parts.append(_TEXT.format(_START - 6, _px(y + 4), "end", number(value)))
    parts += [inside, _AXIS.format(_START, _END, _BOTTOM, _BOTTOM)]
    last = len(names) - 1
    shown = range(last + 1) if last < 6 else (0, last // 2, last)
    for place in shown:
        anchor = "end" if place == last and last >= 6 else "middle"
        x = _END if anchor == "end" else max(places[place], _START + 14)
        parts.append(_TEXT.format(_px(x), _BOTTOM + 18, anchor, names[place]))
    return _DRAWING.format(WIDTH, HEIGHT, label, Markup().join(parts))


def _height(value: float, most: int) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * value / most


def _px(value: float) -> str:
    return f"{value:.1f}"
