"""Which way lines go between layers: where they leave and reach boxes, and how high they run in between."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fediunion.union.directory.drawn.layers import BETWEEN_COLUMNS, Item, Layers, Route

TRACKS_APART: Final = 16
_PORTS_APART: Final = 24
_STRAIGHT_WITHIN: Final = 8


@dataclass(eq=False)
class Hop:
    """A line's way through the gap below a layer. Equals meet in the gap: both ends are above it."""

    route: Route
    upper: Item
    lower: Item
    start: float = 0.0
    end: float = 0.0
    track: float = 0.0

    @property
    def is_level(self) -> bool:
        """Whether its ends are equals, in one layer."""
        return self.upper.layer == self.lower.layer


def hops_of(layered: Layers) -> list[Hop]:
    """Return the way of each line from layer to layer."""
    return [
        Hop(route, upper, lower)
        for route in layered.routes
        for upper, lower in zip(route.items, route.items[1:], strict=False)
    ]


def choose_ports(hops: Sequence[Hop]) -> dict[Route, tuple[int, str]]:
    """Choose where lines leave and reach boxes; return for each line the row and the anchor of its label."""
    labels: dict[Route, tuple[int, str]] = {}
    arrived: dict[tuple[Route, Item], float] = {}
    for number in sorted({hop.upper.layer for hop in hops}):
        gap = [hop for hop in hops if hop.upper.layer == number]
        _leave(gap, arrived)
        taken = [hop.start for hop in gap] + [hop.end for hop in gap if hop.is_level]
        reaching: dict[Item, list[Hop]] = defaultdict(list)
        for hop in gap:
            if not hop.is_level:
                reaching[hop.lower].append(hop)
        for item, arriving in reaching.items():
            ordered = sorted(arriving, key=lambda hop: hop.start)
            for place, (hop, port) in enumerate(zip(ordered, _ports(item, len(ordered)), strict=True)):
                hop.end = arrived[hop.route, item] = _free_port(hop, port, taken)
                # Outer labels stand lowest and look outwards, so that each is beside its own line.
                after = len(ordered) - 1 - place
                anchor = "middle" if len(ordered) == 1 else "end" if place < after else "start"
                if not item.is_bend:
                    labels[hop.route] = (min(place, after), anchor)
    return labels


def _leave(gap: Sequence[Hop], arrived: Mapping[tuple[Route, Item], float]) -> None:
    """Choose where lines leave the items above a gap: alike ones together, a bend where they came to it."""
    leaving: dict[Item, dict[object, list[tuple[Hop, bool]]]] = defaultdict(lambda: defaultdict(list))
    for hop in gap:
        if hop.upper.is_bend:
            hop.start = arrived[hop.route, hop.upper]
            continue
        leaving[hop.upper][hop if hop.is_level else hop.route.line.style].append((hop, True))
        if hop.is_level:
            leaving[hop.lower][hop].append((hop, False))
    for item, groups in leaving.items():
        far = {
            shared: sum((hop.lower if starts else hop.upper).middle for hop, starts in group) / len(group)
            for shared, group in groups.items()
        }
        ports = _ports(item, len(groups))
        for shared, port in zip(sorted(groups, key=lambda shared: far[shared]), ports, strict=True):
            for hop, starts in groups[shared]:
                if starts:
                    hop.start = port
                else:
                    hop.end = port


def _ports(item: Item, number: int) -> list[float]:
    """Return where so many lines touch an item, around its middle."""
    middle = item.middle
    apart = 0.0 if item.is_bend else min(_PORTS_APART, (item.width - 24) / max(number - 1, 1))
    return [middle + (place - (number - 1) / 2) * apart for place in range(number)]


def _free_port(hop: Hop, port: float, taken: Sequence[float]) -> float:
    """Return where a line reaches its item: straight down where it nearly is, never below another start.

    Where the item has no such place it is `port`.
    """
    if abs(hop.start - port) < _STRAIGHT_WITHIN:
        return hop.start
    step = _STRAIGHT_WITHIN if hop.start > port else -_STRAIGHT_WITHIN
    room = hop.lower.width / 2 + (BETWEEN_COLUMNS / 3 if hop.lower.is_bend else -8)
    found = port
    while abs(found - hop.lower.middle) <= room:
        if all(abs(x - found) >= _STRAIGHT_WITHIN for x in taken):
            return found
        found += step
    return port


def choose_tracks(hops: Sequence[Hop], y: float) -> int:
    """Give each way along a gap its height, so that no two lie on each other; return how many there are."""
    ways: dict[object, list[Hop]] = defaultdict(list)
    for hop in hops:
        shared = hop.upper.is_bend or hop.is_level
        ways[hop if shared else (hop.upper, hop.route.line.style)].append(hop)
    spans = []
    for way in ways.values():
        along = [x for hop in way for x in (hop.start, hop.end)]
        if max(along) - min(along) > 0:
            spans.append((min(along), max(along), way))
    tracks: list[list[tuple[float, float]]] = []
    for least, most, way in sorted(spans, key=lambda span: (span[1] - span[0], span[0])):
        free = (
            number
            for number, used in enumerate(tracks)
            if all(most + 10 < start or end + 10 < least for start, end in used)
        )
        number = next(free, len(tracks))
        if number == len(tracks):
            tracks.append([])
        tracks[number].append((least, most))
        for hop in way:
            hop.track = y + number * TRACKS_APART
    return len(tracks)
