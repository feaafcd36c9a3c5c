"""The map of duty stations: dots and names over the dotted land of the sprite, as SVG without a script.

The land is drawn in the Equal Earth projection around the meridian of 10° east, and so are the dots.
Source: B. Šavrič, T. Patterson, B. Jenny, "The Equal Earth map projection", 2018.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import asin, cos, log2, radians, sin, sqrt
from typing import Final

VIEW_BOX: Final = "24 6 696 310"
_SCALE, _MIDDLE_X, _MIDDLE_Y = 133.0, 360.0, 186.5
_MERIDIAN: Final = 10.0
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_SMALLEST, _LARGEST = 5.0, 11.0
_LETTER, _LINE = 6.6, 14.0
_EDGE: Final = 716.0


@dataclass(frozen=True)
class Spot:
    """A place with what is there: `soon` where something closes within two days, `path` what lists it."""

    name: str
    latitude: float
    longitude: float
    count: int
    path: str
    soon: bool = False


@dataclass(frozen=True)
class Dot:
    """A spot as it is drawn. `anchor` is where its words begin or end; without `label` there is no room."""

    spot: Spot
    x: float
    y: float
    radius: float
    label: bool = False
    label_x: float = 0.0
    anchor: str = "start"


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Return where a place is on the drawing, from the upper left corner."""
    turned = radians((longitude - _MERIDIAN + 180) % 360 - 180)
    t = asin(sqrt(3) / 2 * sin(radians(latitude)))
    below = 3 * (9 * _A4 * t**8 + 7 * _A3 * t**6 + 3 * _A2 * t**2 + _A1)
    x = 2 * sqrt(3) * turned * cos(t) / below
    y = _A4 * t**9 + _A3 * t**7 + _A2 * t**3 + _A1 * t
    return _MIDDLE_X + _SCALE * x, _MIDDLE_Y - _SCALE * y


def dots_of(spots: Iterable[Spot]) -> Sequence[Dot]:
    """Return the dots, the largest first and so the lowest; names stand where they cover no other.

    The more there is, the more of the name's right to stand: the largest are asked first.
    """
    drawn: list[Dot] = []
    taken: list[tuple[float, float, float, float]] = []
    ordered = sorted(spots, key=lambda spot: (-spot.count, spot.name))
    places = [(spot, *project(spot.latitude, spot.longitude), _radius(spot.count)) for spot in ordered]
    taken += [(x - r, y - r, x + r, y + r) for _, x, y, r in places]
    for number, (spot, x, y, radius) in enumerate(places):
        width = _LETTER * (len(spot.name) + 3)
        others = [box for place, box in enumerate(taken) if place != number]
        dot = Dot(spot, x, y, radius)
        for anchor, begin in (("start", x + radius + 3), ("end", x - radius - 3 - width)):
            box = (begin, y - _LINE / 2, begin + width, y + _LINE / 2)
            if begin > 24 and box[2] < _EDGE and not any(_overlap(box, other) for other in others):
                taken.append(box)
                label_x = begin if anchor == "start" else begin + width
                dot = Dot(spot, x, y, radius, True, label_x, anchor)
                break
        drawn.append(dot)
    return drawn


def _radius(count: int) -> float:
    return min(_SMALLEST + 1.6 * log2(max(count, 1)), _LARGEST)


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
