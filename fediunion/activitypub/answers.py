"""What other servers' answers mean: refusals, redirects, and when to come back."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final, NoReturn
from urllib.parse import urljoin

from fediunion.activitypub.transport import RawResponse
from fediunion.kit.errors import (
    PASSING_STATUSES,
    AddressRefused,
    BadDocument,
    Gone,
    NotFound,
    Unreachable,
)
from fediunion.kit.urls import RemoteUrl, parse_remote_url

RETRY_AFTER_SECONDS: Final = (1.0, 86_400.0)


def raise_for_status(response: RawResponse, target: RemoteUrl, now: datetime) -> NoReturn:
    """Raise what a status means that is no success: NotFound, Gone, Unreachable, BadDocument."""
    status, where = response.status, target.text
    if status == 404:
        raise NotFound(f"{where} does not exist")
    if status == 410:
        raise Gone(f"{where} was deleted")
    if status >= 500 or status in PASSING_STATUSES:
        raise Unreachable(
            f"{where} answered {status}",
            status=status,
            retry_after_seconds=parse_retry_after(response.headers.get("Retry-After"), now),
            reason="http-5xx" if status >= 500 else f"http-{status}",
        )
    if status >= 400:
        raise Unreachable(f"{where} answered {status}", status=status, reason="http-4xx")
    raise BadDocument(f"{where} answered {status}", reason="unexpected-status")


def parse_retry_after(text: str | None, now: datetime) -> float | None:
    """Return the seconds to wait that a `Retry-After` header asks for, within [1 s, 24 h].

    None where there is no header or it is neither seconds nor an HTTP date.
    Source: RFC 9110 section 10.2.3.
    """
    text = (text or "").strip()
    try:
        # A bare number of any length or sign, else a date.
        seconds = float(text) if text.lstrip("+-").isdecimal() else _seconds_until_date(text, now)
    except (ValueError, TypeError, OverflowError):
        return None
    shortest, longest = RETRY_AFTER_SECONDS
    return min(max(seconds, shortest), longest)


def _seconds_until_date(text: str, now: datetime) -> float:
    moment = parsedate_to_datetime(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=now.tzinfo)
    return (moment - now).total_seconds()


def redirect_target(response: RawResponse, source: RemoteUrl) -> RemoteUrl:
    """Return where an answer of `source` sends us. Raises BadDocument, AddressRefused (not even https)."""
    location = response.headers.get("Location", "").strip()
    if not location:
        raise BadDocument(f"{source.text} redirects nowhere", reason="unexpected-status")
    scheme, colon, rest = location.partition(":")
    if colon and scheme.isalpha() and not rest.startswith("//"):
        raise AddressRefused(f"{source.text} redirects to another scheme", reason="scheme-refused")
    try:
        target = parse_remote_url(urljoin(source.text, location))
    except ValueError as error:
        raise BadDocument(f"{source.text} redirects to no address") from error
    if source.scheme == "https" and target.scheme != "https":
        raise AddressRefused(f"{source.text} redirects away from https", reason="scheme-refused")
    return target
