"""When applications close: an instant, and the zone in which the notice told it."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence

END_OF_DAY: Final = time(23, 59)
"""When a day without a time ends: notices of the United Nations close at 23:59."""

MOST_YEARS_AHEAD: Final = 3
_YEARS: Final = range(1970, 3000)
"""Years that notices are of: those of all clocks, and of whatever is counted from a closing date, exist."""

_MOST_OFFSET: Final = timedelta(hours=14)
_TEXT: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,]\d{1,9})?)? ?(Z|[+\-−]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)
_OFFSET: Final = re.compile(r"(?:UTC|GMT)?([+\-−])(\d{1,2})(?::?(\d{2}))?", re.ASCII | re.IGNORECASE)
_ZONE_NAME: Final = re.compile(r"[A-Za-z]+(?:[_+-][A-Za-z0-9]+)*(?:/[A-Za-z0-9]+(?:[_+-][A-Za-z0-9]+)*){1,2}")


@dataclass(frozen=True, slots=True)
class Closing:
    """`at` is the instant in UTC, to the second; `zone` an IANA name, `UTC`, or an offset like `-05:00`."""

    at: datetime
    zone: str

    @property
    def local(self) -> datetime:
        """Return the instant on the clocks of the notice's zone."""
        return in_zone(self.at, self.zone)

    @property
    def iso(self) -> str:
        """Return it as `validThrough` has it: RFC 3339 with the offset of its zone."""
        return self.local.isoformat()


def read_closing(
    text: str,
    *,
    zone: str = "",
    station_zone: str = "",
    fallback_zone: str = "",
    now: datetime | None = None,
    field: str = "closes",
) -> Closing:
    """Return when a notice closes, from an ISO 8601 date, or date and time.

    An offset in the text decides the instant; `zone`, where named, is then what is shown, and must agree.
    Without one the clocks are those of `zone`, else of the duty station (`station_zone`), else
    `fallback_zone`: for a peer's notice `UTC`, for a person's none, which is Invalid. A day alone closes at
    23:59 there. A time that clocks skip or show twice is the later of its two readings: nobody is too late
    by an hour that they could not know of.

    With `now`, an instant that has passed or is more than three years ahead is Invalid.
    """
    match = _TEXT.fullmatch(text.strip()[:60])
    if match is None or (match[3] and not match[2]):
        raise Invalid(
            Sentence("“%(value)s” is not a closing date such as 2027-01-31 23:59.", value=text.strip()[:40]),
            field=field,
            reason="bad-date",
        )
    clock = _clock_time(match[1], match[2], text, field)
    shown = normal_zone(zone, field=field) if zone.strip() else ""
    if match[3]:
        closing = _with_offset(clock, match[3], shown, field)
    else:
        derived = shown or station_zone or fallback_zone
        if not derived:
            raise Invalid(
                Sentence("The closing date needs a time zone, or a duty station that we know."),
                field=field,
                reason="no-zone",
            )
        name = normal_zone(derived, field=field)
        closing = Closing(_instant(clock, zone_of(name)), name)
    if now is not None:
        _check_ahead(closing.at, now, field)
    return closing


def normal_zone(text: str, *, field: str = "zone") -> str:
    """Return a time zone in one spelling: an IANA name, `UTC`, or `+05:45`. Invalid where there is none."""
    given = text.strip()
    if given.upper() in ("UTC", "Z", "GMT"):
        return "UTC"
    offset = _OFFSET.fullmatch(given)
    if offset is not None:
        delta = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        if int(offset[3] or 0) < 60 and delta <= _MOST_OFFSET:
            return _offset_text(delta if offset[1] == "+" else -delta)
    elif len(given) <= 40 and _ZONE_NAME.fullmatch(given):
        try:
            ZoneInfo(given)
        except (ValueError, KeyError, OSError):
            pass
        else:
            return given
    raise Invalid(
        Sentence("There is no time zone “%(value)s”.", value=given[:40]), field=field, reason="bad-zone"
    )


@lru_cache(maxsize=512)
def zone_of(zone: str) -> tzinfo:
    """Return the clocks of a zone in the spelling of `normal_zone`; Invalid where there is none."""
    name = normal_zone(zone)
    if name == "UTC":
        return UTC
    if name[0] in "+-":
        delta = timedelta(hours=int(name[1:3]), minutes=int(name[4:6]))
        return timezone(delta if name[0] == "+" else -delta)
    return ZoneInfo(name)


def in_zone(at: datetime, zone: str) -> datetime:
    """Return an instant on the clocks of a zone; on those of UTC where the zone is gone from the database."""
    try:
        return at.astimezone(zone_of(zone))
    except Invalid:
        return at.astimezone(UTC)


def zone_name(local: datetime, zone: str) -> str:
    """Return what the clocks of `local` are called in English: `EAT`, `CET`, `UTC+05:45`, `UTC`.

    An abbreviation only where there is a real one for the zone at that instant; else the offset.
    """
    name = local.tzname() or ""
    if "/" in zone and name.isalpha() and name != "UTC":
        return name
    return offset_name(local)


def offset_name(local: datetime) -> str:
    """Return the offset of an instant's clocks as people write it: `UTC+03:00`; `UTC` for none."""
    offset = local.utcoffset() or timedelta()
    return f"UTC{_offset_text(offset)}" if offset else "UTC"


def closing_text(closing: Closing, language: str, *, zone: str = "") -> str:
    """Return day, time and zone for a reader of a language: "8 January 2027, 23:59 (East Africa Time)".

    In the notice's own zone, or in the reader's where `zone` is given.
    """
    from babel.dates import format_date, get_timezone_name

    locale = language.replace("-", "_")
    shown_zone = zone or closing.zone
    local = in_zone(closing.at, shown_zone)
    named = get_timezone_name(local, "long", locale=locale) if "/" in shown_zone else offset_name(local)
    comma = "،" if locale.startswith("ar") else ","
    return f"{format_date(local, 'long', locale=locale)}{comma} {local:%H:%M} ({named})"


def _clock_time(day: str, hour: str | None, text: str, field: str) -> datetime:
    clock: datetime | None
    try:
        clock = datetime.combine(date.fromisoformat(day), time.fromisoformat(hour) if hour else END_OF_DAY)
    except ValueError:
        clock = None
    if clock is None or clock.year not in _YEARS:
        raise Invalid(
            Sentence("There is no such day or time: “%(value)s”.", value=text.strip()[:40]),
            field=field,
            reason="bad-date",
        )
    return clock


def _with_offset(clock: datetime, offset: str, shown: str, field: str) -> Closing:
    zone = normal_zone(offset, field=field)
    at = _instant(clock, zone_of(zone))
    if shown and in_zone(at, shown).utcoffset() != zone_of(zone).utcoffset(clock):
        raise Invalid(
            Sentence("At that time %(zone)s is not at %(offset)s.", zone=shown, offset=zone),
            field=field,
            reason="bad-zone",
        )
    return Closing(at, shown or zone)


def _instant(clock: datetime, zone: tzinfo) -> datetime:
    return max(clock.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))


def _check_ahead(at: datetime, now: datetime, field: str) -> None:
    if at <= now:
        raise Invalid(Sentence("The closing date has passed."), field=field, reason="past")
    if at > now + timedelta(days=366 * MOST_YEARS_AHEAD):
        raise Invalid(
            Sentence("The closing date is more than %(years)s years ahead.", years=MOST_YEARS_AHEAD),
            field=field,
            reason="too-far",
        )


def _offset_text(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}" if minutes else "UTC"
