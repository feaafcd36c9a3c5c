"""Endpoints that are there for apps of long ago, and since when there is something better."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

_FILTERS: Final = date(2022, 11, 14)
_ENDORSEMENTS: Final = date(2025, 7, 8)

DEPRECATED: Final[Mapping[tuple[str, str], date]] = {
    ("GET", "/api/v1/accounts/:id/identity_proofs"): date(2022, 3, 30),
    ("POST", "/api/v1/accounts/:id/pin"): _ENDORSEMENTS,
    ("POST", "/api/v1/accounts/:id/unpin"): _ENDORSEMENTS,
    ("GET", "/api/v1/filters"): _FILTERS,
    ("POST", "/api/v1/filters"): _FILTERS,
    ("GET", "/api/v1/filters/:id"): _FILTERS,
    ("PUT", "/api/v1/filters/:id"): _FILTERS,
    ("DELETE", "/api/v1/filters/:id"): _FILTERS,
    ("GET", "/api/v1/instance"): date(2022, 11, 14),
    ("POST", "/api/v1/media"): date(2020, 4, 5),
    ("GET", "/api/v1/suggestions"): date(2021, 5, 16),
    ("GET", "/api/v1/timelines/direct"): date(2018, 10, 30),
}
"""The days of the releases of Mastodon whose documentation says so."""


def deprecation_header(method: str, path: str) -> tuple[tuple[bytes, bytes], ...]:
    """Return the Deprecation header of an endpoint, nothing for one that is up to date. Source: RFC 9745."""
    since = DEPRECATED.get((method, path))
    if since is None:
        return ()
    moment = datetime(since.year, since.month, since.day, tzinfo=UTC)
    return ((b"deprecation", b"@%d" % moment.timestamp()),)
