"""Where boxes stand and which way lines go between them: numbers only, in units of the drawing."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from fediunion.union.directory.drawn.layers import Item, Layers, Route, layers_of
from fediunion.union.directory.drawn.lines import Line

BOX_WIDTH: Final = 184
BOX_HEIGHT: Final = 60
BETWEEN_COLUMNS: Final = 30
BETWEEN_ROWS: Final = 14
_BEND_WIDTH: Final = 16
_MARGIN: Final = 12
_PORTS_APART: Final = 24
_TRACKS_APART: Final = 16
_LABEL_HEIGHT: Final = 20
_SWEEPS: Final = 12
_STRAIGHT_WITHIN: Final = 8
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


@dataclass(eq=False)
class _Hop:
    """A line's way through the gap below a layer. Equals meet in the gap: both ends are above it."""

    route: Route
    upper: Item
    lower: Item
    start: float = 0.0
    end: float = 0.0
    track: float = 0.0

    @property
    def is_level(self) -> bool:
        return self.upper.layer == self.lower.layer


def places_of(unions: Sequence[str], lines: Sequence[Line]) -> Places:
    """Return the drawing of unions and lines. No two boxes overlap, and no line crosses a box."""
    layered = layers_of(unions, lines)
    _spread(layered)
    hops = _hops(layered)
    labels = _choose_ports(hops)
    heights = [max((_height(item) for item in layer), default=0) for layer in layered.layers]
    y = float(_MARGIN)
    for number, layer in enumerate(layered.layers):
        for item in layer:
            item.y = y
        here = [hop for hop in hops if hop.upper.layer == number]
        tracks = _choose_tracks(here, y + heights[number] + _TRACKS_APART)
        rows = max((labels.get(hop.route, (0, ""))[0] + 1 for hop in here if not hop.is_level), default=0)
        y += heights[number]
        if here:
            y += _TRACKS_APART * (tracks + 1) + _LABEL_HEIGHT * rows + 8
    items = [item for layer in layered.layers for item in layer]
    places = Places(max(item.x + _width(item) for item in items) + _MARGIN, y + _MARGIN)
    for item in items:
        places.boxes += _boxes(item)
    by_route: dict[Route, list[_Hop]] = defaultdict(list)
    for hop in hops:
        by_route[hop.route].append(hop)
    for route, path in by_route.items():
        places.drawn.append(_drawn(route, path, labels, heights))
    return places


def _width(item: Item) -> float:
    if item.is_bend:
        return _BEND_WIDTH
    return item.columns * (BOX_WIDTH + BETWEEN_COLUMNS) - (0 if len(item.unions) > 1 else BETWEEN_COLUMNS)


def _height(item: Item) -> float:
    return 0 if item.is_bend else item.rows * (BOX_HEIGHT + BETWEEN_ROWS) - BETWEEN_ROWS


def _middle(item: Item) -> float:
    return item.x + _width(item) / 2


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
            _settle(
                layer,
                lambda item: sum(map(_middle, near[item])) / len(near[item]) if near[item] else _middle(item),
            )
    least = min(item.x for layer in layered.layers for item in layer)
    for layer in layered.layers:
        for item in layer:
            item.x = round(item.x - least + _MARGIN)


def _settle(layer: Sequence[Item], wanted: Callable[[Item], float]) -> None:
    """Put the items of a layer as near to where they are wanted as their widths let them, in order.

    Items that would overlap are moved together as one, whose place is the mean of theirs (isotonic
    regression by pooling adjacent violators).
    """
    pools: list[tuple[float, int]] = []
    offsets, offset = [], 0.0
    for item in layer:
        offsets.append(offset)
        pools.append((wanted(item) - _width(item) / 2 - offset, 1))
        offset += _width(item) + BETWEEN_COLUMNS
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            (last, number), (before, others) = pools.pop(), pools.pop()
            pools.append(((last * number + before * others) / (number + others), number + others))
    starts = [start for start, number in pools for _ in range(number)]
    for item, start, distance in zip(layer, starts, offsets, strict=True):
        item.x = start + distance


