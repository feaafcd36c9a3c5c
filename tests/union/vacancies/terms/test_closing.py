"""Closing instants: read with their zone, kept with it, shown in it."""

from datetime import UTC, datetime

import pytest

from fediunion.kit.errors import Invalid
from fediunion.union.vacancies.terms.closing import (
    Closing,
    closing_text,
    in_zone,
    normal_zone,
    offset_name,
    read_closing,
    zone_name,
)
from tests.union.vacancies.samples import POSTINGS

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("written", "at", "zone"),
    [
        ("2027-01-08T23:59:00+03:00", "2027-01-08T20:59:00Z", "+03:00"),
        ("2026-12-02T00:30:00-05:00", "2026-12-02T05:30:00Z", "-05:00"),
        ("2026-12-02t00:30:00−05:00", "2026-12-02T05:30:00Z", "-05:00"),
        ("2026-11-23T23:59:00+05:45", "2026-11-23T18:14:00Z", "+05:45"),
        ("2026-12-31T23:59:00Z", "2026-12-31T23:59:00Z", "UTC"),
        ("2026-12-31 23:59 +00:00", "2026-12-31T23:59:00Z", "UTC"),
        (" 2026-12-31T23:59:30.25+0300 ", "2026-12-31T20:59:30Z", "+03:00"),
    ],
)
def test_an_offset_in_the_text_decides_the_instant_and_is_kept(written: str, at: str, zone: str) -> None:
    assert read_closing(written) == Closing(_at(at), zone)


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2027-01-08T23:59", "2027-01-08T20:59:00Z"),
        ("2027-01-08 17:00:00", "2027-01-08T14:00:00Z"),
        ("2027-01-08", "2027-01-08T20:59:00Z"),
    ],
)
def test_without_an_offset_the_clocks_of_the_zone_count_and_a_day_ends_at_23_59(
    written: str, at: str
) -> None:
    expected = Closing(_at(at), "Africa/Nairobi")
    assert read_closing(written, zone="Africa/Nairobi", station_zone="Asia/Dhaka") == expected
    assert read_closing(written, station_zone="Africa/Nairobi", fallback_zone="UTC") == expected
    assert read_closing(written, fallback_zone="Africa/Nairobi") == expected


def test_a_peers_bare_day_ends_at_the_duty_station_or_else_in_utc() -> None:
    given = POSTINGS["V-SCAM"]["validThrough"]
    assert given == "2027-06-30"
    assert (
        read_closing(given, station_zone="Africa/Lagos", fallback_zone="UTC").iso
        == "2027-06-30T23:59:00+01:00"
    )
    assert read_closing(given, fallback_zone="UTC") == Closing(_at("2027-06-30T23:59:00Z"), "UTC")


def test_a_zone_beside_an_offset_is_shown_and_must_agree() -> None:
    closing = read_closing("2027-01-08T23:59:00+03:00", zone="Africa/Nairobi")
    assert closing == Closing(_at("2027-01-08T20:59:00Z"), "Africa/Nairobi")
    with pytest.raises(Invalid, match=r"Europe/Paris is not at \+03:00") as refused:
        read_closing("2027-01-08T23:59:00+03:00", zone="Europe/Paris")
    assert refused.value.field == "closes"


def test_a_time_that_clocks_show_twice_is_the_later_one() -> None:
    closing = read_closing("2027-10-31T02:30", zone="Europe/Paris")
    assert closing.at == _at("2027-10-31T02:30:00+01:00")
    assert closing.iso == "2027-10-31T02:30:00+01:00"


def test_a_time_that_clocks_skip_is_as_long_after_midnight_as_it_says() -> None:
    closing = read_closing("2027-03-28T02:30", zone="Europe/Paris")
    assert closing.at == _at("2027-03-28T03:30:00+02:00")
    assert closing.iso == "2027-03-28T03:30:00+02:00"


