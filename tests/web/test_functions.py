"""What templates call: dates, numbers and marks for the reader."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fediunion.kit.sentences import Sentence
from fediunion.web import functions
from fediunion.web.reading import Reader, reading

NOW = datetime(2026, 12, 1, 21, 30, tzinfo=UTC)
NAIROBI = ZoneInfo("Africa/Nairobi")


def reader(language: str = "en", *, known: bool = False) -> Reader:
    """Return somebody who reads, in Nairobi where the zone is known."""
    return Reader(language, NAIROBI if known else UTC, NOW, zone_is_known=known, form_token=lambda: "a&b")


@pytest.mark.parametrize(
    ("language", "known", "shown"),
    [
        ("en", False, "1 December 2026, 21:30 UTC"),
        ("en", True, "2 December 2026, 00:30"),
        ("fr", True, "2 décembre 2026, 00:30"),
        ("ar", True, "2 ديسمبر 2026، 00:30"),
    ],
)
def test_a_time_is_in_the_zone_of_the_reader_and_says_which_where_it_is_not(
    language: str, known: bool, shown: str
) -> None:
    with reading(reader(language, known=known)):
        assert functions.time(NOW) == f'<time datetime="2026-12-01T21:30:00Z">{shown}</time>'


def test_a_day_is_the_day_where_the_reader_is() -> None:
    with reading(reader(known=True)):
        assert "2 December 2026" in functions.day(NOW)
        assert functions.day(date(2027, 1, 8)) == '<time datetime="2027-01-08">8 January 2027</time>'


@pytest.mark.parametrize(
    ("passed", "shown"),
    [
        (timedelta(seconds=-5), "0 mins"),
        (timedelta(minutes=12), "12 mins"),
        (timedelta(hours=3, minutes=20), "3 hrs"),
        (timedelta(days=6), "6 days"),
        (timedelta(days=40), "22 Oct"),
        (timedelta(days=400), "27 Oct 2025"),
    ],
)
def test_how_long_ago_becomes_a_date_after_a_week(passed: timedelta, shown: str) -> None:
    with reading(reader()):
        element = functions.ago(NOW - passed)
        assert f">{shown}</time>" in element
        assert ("data-ago" in element) == (passed < timedelta(days=7))


def test_numbers_and_sizes_are_written_as_the_reader_does() -> None:
    with reading(reader("en")):
        assert functions.number(12345) == "12,345"
        assert functions.size(3_100_000) == "3.1 MB"
        assert functions.size(999) == "999 byte"
    with reading(reader("fr")):
        assert functions.number(12345).replace("\u202f", " ") == "12 345"
        assert functions.size(3_100_000).endswith("Mo")
    with reading(reader("ar")):
        assert functions.number(12345) == "12,345"


def test_a_token_is_escaped_and_an_error_page_has_none() -> None:
    with reading(reader()):
        assert functions.form_token() == '<input type="hidden" name="form_token" value="a&amp;b">'


def test_faces_have_letters_and_a_colour_that_stays() -> None:
    assert functions.letters("blue-heron") == "BH"
    assert functions.letters("Staff Union of the Tribunal") == "SU"
    assert functions.letters("") == "?"
    assert functions.letters("✊ — ") == "?"
    assert functions.hue("@Ana@us.example") == functions.hue("@ana@us.example")
    assert {functions.hue(f"@{number}") for number in range(100)} == {f"c{number}" for number in range(1, 7)}


def test_only_sentences_are_translated_when_they_are_printed() -> None:
    with reading(reader("fr")):
        assert functions.told(Sentence("Search")) == "Rechercher"
        assert functions.told("Search") == "Search"
