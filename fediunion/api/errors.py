"""The table from our errors to what a client of the Mastodon API reads."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from fediunion.api.auth import Unauthorized
from fediunion.kit.errors import (
    BadDocument,
    FediUnionError,
    Gone,
    Invalid,
    NotAllowed,
    NotFound,
    Refused,
    TooLarge,
    Unavailable,
    Unreachable,
)
from fediunion.members.attempts import TooManyAttempts

RawHeaders = list[tuple[bytes, bytes]]


class BadRequest(FediUnionError):
    """The request itself cannot be read: a parameter of the wrong form, a body that is none."""

    reason = "bad-request"


class TooManyRequests(FediUnionError):
    """The caller asked too often; `retry_after_seconds` says when to come back, `headers` of which limit."""

    reason = "too-many-requests"

    def __init__(
        self, message: str, *, retry_after_seconds: float, headers: RawHeaders | None = None
    ) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
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


class WrongMethod(FediUnionError):
    """The address exists, and does not take this method."""

    reason = "wrong-method"


_STATUSES: Final[tuple[tuple[type[FediUnionError], int], ...]] = (
    (BadRequest, 400),
    (Unauthorized, 401),
    (NotAllowed, 403),
    (NotFound, 404),
    (WrongMethod, 405),
    (Gone, 410),
    (TooLarge, 413),
    (Invalid, 422),
    (Refused, 422),
    (BadDocument, 422),
    (TooManyRequests, 429),
    (TooManyAttempts, 429),
    (Unavailable, 503),
    (Unreachable, 503),
)
_RETRY_AFTER_SECONDS: Final = 30
_DETAIL: Final = {
    "taken": "ERR_TAKEN",
    "reserved": "ERR_RESERVED",
    "blank": "ERR_BLANK",
    "too-long": "ERR_TOO_LONG",
    "inclusion": "ERR_INCLUSION",
}


def is_known(error: FediUnionError) -> bool:
    """Return whether the table has an answer; what it does not know is a fault of ours."""
    return any(isinstance(error, kind) for kind, _ in _STATUSES)


def error_answer(error: FediUnionError) -> tuple[int, bytes, RawHeaders]:
    """Return status, body and headers of the answer: `{"error": sentence}`, 422 with `details`.

    What is hidden and what never was read the same (rows O26, V23).
    Source: https://docs.joinmastodon.org/entities/Error/
    """
    status = next(code for kind, code in _STATUSES if isinstance(error, kind))
    headers: RawHeaders = [(b"cache-control", b"no-store")]
    if isinstance(error, NotFound):
        return status, b'{"error":"Record not found"}', headers
    body: dict[str, object] = {"error": str(error)}
    if isinstance(error, Invalid):
        body["error"] = f"Validation failed: {error}"
        if isinstance(error, InvalidFields):
            body["details"] = {
                name: [{"error": fault.code, "description": fault.description}]
                for name, fault in error.faults.items()
            }
        elif error.field:
            detail = {"error": _DETAIL.get(error.reason, "ERR_INVALID"), "description": str(error)}
            body["details"] = {error.field: [detail]}
    if status == 401:
        headers.append((b"www-authenticate", b'Bearer realm="FediUnion"'))
    if status in (429, 503):
        seconds = getattr(error, "retry_after_seconds", None) or _RETRY_AFTER_SECONDS
        headers.append((b"retry-after", b"%d" % max(1, math.ceil(seconds))))
    if isinstance(error, TooManyRequests):
        headers += error.headers
    return status, orjson.dumps(body), headers
