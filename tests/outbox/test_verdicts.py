"""What answers mean."""

from datetime import UTC, datetime

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from fediunion.activitypub.transport import RawResponse
from fediunion.kit.errors import NAME_REFUSED, AddressRefused, BadDocument, Unreachable
from fediunion.outbox.verdicts import HostSign, Outcome, verdict_of_answer, verdict_of_failure

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def _answer(status: int, **headers: str) -> RawResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return RawResponse(status, CIMultiDictProxy(CIMultiDict(named)), b"")


@pytest.mark.parametrize(
    ("status", "outcome", "sign"),
    [
        (200, Outcome.DELIVERED, HostSign.WELL),
        (201, Outcome.DELIVERED, HostSign.WELL),
        (202, Outcome.DELIVERED, HostSign.WELL),
        (204, Outcome.DELIVERED, HostSign.WELL),
        (301, Outcome.RETRY, HostSign.ANSWERS),
        (304, Outcome.RETRY, HostSign.ANSWERS),
        (400, Outcome.REFUSED, HostSign.ANSWERS),
        (401, Outcome.RETRY, HostSign.ANSWERS),
        (403, Outcome.RETRY, HostSign.ANSWERS),
        (404, Outcome.NOT_FOUND, HostSign.ANSWERS),
        (405, Outcome.REFUSED, HostSign.ANSWERS),
        (408, Outcome.RETRY, HostSign.ANSWERS),
        (410, Outcome.GONE, HostSign.ANSWERS),
        (413, Outcome.REFUSED, HostSign.ANSWERS),
        (422, Outcome.REFUSED, HostSign.ANSWERS),
        (429, Outcome.RETRY, HostSign.PAUSE),
        (500, Outcome.RETRY, HostSign.FAILED),
        (502, Outcome.RETRY, HostSign.FAILED),
        (503, Outcome.RETRY, HostSign.FAILED),
        (504, Outcome.RETRY, HostSign.FAILED),
        (521, Outcome.RETRY, HostSign.FAILED),
    ],
)
def test_L14_L16_each_status_has_its_meaning(status: int, outcome: Outcome, sign: HostSign) -> None:
    verdict = verdict_of_answer(_answer(status), NOW)
    assert (verdict.outcome, verdict.host_sign, verdict.status) == (outcome, sign, status)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120.0),
        ("0", 1.0),
        ("-5", 1.0),
        ("1000000000", 86_400.0),
        ("9" * 400, 86_400.0),
        ("Mon, 02 Mar 2026 09:10:00 GMT", 600.0),
        ("Mon, 02 Mar 2020 09:10:00 GMT", 1.0),
        ("Mon, 02 Mar 2036 09:10:00 GMT", 86_400.0),
    ],
)
def test_L15_retry_after_is_honoured_within_a_second_and_a_day(
    status: int, asked: str, seconds: float
) -> None:
    verdict = verdict_of_answer(_answer(status, Retry_After=asked), NOW)
    assert verdict.host_sign is HostSign.PAUSE
    assert verdict.pause_seconds == seconds


@pytest.mark.parametrize("asked", ["soon", "", "12 parsecs"])
def test_L15_a_retry_after_that_says_nothing_is_as_none(asked: str) -> None:
    assert verdict_of_answer(_answer(429, Retry_After=asked), NOW).pause_seconds is None
    assert verdict_of_answer(_answer(503, Retry_After=asked), NOW).host_sign is HostSign.FAILED


@pytest.mark.parametrize(
    "reason", ["timeout", "name-not-found", "tls-failed", "connection-failed", "broken-answer"]
)
def test_L17_every_failure_of_the_network_is_retried(reason: str) -> None:
    verdict = verdict_of_failure(Unreachable("away", reason=reason))
    assert verdict.outcome is Outcome.RETRY
    assert verdict.host_sign is (HostSign.SILENT if reason == "timeout" else HostSign.FAILED)


def test_L17_a_name_that_leads_to_a_private_address_for_a_while_loses_nothing() -> None:
    verdict = verdict_of_failure(AddressRefused("private", reason=NAME_REFUSED))
    assert (verdict.outcome, verdict.host_sign) == (Outcome.RETRY, HostSign.FAILED)


@pytest.mark.parametrize("failure", [AddressRefused("private"), BadDocument("no address")])
def test_a_forbidden_address_is_a_dead_letter_at_once(failure: Exception) -> None:
    assert verdict_of_failure(failure).outcome is Outcome.REFUSED


def test_a_fault_of_ours_is_retried_and_not_held_against_the_server() -> None:
    verdict = verdict_of_failure(ZeroDivisionError())
    assert (verdict.outcome, verdict.host_sign) == (Outcome.RETRY, HostSign.NOTHING)
    assert verdict.error == "could not be sent: ZeroDivisionError"
