"""ISCO-08, the International Standard Classification of Occupations: its codes and titles.

Ten major groups (1 digit), 43 sub-major (2), 130 minor (3) and 436 unit groups (4). Source: lists/README.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.kit.words import folded_words

LIST: Final = Path(__file__).parent / "lists" / "isco-08.tsv"
MOST_FOUND: Final = 20


@dataclass(frozen=True, slots=True)
class Occupation:
    """A group of occupations: `code` has 1 to 4 digits; `parents` are the wider groups."""

    code: str
    title: str
    title_fr: str

    @property
    def parents(self) -> tuple[str, ...]:
        """Return the codes of the groups that this one is part of: `2611` → `2`, `26`, `261`."""
        return tuple(self.code[:length] for length in range(1, len(self.code)))

    def title_in(self, language: str) -> str:
        """Return the title in French for `fr`, else in English."""
        return self.title_fr if language.partition("-")[0] == "fr" else self.title


def occupation(code: str) -> Occupation | None:
    """Return the group of that code; None where there is none."""
    return _groups().get(code.strip())


def all_occupations() -> tuple[Occupation, ...]:
    """Return every group, by code."""
    return tuple(_groups().values())


def is_prefix(text: str) -> bool:
    """Return whether a search by this finds anything: it is the code of a group, of 1 to 4 digits."""
    return text in _groups()


def read_occupation(text: str, *, field: str = "isco") -> Occupation:
    """Return the group that a code or an exact title names (`2611`, `Lawyers`, `Avocats`); else Invalid."""
    found = occupation(text) or _by_title().get(folded_words(text))
    if found is None:
        raise Invalid(
            Sentence("ISCO-08 has no group “%(value)s”.", value=text.strip()[:40]),
            field=field,
            reason="unknown",
        )
    return found


def search(words: str, *, limit: int = MOST_FOUND) -> tuple[Occupation, ...]:
    """Return the groups whose title, English or French, has words that begin like all of these, or the code.

    Unit groups come first, then the wider ones; among them by code. An empty text finds nothing.
    """
    asked = folded_words(words).split()
    if not asked:
        return ()
    if len(asked) == 1 and asked[0].isdigit():
        found = [group for group in _groups().values() if group.code.startswith(asked[0])]
    else:
        found = [
            _groups()[code] for code, titles in _words().items() if any(_has(each, asked) for each in titles)
        ]
    return tuple(sorted(found, key=lambda group: (-len(group.code), group.code))[:limit])


def _has(title: Sequence[str], asked: Sequence[str]) -> bool:
    return all(any(word.startswith(part) for word in title) for part in asked)


@cache
def _groups() -> Mapping[str, Occupation]:
    lines = LIST.read_text("utf-8").splitlines()
    groups = (Occupation(*line.split("\t")) for line in lines)
    return {group.code: group for group in groups}


@cache
def _words() -> Mapping[str, tuple[Sequence[str], ...]]:
    """The folded words of the titles of each code."""
    return {
        group.code: tuple(folded_words(title).split() for title in (group.title, group.title_fr))
        for group in _groups().values()
    }


@cache
def _by_title() -> Mapping[str, Occupation]:
    """Every title, folded; where a group and the only one in it have the same, it is the narrower."""
    titles: dict[str, Occupation] = {}
    for group in _groups().values():
        titles[folded_words(group.title)] = group
        titles[folded_words(group.title_fr)] = group
    return titles
