"""Numbers for new things sort by time and do not collide."""

from datetime import UTC, datetime, timedelta

import pytest

from fediunion.kit.ids import new_id, new_slug, new_token


def test_numbers_grow_within_a_process() -> None:
    numbers = [new_id() for _ in range(5_000)]
    assert numbers == sorted(set(numbers))


def test_numbers_for_a_moment_sort_by_that_moment() -> None:
    moment = datetime(2026, 11, 22, 9, tzinfo=UTC)
    earlier, later = new_id(moment - timedelta(seconds=1)), new_id(moment + timedelta(seconds=1))
    assert earlier < new_id(moment) < later


@pytest.mark.parametrize("microsecond", [0, 500_000], ids=["whole second", "within a second"])
def test_a_hundred_thousand_posts_of_one_moment_do_not_collide_and_stay_in_their_order(
    microsecond: int,
) -> None:
    moment = datetime(2026, 11, 22, 9, microsecond=microsecond, tzinfo=UTC)
    numbers = [new_id(moment) for _ in range(100_000)]
    assert numbers == sorted(set(numbers))


def test_a_number_fits_into_63_bits_and_one_before_1970_is_not_negative() -> None:
    assert 0 <= new_id(datetime(1, 1, 1, tzinfo=UTC)) < new_id(datetime(2400, 12, 31, tzinfo=UTC)) < 2**63


def test_slugs_and_tokens_are_never_the_same() -> None:
    assert len({new_slug() for _ in range(1_000)} | {new_token() for _ in range(1_000)}) == 2_000


def test_no_token_is_read_as_an_option_by_a_program() -> None:
    assert not any(new_token().startswith("-") for _ in range(2_000))
