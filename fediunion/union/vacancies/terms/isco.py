"""ISCO-08, the International Standard Classification of Occupations: its codes and titles.

Ten major groups (1 digit), 43 sub-major (2), 130 minor (3) and 436 unit groups (4). Source: lists/README.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

LIST: Final = Path(__file__).parent / "lists" / "isco-08.tsv"


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


@cache
def _groups() -> Mapping[str, Occupation]:
    lines = LIST.read_text("utf-8").splitlines()
    groups = (Occupation(*line.split("\t")) for line in lines)
    return {group.code: group for group in groups}
