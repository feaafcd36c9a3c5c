"""Duty stations of international organisations: where they are, and what else they are called.

A bundled gazetteer, read at its first use. Source: GeoNames, CC BY 4.0; see lists/README.md.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.notice import Station
from fediunion.union.vacancies.terms.countries import country as read_country
from fediunion.union.vacancies.terms.countries import find_country
from fediunion.union.vacancies.terms.keys import place_key

STATIONS: Final = Path(__file__).parent / "lists" / "duty-stations.tsv"
LONGEST_CITY: Final = 100


@dataclass(frozen=True, slots=True)
class DutyStation:
    """A town: its name in English as the UN use it, ISO 3166-1 country, degrees, and the IANA time zone."""

    city: str
    country: str
    latitude: float
    longitude: float
    zone: str
    aliases: tuple[str, ...] = ()


def duty_station(city: str, country: str | None = None) -> DutyStation | None:
    """Return the duty station of that name: `Den Haag`, `LA HAYE` and `The Hague` are one.

    `country` is a code or a name. Without it a name that stands for towns in several countries gives None,
    unless only one of them has it as its first name. None for what the gazetteer does not have.
    """
    called = _by_name().get(place_key(city), ())
    if country:
        there = find_country(country)
        called = tuple(each for each in called if there is not None and each.country == there.code)
    if len(called) > 1:
        called = tuple(each for each in called if place_key(each.city) == place_key(city))
    return called[0] if len(called) == 1 else None


def normal_city(text: str, country: str | None = None) -> str:
    """Return what two cities are compared by: no case, accents and apostrophes, other names as the first.

    `Cox’s Bazar` and `COX'S BAZAR` are `coxs bazar`; `Den Haag` is `the hague`.
    """
    station = duty_station(text, country)
    return place_key(text if station is None else station.city)


def read_station(city: str, country: str, *, field: str = "city") -> Station:
    """Return a place of work: the country's code, the city by its first name where known, else as written.

    The country may be left out where the city alone says it, and the city where the whole country is meant.
    Invalid for an unknown country (`country`), for a city that is none or too long, and for neither.
    """
    shown = " ".join(city.split())
    if len(shown) > LONGEST_CITY or (shown and not place_key(shown)):
        raise Invalid(Sentence("“%(value)s” is not the name of a place.", value=shown[:40]), field=field)
    code = read_country(country).code if country.strip() else ""
    known = duty_station(shown, code) if shown else None
    if known is not None:
        return Station(city=known.city, country=known.country)
    if not code:
        raise Invalid(Sentence("A place of work needs its country."), field="country", reason="no-country")
    return Station(city=shown, country=code)


@cache
def all_stations() -> tuple[DutyStation, ...]:
    """Return every station of the gazetteer, by country and name."""
    stations = []
    for line in STATIONS.read_text("utf-8").splitlines():
        code, city, latitude, longitude, zone, _, others = line.split("\t")
        aliases = tuple(others.split("|")) if others else ()
        stations.append(DutyStation(city, code, float(latitude), float(longitude), zone, aliases))
    return tuple(stations)


@cache
def _by_name() -> Mapping[str, tuple[DutyStation, ...]]:
    found: defaultdict[str, list[DutyStation]] = defaultdict(list)
    for station in all_stations():
        for key in dict.fromkeys(place_key(name) for name in (station.city, *station.aliases)):
            found[key].append(station)
    return {key: tuple(stations) for key, stations in found.items()}
