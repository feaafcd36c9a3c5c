"""The map: places stand where they are, names cover no other, and nothing falls off."""

import pytest

from fediunion.union.vacancies.pages.world_map import Spot, dots_of, project


def spot(name: str, latitude: float, longitude: float, count: int = 1) -> Spot:
    """Return a place."""
    return Spot(name, latitude, longitude, count, f"/vacancies?city={name.lower()}")


@pytest.mark.parametrize(
    ("latitude", "longitude", "x", "y"),
    [
        (0.0, 10.0, 360.0, 186.5),
        (52.07, 4.3, 350.8, 57.0),
        (-1.29, 36.82, 413.6, 190.0),
        (-33.9, 18.4, 376.1, 276.0),
    ],
    ids=["the middle", "The Hague", "Nairobi", "Cape Town"],
)
def test_a_place_stands_on_the_land_where_it_is(
    latitude: float, longitude: float, x: float, y: float
) -> None:
    assert list(project(latitude, longitude)) == pytest.approx([x, y], abs=2)


def test_east_is_right_north_is_up_and_the_date_line_is_at_the_edge() -> None:
    assert project(0, 100)[0] > project(0, 0)[0] > project(0, -100)[0]
    assert project(60, 0)[1] < project(0, 0)[1] < project(-60, 0)[1]
    assert project(-17.7, 178.1)[0] > 650
    assert project(-13.8, -171.8)[0] > 700


def test_more_is_drawn_larger_and_below() -> None:
    few, many = spot("Few", 0, 0, 1), spot("Many", 1, 1, 50)
    dots = dots_of([few, many])
    assert [dot.spot.name for dot in dots] == ["Many", "Few"]
    assert dots[0].radius > dots[1].radius


def test_names_stand_where_they_cover_no_other() -> None:
    crowd = [spot(f"Town {number}", 50 + number / 10, 8 + number / 10) for number in range(8)]
    labels = [dot for dot in dots_of(crowd) if dot.label]
    assert 1 <= len(labels) < len(crowd)
    alone = dots_of([spot("Alone", -30, 140)])
    assert alone[0].label
    assert dots_of([spot("Nuku'alofa", -21.1, -175.2)])[0].anchor == "end"
