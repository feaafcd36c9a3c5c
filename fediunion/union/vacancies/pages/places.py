"""Where the results of a search are: duty stations with counts, for the map and for the list behind it."""

from collections.abc import Sequence
from datetime import datetime

from fediunion.union.vacancies.pages.closings import SOON
from fediunion.union.vacancies.pages.facets import path_of
from fediunion.union.vacancies.pages.shown import ShownVacancy
from fediunion.union.vacancies.pages.world_map import Dot, Spot, dots_of
from fediunion.union.vacancies.search.query import VacancyQuery, toggled
from fediunion.union.vacancies.search.results import SearchResult
from fediunion.union.vacancies.terms.places import duty_station, normal_city


def dots_in(
    result: SearchResult, query: VacancyQuery, items: Sequence[ShownVacancy], now: datetime
) -> Sequence[Dot]:
    """Return the duty stations of all that a search finds, where the gazetteer knows them.

    Those in which one of the `items` of this page closes within two days are marked.
    """
    hurrying = {
        normal_city(station.city, station.country)
        for each in items
        if now < each.vacancy.closes_at <= now + SOON
        for station in each.notice.stations
    }
    spots = []
    for value in result.facets.get("city", ()):
        station = duty_station(value.value)
        if station is not None and value.count:
            there = query if value.chosen else toggled(query, "city", value.value)
            spots.append(
                Spot(
                    name=station.city,
                    latitude=station.latitude,
                    longitude=station.longitude,
                    count=value.count,
                    path=path_of(there),
                    soon=value.value in hurrying,
                )
            )
    return dots_of(spots)
