"""Names for people who do not want to join under their own: two words of everyday things, nobody's name."""

import secrets
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.names import check_member_name
from fediunion.db import settings_of
from fediunion.kit.errors import Invalid

_TRIES: Final = 8


def draw_pseudonym(language: str) -> str:
    """Return two words and a number, chosen at random."""
    first, second = words_of(language)
    return f"{secrets.choice(first)}_{secrets.choice(second)}_{10 + secrets.randbelow(90)}"


def suggest_pseudonyms(
    session: Session, language: str = "en", *, count: int = 4, draw: Callable[[str], str] = draw_pseudonym
) -> list[str]:
    """Return usernames that nobody has, such as "quiet_stream_38"; English ones in languages without words.

    The words are chosen at random: nothing about who asks is in them. Arabic ones are written in Latin
    letters, as usernames are.
    """
    drawn = list(dict.fromkeys(draw(language) for _ in range(count * _TRIES)))
    keys = select(Actor.username_key).where(Actor.local.is_(True), Actor.username_key.in_(drawn))
    taken = set(session.scalars(keys))
    return [name for name in drawn if name not in taken and _may_be(session, name)][:count]


def words_of(language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the first and the second words of pseudonyms in a language."""
    lists = _lists()
    return lists.get(language.partition("-")[0].lower(), lists["en"])


def _may_be(session: Session, name: str) -> bool:
    try:
        check_member_name(name, settings_of(session))
    except Invalid:
        return False
    return True


@cache
def _lists() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the lists by language: the file has a line of first and a line of second words for each."""
    text = resources.files("fediunion.members").joinpath("pseudonyms.txt").read_text("utf-8")
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    pairs = zip(lines[::2], lines[1::2], strict=True)
    return {first[0]: (tuple(first[1:]), tuple(second[1:])) for first, second in pairs}
