"""Passwords: which are good enough, and hashing them without letting that fill the machine."""

import asyncio
import unicodedata
from functools import cache
from importlib import resources
from typing import Final

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from fediunion.kit.errors import Invalid, Unavailable
from fediunion.kit.sentences import Sentence
from fediunion.world import World

SHORTEST: Final = 12
LONGEST_BYTES: Final = 4096
_FEWEST_CHARACTERS: Final = 5
_AT_ONCE: Final = 2
_MOST_WAITING: Final = 100
# Of a password that nobody knows: checked where there is no account, so that it takes the same time.
_NOBODY: Final = (
    "$argon2id$v=19$m=65536,t=3,p=1$aQUfIBQNm6kl1YPrdKAiIw$EfGZm3bTakM4vy9RQTOUh17mJVz+UobMSv5FkQWnpCY"
)


def check_password(text: str, *, username: str = "", email: str = "") -> str:
    """Return the password in the one form (NFKC) that is hashed; raise Invalid where it may not be one.

    At least 12 characters and at most 4096 bytes, none of them a control character; not the name or
    the address of the member, not among those that are tried first, not one unit said again.
    """
    if len(text) > LONGEST_BYTES or len(text.encode("utf-8", "replace")) > LONGEST_BYTES:
        raise _bad(Sentence("A password has at most %(most)s bytes.", most=LONGEST_BYTES))
    password = normalise_password(text)
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in password):
        raise _bad(Sentence("A password has no control characters."))
    if len(password) < SHORTEST:
        raise _bad(Sentence("A password has at least %(fewest)s characters.", fewest=SHORTEST))
    folded = password.casefold()
    if folded in {username.casefold(), email.casefold(), email.partition("@")[0].casefold()}:
        raise _bad(Sentence("The password is the name or the address."))
    if len(set(folded)) < _FEWEST_CHARACTERS or _unit(folded) in _common() or folded in _common():
        raise _bad(Sentence("This password is among the first that are tried."))
    return password


def normalise_password(text: str) -> str:
    """Return the form in which a password is hashed and compared: NFKC, as keyboards differ."""
    return unicodedata.normalize("NFKC", text)


class Passwords:
    """Hashes and checks, two at a time in threads, as each takes 64 MiB; one object for an instance.

    argon2id with 64 MiB, three passes, one lane: https://www.rfc-editor.org/rfc/rfc9106 section 4.
    """

    def __init__(self, *, most_waiting: int = _MOST_WAITING) -> None:
        self._hasher = argon2.PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._most_waiting = most_waiting
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """Return the hash of a password that `check_password` returned. Raises Unavailable in a rush."""
        await self._take_place()
        try:
            return await asyncio.to_thread(self._hasher.hash, password)
        finally:
            self._places.release()

    async def verify(self, stored: str | None, text: str) -> bool:
        """Return whether `text` is the password of that hash.

        It takes as long where there is none (row W08). Raises Unavailable in a rush.
        """
        usable = len(text.encode("utf-8", "replace")) <= LONGEST_BYTES
        password = normalise_password(text) if usable else ""
        await self._take_place()
        try:
            right = await asyncio.to_thread(self._is_right, stored or _NOBODY, password)
        finally:
            self._places.release()
        return right and usable and stored is not None

    async def _take_place(self) -> None:
        if self._waiting >= self._most_waiting:
            raise Unavailable("too many log in at this moment")
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1

    def _is_right(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def make_passwords(_: World) -> Passwords:
    """Return the hashing of an instance, for `world.part(make_passwords)`."""
    return Passwords()


def hash_password(password: str) -> str:
    """Return the hash of a password that `check_password` returned; for commands, not for the server."""
    return argon2.PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1).hash(password)


@cache
def _common() -> frozenset[str]:
    text = resources.files("fediunion.members").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and line[0] != "#")


def _unit(text: str) -> str:
    """Return the shortest beginning that, said again and again, is the text, without digits at the end."""
    for length in range(1, len(text) // 2 + 1):
        if len(text) % length == 0 and text[:length] * (len(text) // length) == text:
            text = text[:length]
            break
    return text.rstrip("0123456789!.?*#$ ")


def _bad(sentence: Sentence) -> Invalid:
    return Invalid(sentence, field="password", reason="bad-password")
