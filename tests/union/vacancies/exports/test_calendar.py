"""Closing dates as a calendar, read back by a parser."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar

from tests.union.vacancies.exports.conftest import NAMES, leaving

Write = Callable[..., bytes]


def parts(body: bytes, name: str) -> list[Any]:
    return list(Calendar.from_ical(body).walk(name))


def test_each_vacancy_is_a_task_and_an_all_day_event(written: Write) -> None:
    body = written("ics", *map(leaving, NAMES))
    tasks, events = parts(body, "VTODO"), parts(body, "VEVENT")
    assert len(tasks) == len(events) == len(NAMES)
    assert len({str(each["UID"]) for each in (*tasks, *events)}) == 2 * len(NAMES)
    task, event = tasks[0], events[0]
    assert str(task["UID"]) == "v-01-task@ictysu.example"
    assert task.decoded("DUE") == datetime(2027, 1, 8, 20, 59, tzinfo=UTC)
    assert task.decoded("DUE").utcoffset() == timedelta(hours=3)
    assert event.decoded("DTSTART") == date(2027, 1, 8)
    assert event.decoded("DTEND") == date(2027, 1, 9)
    assert str(event["SUMMARY"]) == "Closes 23:59 UTC+03:00: Humanitarian Affairs Officer · P-3 · Nairobi"
    assert str(task["LOCATION"]) == "Nairobi, KE"
    assert str(task["URL"]) == "https://ictysu.example/vacancies/v-01"
    assert all(b"\n" not in line and len(line) <= 75 for line in body.split(b"\r\n"))


def test_every_zone_that_is_used_is_described(written: Write) -> None:
    named = leaving("V-01", validThrough="2027-07-08T23:59:00", **{"fu:closingZone": "America/New_York"})
    body = written("ics", named, leaving("V-04"), leaving("V-06"))
    zones = {str(each["TZID"]) for each in parts(body, "VTIMEZONE")}
    assert zones == {"America/New_York", "UTC+0545"}
    due = [each.decoded("DUE").astimezone(UTC) for each in parts(body, "VTODO")]
    assert due == [
        datetime(2027, 7, 9, 3, 59, tzinfo=UTC),
        datetime(2026, 11, 23, 18, 14, tzinfo=UTC),
        datetime(2026, 12, 31, 23, 59, tzinfo=UTC),
    ]
    assert b"DUE;TZID=America/New_York:20270708T235900" in body
    assert b"DUE;TZID=UTC+0545:20261123T235900" in body
    assert b"DUE:20261231T235900Z" in body


def test_what_is_over_is_cancelled(written: Write) -> None:
    body = written("ics", leaving("V-01", "withdrawn"))
    assert str(parts(body, "VTODO")[0]["STATUS"]) == str(parts(body, "VEVENT")[0]["STATUS"]) == "CANCELLED"


def test_H20_words_cannot_add_lines_to_a_calendar(written: Write) -> None:
    body = written("ics", leaving("V-01", title="A\r\nBEGIN:VALARM;,\\ \x00end"))
    assert parts(body, "VALARM") == []
    assert len(parts(body, "VTODO")) == 1


def test_a_calendar_of_nothing_is_a_calendar(written: Write) -> None:
    assert Calendar.from_ical(written("ics"))["VERSION"] == "2.0"