def _hops(layered: Layers) -> list[_Hop]:
    return [
        _Hop(route, upper, lower)
        for route in layered.routes
        for upper, lower in zip(route.items, route.items[1:], strict=False)
    ]


def _choose_ports(hops: Sequence[_Hop]) -> dict[Route, tuple[int, str]]:
    """Choose where lines leave and reach boxes; return for each line the row and the anchor of its label."""
    leaving: dict[Item, dict[object, list[tuple[_Hop, bool]]]] = defaultdict(lambda: defaultdict(list))
    reaching: dict[Item, list[_Hop]] = defaultdict(list)
    for hop in hops:
        shared: object = hop if hop.upper.is_bend or hop.is_level else hop.route.line.style
        leaving[hop.upper][shared].append((hop, True))
        if hop.is_level:
            leaving[hop.lower][hop].append((hop, False))
        else:
            reaching[hop.lower].append(hop)
    for item, groups in leaving.items():
        far = {
            shared: sum(_middle(hop.lower if starts else hop.upper) for hop, starts in group) / len(group)
            for shared, group in groups.items()
        }
        ports = _ports(item, len(groups))
        for shared, port in zip(sorted(groups, key=lambda shared: far[shared]), ports, strict=True):
            for hop, starts in groups[shared]:
                if starts:
                    hop.start = port
                else:
                    hop.end = port
    labels: dict[Route, tuple[int, str]] = {}
    taken = {(hop.upper.layer, hop.start) for hop in hops} | {
        (hop.upper.layer, hop.end) for hop in hops if hop.is_level
    }
    for item, arriving in reaching.items():
        ordered = sorted(arriving, key=lambda hop: hop.start)
        for place, (hop, port) in enumerate(zip(ordered, _ports(item, len(ordered)), strict=True)):
            hop.end = _free_port(hop, port, taken)
            if hop.lower.is_bend:
                continue
            # Outer labels stand lowest and look outwards, so that each is beside its own line.
            after = len(ordered) - 1 - place
            anchor = "middle" if len(ordered) == 1 else "end" if place < after else "start"
            labels[hop.route] = (min(place, after), anchor)
    return labels


def _ports(item: Item, number: int) -> list[float]:
    """Return where so many lines touch an item, around its middle."""
    middle = _middle(item)
    apart = min(_PORTS_APART, (_width(item) - 24) / max(number - 1, 1)) if not item.is_bend else 0
    return [middle + (place - (number - 1) / 2) * apart for place in range(number)]


def _free_port(hop: _Hop, port: float, taken: set[tuple[int, float]]) -> float:
    """Return where a line reaches its box: straight down where it nearly is, never below another start."""
    if abs(hop.start - port) < _STRAIGHT_WITHIN:
        return hop.start
    while any(layer == hop.upper.layer and abs(x - port) < _STRAIGHT_WITHIN for layer, x in taken):
        port += _STRAIGHT_WITHIN * (1 if hop.start > port else -1)
    return port


def _choose_tracks(hops: Sequence[_Hop], y: float) -> int:
    """Give each way along a gap its height, so that no two lie on each other; return how many there are."""
    ways: dict[object, list[_Hop]] = defaultdict(list)
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
            hop.track = y + number * _TRACKS_APART
    return len(tracks)


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
    route: Route, path: Sequence[_Hop], labels: dict[Route, tuple[int, str]], heights: Sequence[float]
) -> Drawn:
    first, last = path[0], path[-1]
    points: list[Point] = [(first.start, first.upper.y + _height(first.upper))]
    for hop in path:
        points += [(hop.start, hop.track), (hop.end, hop.track)] if hop.start != hop.end else []
        if hop is not last:
            points += [(hop.end, hop.lower.y), (hop.end, hop.lower.y + heights[hop.lower.layer])]
    if last.is_level:
        points.append((last.end, last.lower.y + _height(last.lower)))
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
