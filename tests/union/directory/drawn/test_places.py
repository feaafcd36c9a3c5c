"""Where boxes and lines are: nothing lies on anything else, whatever the network looks like."""

from collections.abc import Sequence
from itertools import combinations, pairwise

import pytest

from fediunion.union.directory.drawn.layers import BOX_HEIGHT, BOX_WIDTH
from fediunion.union.directory.drawn.lines import Line, Style
from fediunion.union.directory.drawn.places import Box, Places, places_of

STYLES = {
    ">": Style.AFFILIATE,
    "-": Style.PART,
    ".": Style.OBSERVER,
    "!": Style.SUSPENDED,
    "=": Style.BILATERAL,
}


def network(text: str) -> tuple[list[str], list[Line]]:
    """Return unions and lines of a text such as "a>b a.c a=d", with a above b."""
    lines = []
    for word in text.split():
        sign = next(each for each in STYLES if each in word)
        upper, _, lower = word.partition(sign)
        lines.append(Line(upper, lower, STYLES[sign]))
    return list(dict.fromkeys(end for line in lines for end in (line.upper, line.lower))), lines


NETWORKS = {
    "two": "a>b",
    "reference": "uni.gf uni>pro uni!usi gf>cc cc>ic cc>na pro=cwa",
    "star": " ".join(f"a>b{number}" for number in range(30)),
    "two stars": " ".join(f"a>b{number} c>d{number}" for number in range(9)) + " a>c",
    "chain": " ".join(f"n{number}>n{number + 1}" for number in range(12)),
    "across layers": "a>b b>c c>d a>d a.c b!d a=d",
    "many parents": "a>e b>e c>e d>e a.f b-f c!f e>g f=g",
    "circle": "a>b b>c c>a",
    "circle of equals": "a=b b=c c=a",
    "both ways": "a>b b.a a=b",
    "apart": "a>b c>d",
}


def inside(box: Box, x: float, y: float) -> bool:
    """Return whether a point is within a box, not on its edge."""
    return box.x < x < box.x + BOX_WIDTH and box.y < y < box.y + BOX_HEIGHT


def points_on(path: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return points along a path, a few units apart."""
    found = []
    for (x1, y1), (x2, y2) in pairwise(path):
        steps = int(max(abs(x2 - x1), abs(y2 - y1)) // 3) + 1
        found += [(x1 + (x2 - x1) * n / steps, y1 + (y2 - y1) * n / steps) for n in range(steps + 1)]
    return found


@pytest.fixture(params=sorted(NETWORKS), ids=sorted(NETWORKS))
def case(request: pytest.FixtureRequest) -> tuple[list[str], list[Line], Places]:
    """A network and its drawing."""
    unions, lines = network(NETWORKS[request.param])
    return unions, lines, places_of(unions, lines)


def test_each_union_has_one_box_within_the_drawing(case: tuple[list[str], list[Line], Places]) -> None:
    unions, _, places = case
    assert sorted(box.union for box in places.boxes) == sorted(unions)
    for box in places.boxes:
        assert 0 <= box.x <= places.width - BOX_WIDTH
        assert 0 <= box.y <= places.height - BOX_HEIGHT


def test_no_two_boxes_overlap(case: tuple[list[str], list[Line], Places]) -> None:
    _, _, places = case
    for one, other in combinations(places.boxes, 2):
        assert abs(one.x - other.x) >= BOX_WIDTH or abs(one.y - other.y) >= BOX_HEIGHT


def test_lines_are_upright_or_level_and_cross_no_box(case: tuple[list[str], list[Line], Places]) -> None:
    _, _, places = case
    for drawn in places.drawn:
        for path in drawn.paths:
            for (x1, y1), (x2, y2) in pairwise(path):
                assert x1 == x2 or y1 == y2
            for x, y in points_on(path):
                assert 0 <= x <= places.width
                assert 0 <= y <= places.height
                assert not any(inside(box, x, y) for box in places.boxes)


def test_every_line_begins_and_ends_at_its_unions(case: tuple[list[str], list[Line], Places]) -> None:
    _, lines, places = case
    boxes = {box.union: box for box in places.boxes}
    drawn_lines = {(each.line.upper, each.line.lower, each.line.style) for each in places.drawn}
    in_blocks = 0
    for line in lines:
        if (line.upper, line.lower, line.style) not in drawn_lines:
            in_blocks += 1
    for drawn in places.drawn:
        ends = [path[0] for path in drawn.paths] + [path[-1] for path in drawn.paths]
        for union in (drawn.line.upper, drawn.line.lower):
            box = boxes[union]
            assert any(
                box.x <= x <= box.x + BOX_WIDTH and box.y <= y <= box.y + BOX_HEIGHT for x, y in ends
            ), f"{drawn.line} does not touch {union}"
    assert in_blocks == 0 or any(len(drawn.paths) > 2 for drawn in places.drawn)


def test_who_is_above_stands_above() -> None:
    places = places_of(*network(NETWORKS["reference"]))
    boxes = {box.union: box for box in places.boxes}
    for upper, lower in (("uni", "gf"), ("gf", "cc"), ("cc", "ic"), ("uni", "usi")):
        assert boxes[upper].y < boxes[lower].y
    assert boxes["pro"].y == boxes["cwa"].y


def test_thirty_members_of_one_federation_stay_narrow() -> None:
    assert places_of(*network(NETWORKS["star"])).width < 6 * (BOX_WIDTH + 60)


def test_a_union_alone_has_a_drawing() -> None:
    places = places_of(["a"], [])
    assert [box.union for box in places.boxes] == ["a"]


def test_the_same_network_is_drawn_the_same() -> None:
    unions, lines = network(NETWORKS["many parents"])
    assert places_of(unions, lines) == places_of(unions, lines)
