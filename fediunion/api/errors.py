"""Our errors as a client of the Mastodon API reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from fediunion.api.auth import Unauthorized
from fediunion.kit.errors import BadDocument, FediUnionError, Invalid, NotFound, TooOften
from fediunion.kit.statuses import Statuses, find_status, retry_after

RawHeaders = list[tuple[bytes, bytes]]


class BadRequest(FediUnionError):
    """The request itself cannot be read: a parameter of the wrong form, a body that is none."""

    reason = "bad-request"


class TooManyRequests(TooOften):
    """The caller asked too often; `headers` say of which limit."""

    reason = "too-many-requests"

    def __init__(
        self, message: str, *, retry_after_seconds: float, headers: RawHeaders | None = None
    ) -> None:
        super().__init__(message, retry_after_seconds=retry_after_seconds)
        self.headers = headers or []


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field: a word for programs, and a sentence."""

    code: str
    description: str

    @classmethod
    def of(cls, error: Invalid, codes: Mapping[str, str]) -> "Fault":
        """Return the fault that an error of the rules is, by the words for its reasons."""
        return cls(codes.get(error.reason, "ERR_INVALID"), str(error))


class InvalidFields(Invalid):
    """Several values cannot be used: `faults` by field."""

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        super().__init__(", ".join(f"{name}: {fault.description}" for name, fault in faults.items()))
        self.faults = faults


class UnexpectedAccounts(Invalid):
    """A post would reach others than the app said it may; `accounts` are they, as Account entities."""

    def __init__(self, message: str, accounts: Sequence[Mapping[str, object]]) -> None:
        super().__init__(message)
        self.accounts = accounts


class WrongMethod(FediUnionError):
    """The address exists, and does not take this method."""

    reason = "wrong-method"


_STATUSES: Final[Statuses] = ((BadRequest, 400), (Unauthorized, 401), (WrongMethod, 405), (BadDocument, 422))
_PARAMETERS: Final = {
    "action": "filter_action",
    "attachment_words": "media_attributes",
    "attachments": "media_ids",
    "content_warning": "spoiler_text",
    "expires_at": "expires_in",
    "poll_ends_at": "poll[expires_in]",
    "poll_options": "poll[options]",
    "post": "status",
    "post_id": "status_id",
    "posting_language": "source[language]",
    "posting_quote_policy": "source[quote_policy]",
    "posts": "status_ids",
    "profile_fields": "fields_attributes",
    "push_key": "subscription[keys][p256dh]",
    "push_secret": "subscription[keys][auth]",
    "quote": "quoted_status_id",
    "summary": "note",
}
"""What Mastodon calls the fields of our rules, where it calls them otherwise."""

_DETAIL: Final = {
    "taken": "ERR_TAKEN",
    "reserved": "ERR_RESERVED",
    "blank": "ERR_BLANK",
    "too-long": "ERR_TOO_LONG",
    "inclusion": "ERR_INCLUSION",
}


def is_known(error: FediUnionError) -> bool:
    """Return whether there is an answer; what has none is a fault of ours."""
    return find_status(error, _STATUSES) is not None


def error_answer(error: FediUnionError) -> tuple[int, bytes, RawHeaders]:
    """Return status, body and headers of the answer: `{"error": sentence}`, 422 with `details`.

    What is hidden and what never was read the same (rows O26, V23).
    Source: https://docs.joinmastodon.org/entities/Error/
    """
    status = find_status(error, _STATUSES) or 500
    headers: RawHeaders = [(b"cache-control", b"no-store")]
    if isinstance(error, NotFound):
        return status, b'{"error":"Record not found"}', headers
    body: dict[str, object] = {"error": str(error)}
    if isinstance(error, UnexpectedAccounts):
        body["unexpected_accounts"] = error.accounts
    elif isinstance(error, Invalid):
        body["error"] = f"Validation failed: {error}"
        if isinstance(error, InvalidFields):
            body["details"] = {
                name: [{"error": fault.code, "description": fault.description}]
                for name, fault in error.faults.items()
            }
        elif error.field:
            detail = {"error": _DETAIL.get(error.reason, "ERR_INVALID"), "description": str(error)}
            body["details"] = {_PARAMETERS.get(error.field, error.field): [detail]}
    if isinstance(error, Unauthorized):
        headers.append((b"www-authenticate", b'Bearer realm="FediUnion"'))
    headers += retry_after(error, status)
    if isinstance(error, TooManyRequests):
        headers += error.headers
    return status, orjson.dumps(body), headers
