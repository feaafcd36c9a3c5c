"""Tests of the table from errors to HTTP statuses."""

from fediunion.kit.errors import AddressRefused, BadConfiguration, Invalid, TooOften, Unavailable, Unreachable
from fediunion.kit.statuses import find_status, retry_after


def test_an_error_has_the_status_of_the_kind_that_it_is_of() -> None:
    assert find_status(AddressRefused("It is our own network.")) == 503
    assert find_status(BadConfiguration("The key is unknown.")) is None
    assert find_status(RuntimeError("unforeseen")) is None


def test_what_a_door_says_otherwise_goes_before_the_table() -> None:
    assert find_status(Invalid("Too long.")) == 422
    assert find_status(Invalid("Too long."), [(Invalid, 400)]) == 400
    assert find_status(TooOften("Later.", retry_after_seconds=1), [(Invalid, 400)]) == 429


def test_nobody_is_told_to_come_back_before_the_time() -> None:
    soon, asked = TooOften("Later.", retry_after_seconds=0.2), TooOften("Later.", retry_after_seconds=59.1)
    assert retry_after(soon, 429) == [(b"retry-after", b"1")]
    assert retry_after(asked, 429) == [(b"retry-after", b"60")]
    assert retry_after(Unavailable("Locked."), 503) == [(b"retry-after", b"30")]
    assert retry_after(Unreachable("No answer."), 503, 60) == [(b"retry-after", b"60")]
    assert retry_after(Invalid("Too long."), 422) == []