@pytest.mark.parametrize(
    "written",
    [
        *(
            "",
            "soon",
            "2027-13-01",
            "2027-02-30",
            "2027-01-08T25:00",
            "2027-01-08T24:00",
            "08/01/2027",
            "20270108",
        ),
        *("2027-01-08+03:00", "2027-01-08T23:59:60Z", "2027-W01-1", "٢٠٢٧-٠١-٠٨", "2027-01-08T23:59 EAT"),
        *(
            "2027-01-08T23:59:00+15:00",
            "2027-01-08T23:59:00+03:75",
            "0001-01-01T00:00:00+14:00",
            "2027" * 2000,
        ),
    ],
    ids=lambda text: text[:30] or "empty",
)
def test_nonsense_is_refused_with_its_field(written: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_closing(written, zone="UTC" if "+" not in written else "", field="closing")
    assert refused.value.field == "closing"
    assert len(str(refused.value)) < 200


def test_without_any_zone_a_closing_date_is_refused() -> None:
    with pytest.raises(Invalid, match="needs a time zone") as refused:
        read_closing("2027-01-08")
    assert refused.value.reason == "no-zone"


def test_what_has_passed_or_is_years_ahead_is_refused_where_it_is_asked() -> None:
    with pytest.raises(Invalid, match="has passed"):
        read_closing("2026-12-01T12:00:00+03:00", now=NOW)
    assert read_closing("2026-12-01T12:00:01+03:00", now=NOW).at > NOW
    with pytest.raises(Invalid, match="3 years ahead"):
        read_closing("2030-01-01", zone="UTC", now=NOW)
    assert read_closing("2020-01-01", zone="UTC").at < NOW


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Africa/Nairobi", "Africa/Nairobi"),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("America/Port-au-Prince", "America/Port-au-Prince"),
        ("Etc/GMT+5", "Etc/GMT+5"),
        ("utc", "UTC"),
        ("Z", "UTC"),
        ("UTC+3", "+03:00"),
        ("GMT-05:00", "-05:00"),
        ("+0545", "+05:45"),
        ("+00:00", "UTC"),
    ],
)
def test_a_zone_has_one_spelling(written: str, normal: str) -> None:
    assert normal_zone(written) == normal


@pytest.mark.parametrize(
    "written",
    [
        "",
        "Nairobi",
        "Africa/Atlantis",
        "../../etc/passwd",
        "Africa",
        "+15:00",
        "+3:99",
        "EST5EDT\0",
        "/",
        "a/" * 99,
    ],
)
def test_what_is_no_zone_is_refused(written: str) -> None:
    with pytest.raises(Invalid, match="no time zone") as refused:
        normal_zone(written)
    assert refused.value.field == "zone"


def test_the_samples_keep_instant_and_offset() -> None:
    for sample in POSTINGS.values():
        given = sample["validThrough"]
        if "T" in given:
            closing = read_closing(given)
            assert closing.at == datetime.fromisoformat(given)
            assert (
                datetime.fromisoformat(closing.iso).utcoffset() == datetime.fromisoformat(given).utcoffset()
            )


def test_clocks_have_a_name_or_else_their_offset() -> None:
    at = _at("2027-01-08T20:59:00Z")
    named = [
        zone_name(in_zone(at, zone), zone)
        for zone in ("Africa/Nairobi", "Europe/Paris", "Asia/Kathmandu", "-05:00", "UTC", "Gone/Zone")
    ]
    assert named == ["EAT", "CET", "UTC+05:45", "UTC-05:00", "UTC", "UTC"]
    assert offset_name(at) == "UTC"


def test_a_closing_is_shown_in_its_own_zone_and_in_the_readers() -> None:
    closing = Closing(_at("2027-01-08T20:59:00Z"), "Africa/Nairobi")
    assert closing_text(closing, "en") == "January 8, 2027, 23:59 (East Africa Time)"
    assert closing_text(closing, "fr").startswith("8 janvier 2027, 23:59 (heure normale d")
    assert closing_text(closing, "en", zone="Asia/Tokyo").startswith("January 9, 2027, 05:59")
    assert closing_text(Closing(closing.at, "+03:00"), "en") == "January 8, 2027, 23:59 (UTC+03:00)"
    assert "23:59" in closing_text(closing, "ar")
