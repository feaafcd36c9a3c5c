"""What an answer to a delivery means: for the delivery, and for the server that gave it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from fediunion.activitypub.answers import parse_retry_after
from fediunion.activitypub.transport import RawResponse
from fediunion.kit.errors import NAME_REFUSED, AddressRefused, BadDocument, FediUnionError, Unreachable


class Outcome(StrEnum):
    """What becomes of the delivery."""

    DELIVERED = "delivered"
    RETRY = "retry"
    NOT_FOUND = "not-found"
    GONE = "gone"
    REFUSED = "refused"


class HostSign(StrEnum):
    """What the answer says about the server as a whole.

    CUT_OFF is what no answer becomes while nobody at all answers: the fault is likely ours (L33).
    """

    WELL = "well"
    ANSWERS = "answers"
    PAUSE = "pause"
    FAILED = "failed"
    SILENT = "silent"
    CUT_OFF = "cut-off"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judged try: `pause_seconds` replaces the schedule's wait, where the server asked for a pause.

    `error` is a short sentence for operators.
    """

    outcome: Outcome
    host_sign: HostSign
    status: int | None = None
    error: str | None = None
    pause_seconds: float | None = None

    @property
    def is_unanswered(self) -> bool:
        """Whether the server could not be reached, or said nothing."""
        return self.status is None and self.host_sign in (HostSign.FAILED, HostSign.SILENT)


_RETRIED: Final = frozenset({401, 403, 408, 425})


def verdict_of_answer(response: RawResponse, now: datetime) -> Verdict:
    """Return what an HTTP answer means. Source: rows L14, L15, L16.

    2xx delivered · 410 gone · 404 three times · 429, and 503 with Retry-After, a pause of the whole
    server · 401, 403, 408, 425, 3xx, 5xx later again · every other 4xx refused for good.
    """
    status = response.status
    error = f"answered {status}"
    if 200 <= status < 300:
        return Verdict(Outcome.DELIVERED, HostSign.WELL, status)
    if status in (429, 503):
        pause = parse_retry_after(response.headers.get("Retry-After"), now)
        if pause is not None or status == 429:
            return Verdict(Outcome.RETRY, HostSign.PAUSE, status, error, pause)
    if status >= 500 or status < 200:
        return Verdict(Outcome.RETRY, HostSign.FAILED, status, error)
    if status == 404:
        return Verdict(Outcome.NOT_FOUND, HostSign.ANSWERS, status, error)
    if status == 410:
        return Verdict(Outcome.GONE, HostSign.ANSWERS, status, "the inbox is gone")
    if status < 400 or status in _RETRIED:
        return Verdict(Outcome.RETRY, HostSign.ANSWERS, status, error)
    return Verdict(Outcome.REFUSED, HostSign.ANSWERS, status, error)


def verdict_of_failure(failure: Exception) -> Verdict:
    """Return what it means that there was no answer: passing, unless the address itself is forbidden.

    DNS, TLS and connection failures are all retried: certificates expire at week-ends (L17), and a name
    that leads to a private address now may have done so for an hour only.
    """
    if isinstance(failure, BadDocument) or (
        isinstance(failure, AddressRefused) and failure.reason != NAME_REFUSED
    ):
        return Verdict(Outcome.REFUSED, HostSign.NOTHING, error=str(failure))
    if isinstance(failure, Unreachable):
        sign = HostSign.SILENT if failure.reason == "timeout" else HostSign.FAILED
        return Verdict(Outcome.RETRY, sign, error=str(failure))
    # A fault of ours must neither lose the delivery nor be held against the server.
    name = failure.reason if isinstance(failure, FediUnionError) else type(failure).__name__
    return Verdict(Outcome.RETRY, HostSign.NOTHING, error=f"could not be sent: {name}")
