"""How old a signature may be, and the date format of HTTP."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from fediunion.kit.errors import BadSignature

MAX_AGE_SECONDS: Final = 12 * 3600
MAX_FUTURE_SECONDS: Final = 3600
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NUMBERS: Final = {name: number for number, name in enumerate(_MONTHS, start=1)}
_LONGEST_DATE: Final = 40


def http_date(moment: datetime) -> str:
    """Return `moment` as `Tue, 20 Apr 2021 02:07:55 GMT`.

    Source: RFC 9110 section 5.6.7, IMF-fixdate.
    """
    utc = moment.astimezone(UTC)
    clock = f"{utc.hour:02}:{utc.minute:02}:{utc.second:02}"
    return f"{_DAYS[utc.weekday()]}, {utc.day:02} {_MONTHS[utc.month - 1]} {utc.year:04} {clock} GMT"


def parse_http_date(text: str) -> datetime:
    """Return the instant that a Date header names; raise BadSignature ("date-unreadable") for none."""
    try:
        if len(text) == 29 and text.endswith(" GMT"):
            hour, minute, second = text[17:25].split(":")
            month = _MONTH_NUMBERS[text[8:11]]
            return datetime(
                int(text[12:16]), month, int(text[5:7]), int(hour), int(minute), int(second), tzinfo=UTC
            )
        if not text or len(text) > _LONGEST_DATE:
            raise ValueError("no date")
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise BadSignature("The Date header names no instant", reason="date-unreadable") from error


def check_age(signed_at: float, now: float) -> None:
    """Raise BadSignature ("date-skew") unless `signed_at` is at most 12 hours past and 1 hour ahead.

    Both are seconds since 1970. The window is Mastodon's (`signed_request.rb`).
    """
    if now - signed_at > MAX_AGE_SECONDS:
        raise BadSignature("The signature is older than 12 hours", reason="date-skew")
    if signed_at - now > MAX_FUTURE_SECONDS:
        raise BadSignature("The signature is dated more than an hour ahead", reason="date-skew")


def check_not_expired(expires: float | None, now: float) -> None:
    """Raise BadSignature ("expired") where `expires`, in seconds since 1970, has passed."""
    if expires is not None and expires < now:
        raise BadSignature("The signature has expired", reason="expired")
