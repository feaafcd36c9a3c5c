"""Passwords: which are refused, and that hashing them is right and bounded."""

import asyncio
from typing import Literal

import argon2
import pytest

from fediunion.kit.errors import Invalid, Unavailable
from fediunion.members.passwords import LONGEST_BYTES, Passwords, check_password, hash_password
from tests.calls import counted_calls

GOOD = "a quiet heron on the roof"


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(most_waiting=3)


@pytest.mark.parametrize(
    "text",
    [
        "short",
        "elevenchars",
        "password1234",
        "Password2026!!!",
        "passwordpassword",
        "qwertyuiop12",
        "123456789012",
        "aaaaaaaaaaaaaa",
        "abababababab",
        "solidarityforever",
        "has a\x00NUL in the middle",
        "has a\ttab in the middle",
        "x" * (LONGEST_BYTES + 1),
        "lone \udc80 surrogate here",
        "ｐａｓｓｗｏｒｄ１２３４",
    ],
)
def test_W22_weak_broken_and_endless_passwords_are_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_password(text)
    assert caught.value.field == "password"


def test_W22_a_megabyte_is_refused_by_its_length() -> None:
    with counted_calls() as calls, pytest.raises(Invalid):
        check_password("é" * 1_000_000)
    assert calls["check_password"] == 1
    assert calls["str.encode"] == calls["normalize"] == calls["category"] == 0


@pytest.mark.parametrize("text", ["Blue-Heron-2026", "blue-heron-2026@union.test"])
def test_W22_the_name_and_the_address_are_no_passwords(text: str) -> None:
    with pytest.raises(Invalid):
        check_password(text, username="blue-heron-2026", email="blue-heron-2026@union.test")


def test_a_password_of_words_in_any_script_is_fine() -> None:
    assert check_password(GOOD) == GOOD
    assert check_password("солидарность и чай")
    assert len(check_password("x1y2z3w4" * 512)) == LONGEST_BYTES


async def test_W22_forms_of_one_text_are_one_password_and_every_byte_counts(passwords: Passwords) -> None:
    composed, decomposed = "caf\u00e9 au lait et th\u00e9", "cafe\u0301 au lait et the\u0301"
    stored = await passwords.hash(check_password(composed))
    assert await passwords.verify(stored, decomposed)
    assert not await passwords.verify(stored, composed + "x")
    long = "a quiet heron " * 10
    stored = await passwords.hash(check_password(long + "1"))
    assert await passwords.verify(stored, long + "1")
    assert not await passwords.verify(stored, long + "2")


async def test_hashes_are_argon2id_with_64_MiB(passwords: Passwords) -> None:
    stored = await passwords.hash(GOOD)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert await passwords.verify(hash_password(GOOD), GOOD)


async def test_W08_where_there_is_no_account_as_much_is_computed(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = await passwords.hash(GOOD)
    computed: list[tuple[argon2.Parameters, str | bytes]] = []
    verify = argon2.PasswordHasher.verify

    def noting(hasher: argon2.PasswordHasher, encoded: str, password: str | bytes) -> Literal[True]:
        computed.append((argon2.extract_parameters(encoded), password))
        return verify(hasher, encoded, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", noting)
    for known in (stored, None):
        assert not await passwords.verify(known, "another password")
    with_account, without_account = computed
    assert with_account == without_account


@pytest.mark.parametrize("stored", [None, "", "nonsense", "$argon2id$v=19$m=65536"])
async def test_a_hash_that_is_none_fits_no_password(passwords: Passwords, stored: str | None) -> None:
    assert not await passwords.verify(stored, GOOD)
    assert not await passwords.verify(stored, "x" * 1_000_000)


async def test_a_rush_is_refused_instead_of_filling_the_machine(passwords: Passwords) -> None:
    outcomes = await asyncio.gather(
        *(passwords.verify(None, "x" * 5000) for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(outcome, Unavailable) for outcome in outcomes) == 3
