"""The scripts that fill the lists of places."""

import json
from pathlib import Path

from fediunion.union.vacancies.terms import countries
from scripts import country_names, duty_stations

_TOWN = {
    "name": "The Hague",
    "alternatenames": ["Den Haag"],
    "countrycode": "NL",
    "latitude": 52.07667,
    "longitude": 4.29861,
    "timezone": "Europe/Amsterdam",
    "population": 474292,
    "geonameid": 2747373,
}


def test_a_station_is_filled_from_geonames_by_its_names_and_an_unknown_one_left_out(tmp_path: Path) -> None:
    stations, cities = tmp_path / "stations.tsv", tmp_path / "cities.json"
    stations.write_text("NL\tThe Hague\t\t\t\t\tDen Haag\nNL\tNowhere\t\t\t\t\t\n", "utf-8")
    hamlet = _TOWN | {"geonameid": 1, "population": 7, "latitude": 1.0}
    cities.write_text(json.dumps({"1": hamlet, "2747373": _TOWN}), "utf-8")
    duty_stations.main(cities, stations)
    assert stations.read_text("utf-8") == "NL\tThe Hague\t52.08\t4.30\tEurope/Amsterdam\t2747373\tDen Haag\n"


def test_the_list_of_countries_is_what_its_script_writes(tmp_path: Path) -> None:
    written = tmp_path / "countries.tsv"
    country_names.main(written)
    assert written.read_text("utf-8") == countries.COUNTRIES.read_text("utf-8")
