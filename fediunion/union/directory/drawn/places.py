"""Where boxes stand and which way lines go between them: numbers only, in units of the drawing."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from fediunion.union.directory.drawn.layers import (
    BETWEEN_COLUMNS,
    BETWEEN_ROWS,
    BOX_HEIGHT,
    BOX_WIDTH,
    Item,
    Layers,
    Route,
    layers_of,
)
from fediunion.union.directory.drawn.lines import Line
from fediunion.union.directory.drawn.ways import TRACKS_APART, Hop, choose_ports, choose_tracks, hops_of

_MARGIN: Final = 12
_LABEL_HEIGHT: Final = 20
_SWEEPS: Final = 12
_SPINES_ABOVE: Final = 6

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A union's box: its upper corner at the start."""

    union: str
    x: float
    y: float


@dataclass(frozen=True)
class Drawn:
    """A line by its corners, and where what it says is written, by the middle or an end ("start", "end")."""

    line: Line
    paths: Sequence[Sequence[Point]]
    label_at: Point
    anchor: str


@dataclass
class Places:
    """All boxes and lines of a drawing of `width` and `height`."""

    width: float
    height: float
    boxes: list[Box] = field(default_factory=list)
    drawn: list[Drawn] = field(default_factory=list)


def places_of(unions: Sequence[str], lines: Sequence[Line]) -> Places:
    """Return the drawing of unions and lines. No two boxes overlap, and no line crosses a box."""
    layered = layers_of(unions, lines)
    _spread(layered)
    hops = hops_of(layered)
    labels = choose_ports(hops)
    heights = [max((item.height for item in layer), default=0) for layer in layered.layers]
    y = float(_MARGIN)
    for number, layer in enumerate(layered.layers):
        for item in layer:
            item.y = y
        here = [hop for hop in hops if hop.upper.layer == number]
        tracks = choose_tracks(here, y + heights[number] + TRACKS_APART)
        rows = max((labels.get(hop.route, (0, ""))[0] + 1 for hop in here if not hop.is_level), default=0)
        y += heights[number]
        if here:
            y += TRACKS_APART * (tracks + 1) + _LABEL_HEIGHT * rows + 8
    items = [item for layer in layered.layers for item in layer]
    places = Places(max(item.x + item.width for item in items) + _MARGIN, y + _MARGIN)
    for item in items:
        places.boxes += _boxes(item)
    by_route: dict[Route, list[Hop]] = defaultdict(list)
    for hop in hops:
        by_route[hop.route].append(hop)
    for route, path in by_route.items():
        places.drawn.append(_drawn(route, path, labels, heights))
    return places


def _spread(layered: Layers) -> None:
    """Give each item its place along its layer: near the middle of what it is connected with."""
    near: dict[Item, list[Item]] = defaultdict(list)
    for route in layered.routes:
        for upper, lower in zip(route.items, route.items[1:], strict=False):
            near[upper].append(lower)
            near[lower].append(upper)
    for layer in layered.layers:
        _settle(layer, lambda _: 0.0)
    for sweep in range(_SWEEPS):
        for layer in layered.layers if sweep % 2 == 0 else reversed(layered.layers):
            _settle(layer, lambda item: _mean([other.middle for other in near[item] or [item]]))
    least = min(item.x for layer in layered.layers for item in layer)
    for layer in layered.layers:
        for item in layer:
            item.x = round(item.x - least + _MARGIN)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _settle(layer: Sequence[Item], wanted: Callable[[Item], float]) -> None:
    """Put the items of a layer as near to where they are wanted as their widths let them, in order.

    Items that would overlap are moved together as one, whose place is the mean of theirs (isotonic
    regression by pooling adjacent violators).
    """
    pools: list[tuple[float, int]] = []
    offsets, offset = [], 0.0
    for item in layer:
        offsets.append(offset)
        pools.append((wanted(item) - item.width / 2 - offset, 1))
        offset += item.width + BETWEEN_COLUMNS
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            (last, number), (before, others) = pools.pop(), pools.pop()
            pools.append(((last * number + before * others) / (number + others), number + others))
    starts = [start for start, number in pools for _ in range(number)]
    for item, start, distance in zip(layer, starts, offsets, strict=True):
        item.x = start + distance


def _boxes(item: Item) -> list[Box]:
    if len(item.unions) == 1:
        return [Box(item.unions[0], item.x, item.y)]
    return [
        Box(
            union,
            item.x + BETWEEN_COLUMNS + (place // item.rows) * (BOX_WIDTH + BETWEEN_COLUMNS),
            item.y + (place % item.rows) * (BOX_HEIGHT + BETWEEN_ROWS),
        )
        for place, union in enumerate(item.unions)
    ]


def _drawn(
    route: Route, path: Sequence[Hop], labels: dict[Route, tuple[int, str]], heights: Sequence[float]
) -> Drawn:
    first, last = path[0], path[-1]
    points: list[Point] = [(first.start, first.upper.y + first.upper.height)]
    for hop in path:
        points += [(hop.start, hop.track), (hop.end, hop.track)] if hop.start != hop.end else []
        if hop is not last:
            points += [(hop.end, hop.lower.y), (hop.end, hop.lower.y + heights[hop.lower.layer])]
    if last.is_level:
        points.append((last.end, last.lower.y + last.lower.height))
        return Drawn(route.line, [points], ((last.start + last.end) / 2, last.track), "middle")
    row, anchor = labels[route]
    beside = {"middle": 0, "start": 6, "end": -6}[anchor]
    label_at = (last.end + beside, last.lower.y - 12 - row * _LABEL_HEIGHT)
    if len(last.lower.unions) == 1:
        points.append((last.end, last.lower.y))
        return Drawn(route.line, [points], label_at, anchor)
    points.append((last.end, last.lower.y - _SPINES_ABOVE))
    label_at = (label_at[0], label_at[1] - _SPINES_ABOVE)
    return Drawn(route.line, [points, *_spines(last.lower, last.end)], label_at, anchor)


def _spines(block: Item, port: float) -> list[list[Point]]:
    """Return the lines of a block: along its top, down beside each column, and to each box."""
    top, column = block.y - _SPINES_ABOVE, BOX_WIDTH + BETWEEN_COLUMNS
    beside = [block.x + BETWEEN_COLUMNS / 2 + number * column for number in range(block.columns)]
    found: list[list[Point]] = [[(min(*beside, port), top), (max(*beside, port), top)]]
    for number, x in enumerate(beside):
        boxes = min(block.rows, len(block.unions) - number * block.rows)
        middles = [block.y + row * (BOX_HEIGHT + BETWEEN_ROWS) + BOX_HEIGHT / 2 for row in range(boxes)]
        found.append([(x, top), (x, middles[-1])])
        found += [[(x, y), (block.x + BETWEEN_COLUMNS + number * column, y)] for y in middles]
    return found
