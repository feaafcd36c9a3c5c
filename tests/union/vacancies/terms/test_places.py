"""Countries and duty stations, by all their names."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediunion.kit.errors import Invalid
from fediunion.union.vacancies.notice import Station
from fediunion.union.vacancies.terms.countries import Country, all_countries, country, find_country
from fediunion.union.vacancies.terms.places import (
    all_stations,
    duty_station,
    normal_city,
    read_station,
)
from tests.union.vacancies.samples import POSTINGS


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("KE", "KE"),
        ("ke", "KE"),
        ("KEN", "KE"),
        ("Kenya", "KE"),
        ("UK", "GB"),
        ("Royaume-Uni", "GB"),
        ("Deutschland", "DE"),
        ("DEUTSCHLAND", "DE"),
        ("Cote d’Ivoire", "CI"),
        ("Ivory Coast", "CI"),
        ("中国", "CN"),
        ("Россия", "RU"),
        ("السودان", "SD"),
        ("COD", "CD"),
        ("République démocratique du Congo", "CD"),
        ("Republic of Korea", "KR"),
        ("United Republic of Tanzania", "TZ"),
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("U.S.A.", "US"),
        ("Viet Nam", "VN"),
        ("Kosovo (UNSCR 1244)", "XK"),
    ],
)
def test_a_country_is_found_by_codes_and_names_in_many_languages(written: str, code: str) -> None:
    assert country(written) == Country(code)


@pytest.mark.parametrize("written", ["", "XX", "EU", "UN", "Atlantis", "K E", "ZZ", "001", "x" * 9999])
def test_what_is_no_country_is_refused(written: str) -> None:
    assert find_country(written) is None
    with pytest.raises(Invalid, match="no country") as refused:
        country(written)
    assert refused.value.field == "country"


def test_every_country_of_iso_3166_is_there_and_found_by_its_names_as_shown() -> None:
    countries = all_countries()
    assert len(countries) == 249 + 1  # and Kosovo
    for language in ("en", "fr", "ar"):
        assert [find_country(each.name(language)) for each in countries] == list(countries)


def test_a_country_has_a_name_in_any_language() -> None:
    netherlands = Country("NL")
    assert [netherlands.name(each) for each in ("en", "fr", "nl", "pt-BR", "xx", "?")] == [
        "Netherlands",
        "Pays-Bas",
        "Nederland",
        "Países Baixos",
        "Netherlands",
        "Netherlands",
    ]


def test_the_gazetteer_is_large_and_every_row_is_usable() -> None:
    stations = all_stations()
    assert len(stations) >= 1000
    assert len({(each.country, normal_city(each.city, each.country)) for each in stations}) == len(stations)
    for station in stations:
        assert find_country(station.country) == Country(station.country)
        assert -60 < station.latitude < 80
        assert -180 <= station.longitude <= 180
        assert ZoneInfo(station.zone).key == station.zone
        assert duty_station(station.city, station.country) is station


@pytest.mark.parametrize(
    ("written", "code", "city"),
    [
        ("Cox's Bazar", None, "Cox's Bazar"),
        ("COX’S BAZAR", "BD", "Cox's Bazar"),
        ("Coxs Bazar", "Bangladesh", "Cox's Bazar"),
        ("Den Haag", None, "The Hague"),
        ("la haye", "NL", "The Hague"),
        ("’s-Gravenhage", None, "The Hague"),
        ("Genève", "Suisse", "Geneva"),
        ("جنيف", None, "Geneva"),
        ("Wien", None, "Vienna"),
        ("Kiev", "UA", "Kyiv"),
        ("Yaounde", "CM", "Yaoundé"),
        ("Ndjamena", "TD", "N'Djamena"),
        ("Tripoli", "LY", "Tripoli"),
        ("Washington, D.C.", "US", "Washington"),
    ],
)
def test_a_station_is_found_by_its_names(written: str, code: str | None, city: str) -> None:
    station = duty_station(written, code)
    assert station is not None
    assert station.city == city


def test_the_stations_of_the_samples_are_known_with_their_zones() -> None:
    places = [place for sample in POSTINGS.values() for place in _places(sample)]
    zones = {city: station.zone for city, code in places if (station := duty_station(city, code))}
    assert zones["Nairobi"] == "Africa/Nairobi"
    assert zones["Cox's Bazar"] == "Asia/Dhaka"
    assert {
        "Juba",
        "Bor",
        "Bentiu",
        "Arusha",
        "The Hague",
        "Kathmandu",
        "Riga",
        "Geneva",
        "Lagos",
    } <= zones.keys()


def test_a_name_of_towns_in_two_countries_needs_the_country() -> None:
    assert duty_station("Tripoli") is None
    assert duty_station("Tripoli", "Lebanon") is not None
    assert duty_station("Nairobi", "FR") is None
    assert duty_station("Nairobi", "Atlantis") is None
    assert duty_station("") is None


def test_cities_are_compared_by_their_first_name_without_signs() -> None:
    assert normal_city("Den Haag") == normal_city("THE HAGUE") == "the hague"
    assert normal_city("Cox’s Bazar") == normal_city("coxs  bazar") == "coxs bazar"
    assert normal_city("Leeds-on-Nowhere") == "leeds on nowhere"


@given(st.text(max_size=40))
def test_normalising_a_city_twice_changes_nothing(written: str) -> None:
    assert normal_city(normal_city(written)) == normal_city(written)


def test_a_place_of_work_is_read_with_the_country_that_a_city_tells() -> None:
    assert read_station("Den Haag", "") == Station(city="The Hague", country="NL")
    assert read_station("den haag", "Pays-Bas") == Station(city="The Hague", country="NL")
    assert read_station("Little  Village", "KE") == Station(city="Little Village", country="KE")
    assert read_station("", "Kenya") == Station(country="KE")


@pytest.mark.parametrize(
    ("city", "code", "field"),
    [
        ("Nairobi", "Atlantis", "country"),
        ("", "", "country"),
        ("Little Village", "", "country"),
        ("!!", "KE", "city"),
    ],
)
def test_a_place_of_work_that_is_none_is_refused(city: str, code: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_station(city, code)
    assert refused.value.field == field


def _places(sample: dict[str, Any]) -> list[tuple[str, str]]:
    given = sample.get("jobLocation") or []
    listed = given if isinstance(given, list) else [given]
    return [(each["address"]["addressLocality"], each["address"]["addressCountry"]) for each in listed]
