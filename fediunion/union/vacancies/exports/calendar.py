"""Closing dates as a calendar: for each vacancy a task that is due, and an all-day event beside it.

Tasks (VTODO) say exactly what a closing date is, but many calendars that one subscribes to show none; the
event is for those. Source: RFC 5545; for the names RFC 7986.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from fediunion.kit.catalogues import translated
from fediunion.kit.sentences import Sentence
from fediunion.kit.urls import parse_remote_url
from fediunion.union.vacancies.exports.exported import Exported
from fediunion.union.vacancies.exports.feeds import facts_of, title_of
from fediunion.union.vacancies.notice import Notice, Station
from fediunion.union.vacancies.terms.closing import in_zone, offset_name, zone_name

if TYPE_CHECKING:
    from icalendar import Calendar, Component, Timezone

_MADE_BY: Final = "-//FediUnion//Vacancies//EN"
_LOOK_AGAIN: Final = timedelta(hours=1)


def render_calendar(vacancies: Sequence[Exported], *, title: str, address: str, language: str) -> bytes:
    """Return the closing dates as a calendar, each on the clocks of its own notice."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", _MADE_BY)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("source", address, parameters={"value": "URI"})
    calendar.add("refresh-interval", _LOOK_AGAIN, parameters={"value": "DURATION"})
    _add_zones(calendar, vacancies)
    for each in vacancies:
        for component in _components(each, language):
            calendar.add_component(component)
    written: bytes = calendar.to_ical()
    return written


def _components(each: Exported, language: str) -> "Iterable[Component]":
    from icalendar import Event, Todo

    notice = each.notice
    local = _on_clocks(notice)
    host, name = parse_remote_url(each.page).authority, each.page.rpartition("/")[2]
    shown = title_of(each, language)
    task, event = Todo(), Event()
    for component, uid in ((task, f"{name}-task@{host}"), (event, f"{name}-day@{host}")):
        component.add("uid", uid)
        component.add("dtstamp", each.updated_at)
        component.add("created", each.posted_at)
        component.add("last-modified", each.updated_at)
        component.add("description", "\n".join([*facts_of(each, language), notice.source_url]))
        component.add("url", each.page)
        if notice.stations:
            component.add("location", "; ".join(map(_place, notice.stations)))
    task.add("summary", shown)
    task.add("due", local)
    task.add("status", "NEEDS-ACTION" if each.is_open else "CANCELLED")
    task.add("related-to", f"{name}-day@{host}", parameters={"reltype": "SIBLING"})
    closes = f"{local:%H:%M} {zone_name(local, notice.closes_zone)}"
    event.add(
        "summary", translated(Sentence("Closes %(time)s: %(title)s", time=closes, title=shown), language)
    )
    event.add("dtstart", local.date())
    event.add("dtend", local.date() + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("status", "CONFIRMED" if each.is_open else "CANCELLED")
    return task, event


def _on_clocks(notice: Notice) -> datetime:
    """Return the closing instant on the notice's clocks, whose name needs no quotes: `UTC+0545`."""
    local = in_zone(notice.closes_at, notice.closes_zone)
    offset = local.utcoffset()
    if "/" in notice.closes_zone or not offset:
        return local
    return local.replace(tzinfo=timezone(offset, offset_name(local).replace(":", "")))


def _place(station: Station) -> str:
    return ", ".join(part for part in (station.city, station.country) if part)


def _add_zones(calendar: "Calendar", vacancies: Sequence[Exported]) -> None:
    """Describe the zones that are used; UTC needs none."""
    closing = {each.notice.closes_zone: _on_clocks(each.notice) for each in vacancies}
    years = [each.notice.closes_at.year for each in vacancies]
    for zone, local in sorted(closing.items()):
        if "/" in zone:
            calendar.add_component(_named_zone(zone, min(years), max(years)))
        elif local.utcoffset():
            calendar.add_component(_fixed_zone(local))


@lru_cache(maxsize=256)
def _named_zone(zone: str, first_year: int, last_year: int) -> "Timezone":
    from icalendar import Timezone

    # A day more on both sides: the years are those of UTC.
    return Timezone.from_tzid(
        zone, first_date=date(first_year - 1, 12, 30), last_date=date(last_year + 1, 1, 2)
    )


def _fixed_zone(local: datetime) -> "Timezone":
    from icalendar import Timezone, TimezoneStandard

    zone, always = Timezone(), TimezoneStandard()
    zone.add("tzid", local.tzname())
    always.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 - a description of clocks has no zone itself
    always.add("tzoffsetfrom", local.utcoffset())
    always.add("tzoffsetto", local.utcoffset())
    zone.add_component(always)
    return zone
