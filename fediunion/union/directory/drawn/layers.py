"""Which layer of the drawing each union is in, and in what order: layered drawing after Sugiyama.

Unions that hang on one other alone, and alike, share a block of rows and columns, so that a federation of
thirty stays narrow enough to be read. A line across a layer passes through a bend in it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from fediunion.union.directory.drawn.lines import Line, Style

BOX_WIDTH: Final = 184
BOX_HEIGHT: Final = 60
BETWEEN_COLUMNS: Final = 30
BETWEEN_ROWS: Final = 14
_BEND_WIDTH: Final = 16
FEWEST_IN_BLOCK: Final = 4
MOST_ROWS: Final = 6
_SWEEPS: Final = 8


@dataclass(eq=False)
class Item:
    """What has a place in a layer: a box of one union, a block of some, or the bend of a line (no union)."""

    layer: int
    unions: tuple[str, ...] = ()
    columns: int = 1
    x: float = 0.0
    y: float = 0.0

    @property
    def is_bend(self) -> bool:
        """Whether only a line passes here."""
        return not self.unions

    @property
    def rows(self) -> int:
        """How many unions stand below each other."""
        return -(-len(self.unions) // self.columns)

    @property
    def width(self) -> float:
        """How much room it has along its layer; a block has a line beside each column."""
        if self.is_bend:
            return _BEND_WIDTH
        wide = self.columns * (BOX_WIDTH + BETWEEN_COLUMNS)
        return wide if len(self.unions) > 1 else wide - BETWEEN_COLUMNS

    @property
    def height(self) -> float:
        """How far it reaches below `y`."""
        return 0 if self.is_bend else self.rows * (BOX_HEIGHT + BETWEEN_ROWS) - BETWEEN_ROWS

    @property
    def middle(self) -> float:
        """Its middle along the layer."""
        return self.x + self.width / 2


@dataclass(eq=False)
class Route:
    """A line with the items that it touches from above to below; both in one layer for equals."""

    line: Line
    items: list[Item]


@dataclass
class Layers:
    """The items of each layer in order, the uppermost layer first, and the ways of the lines."""

    layers: list[list[Item]]
    routes: list[Route] = field(default_factory=list)


def layers_of(unions: Sequence[str], lines: Sequence[Line]) -> Layers:
    """Return where each union stands. Lines that would close a circle do not decide who is above."""
    below = _directed(lines)
    depth = _depths(unions, lines, below)
    grouped = _blocks(lines, below)
    items = _items(unions, depth, grouped)
    layers: list[list[Item]] = [[] for _ in range(max(depth.values()) + 1)]
    for item in dict.fromkeys(items.values()):
        layers[item.layer].append(item)
    found = Layers(layers)
    drawn: set[tuple[Item, Item, Style]] = set()
    for line in lines:
        ends = sorted((items[line.upper], items[line.lower]), key=lambda item: item.layer)
        key = (ends[0], ends[1], line.style)
        # All of a block hang on one line.
        if len(ends[1].unions) > 1 and key in drawn:
            continue
        drawn.add(key)
        bends = [Item(layer) for layer in range(ends[0].layer + 1, ends[1].layer)]
        for bend in bends:
            layers[bend.layer].append(bend)
        found.routes.append(Route(line, [ends[0], *bends, ends[1]]))
    _put_in_order(found)
    return found


def _directed(lines: Iterable[Line]) -> dict[str, set[str]]:
    """Return who stands below whom; a line that would turn that round is left out."""
    below: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        if line.style is not Style.BILATERAL and not _leads(line.lower, line.upper, below):
            below[line.upper].add(line.lower)
    return below


def _leads(start: str, goal: str, below: dict[str, set[str]]) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        union = waiting.pop()
        if union == goal:
            return True
        following = below.get(union, set()) - seen
        seen |= following
        waiting += following
    return False


def _depths(unions: Sequence[str], lines: Sequence[Line], below: dict[str, set[str]]) -> dict[str, int]:
    depth = dict.fromkeys(unions, 0)
    for _ in unions:
        changed = False
        for upper, lowers in below.items():
            for lower in lowers:
                if depth[lower] <= depth[upper]:
                    depth[lower], changed = depth[upper] + 1, True
        if not changed:
            break
    under = {lower for lowers in below.values() for lower in lowers}
    for union in unions:
        if below.get(union) and union not in under:
            depth[union] = min(depth[lower] for lower in below[union]) - 1
    placed = under | {upper for upper, lowers in below.items() if lowers}
    for line in lines:
        if line.style is Style.BILATERAL:
            for one, other in ((line.upper, line.lower), (line.lower, line.upper)):
                if one not in placed:
                    depth[one] = depth[other]
                    placed.add(one)
    least = min(depth.values(), default=0)
    return {union: value - least for union, value in depth.items()}


def _blocks(lines: Sequence[Line], below: dict[str, set[str]]) -> list[tuple[str, ...]]:
    """Return the unions that hang on one other alone and alike, where they are many."""
    touching: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        touching[line.upper].append(line)
        touching[line.lower].append(line)
    alike: dict[tuple[str, Style, tuple[str, ...]], list[str]] = defaultdict(list)
    for union, touched in touching.items():
        only = touched[0]
        if len(touched) == 1 and only.lower == union and union in below.get(only.upper, ()):
            alike[only.upper, only.style, only.labels].append(union)
    return [tuple(sorted(group)) for group in alike.values() if len(group) >= FEWEST_IN_BLOCK]


def _items(
    unions: Sequence[str], depth: dict[str, int], grouped: Sequence[tuple[str, ...]]
) -> dict[str, Item]:
    items: dict[str, Item] = {}
    for group in grouped:
        block = Item(depth[group[0]], group, columns=-(-len(group) // MOST_ROWS))
        items |= dict.fromkeys(group, block)
    for union in unions:
        items.setdefault(union, Item(depth[union], (union,)))
    return items


def _put_in_order(found: Layers) -> None:
    """Order each layer so that few lines cross: by the middle of what each item is connected with."""
    above: dict[Item, list[Item]] = defaultdict(list)
    under: dict[Item, list[Item]] = defaultdict(list)
    for route in found.routes:
        for upper, lower in zip(route.items, route.items[1:], strict=False):
            above[lower].append(upper)
            under[upper].append(lower)
    for sweep in range(_SWEEPS):
        downward = sweep % 2 == 0
        for layer in found.layers if downward else reversed(found.layers):
            places = {item: place for each in found.layers for place, item in enumerate(each)}
            near = above if downward else under

            def middle(
                item: Item, near: dict[Item, list[Item]] = near, places: dict[Item, int] = places
            ) -> float:
                others = near[item] or [item]
                return sum(places[other] for other in others) / len(others)

            layer.sort(key=middle)
