"""Grades of international organisations in one spelling each.

Source of the systems and their ranges: the grade pattern of JobPosting's `fu:grade`
(USG … D-2, P, FS, G, NO, S, TC, ICA, PSA, UNV, INTERN of the United Nations; AD, AST, AST/SC, FG of the
institutions of the European Union; A, B, C, L of the coordinated organisations).
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.terms.keys import choice_key

MOST_CHARACTERS: Final = 60


class Band(StrEnum):
    """The category that a grade belongs to: what one searches by when the exact grade does not matter."""

    SENIOR = "senior"
    DIRECTOR = "director"
    PROFESSIONAL = "professional"
    FIELD_SERVICE = "field-service"
    GENERAL_SERVICE = "general-service"
    NATIONAL = "national"
    SECURITY = "security"
    TRADES = "trades"
    CONTRACTOR = "contractor"
    SERVICE_AGREEMENT = "service-agreement"
    VOLUNTEER = "volunteer"
    INTERN = "intern"
    EU_ADMINISTRATOR = "eu-administrator"
    EU_ASSISTANT = "eu-assistant"
    EU_SECRETARY = "eu-secretary"
    EU_CONTRACT = "eu-contract"
    COORDINATED = "coordinated"


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade: `text` in its one spelling (`P-3`, `NO-B`, `AD7`, `FG IV`), or as written where unmatched.

    `band` is None and `level` 0 for an unmatched one; `level` counts within the band, upwards.
    """

    text: str
    band: Band | None = None
    level: int = 0

    @property
    def matched(self) -> bool:
        """Whether this is a grade of a system that we know."""
        return self.band is not None

    @property
    def key(self) -> str:
        """Return what two grades are compared by, in any case."""
        return self.text.casefold()


@dataclass(frozen=True, slots=True)
class _System:
    """How the grades of one system are read and written; `levels` are the allowed ones, in order."""

    pattern: re.Pattern[str]
    written: str
    band: Band
    levels: tuple[str, ...] = ("",)


def _numbers(first: int, last: int) -> tuple[str, ...]:
    return tuple(str(each) for each in range(first, last + 1))


def _system(letters: str, written: str, band: Band, levels: tuple[str, ...] = ("",)) -> _System:
    return _System(
        re.compile(letters + (r"[ -]?0?([0-9A-Z]{1,3})" if levels != ("",) else "()")), written, band, levels
    )


_SYSTEMS: Final = (
    _System(re.compile("(ASG|USG)"), "{}", Band.SENIOR, ("ASG", "USG")),
    _system("D", "D-{}", Band.DIRECTOR, _numbers(1, 2)),
    _system("P", "P-{}", Band.PROFESSIONAL, _numbers(1, 7)),
    _system("FS", "FS-{}", Band.FIELD_SERVICE, _numbers(1, 7)),
    _system("GS?", "G-{}", Band.GENERAL_SERVICE, _numbers(1, 7)),
    _system("NO", "NO-{}", Band.NATIONAL, ("A", "B", "C", "D", "E")),
    _system("S", "S-{}", Band.SECURITY, _numbers(1, 7)),
    _system("TC", "TC-{}", Band.TRADES, _numbers(1, 8)),
    _system("IICA", "IICA-{}", Band.CONTRACTOR, _numbers(1, 4)),
    _system("LICA", "LICA-{}", Band.CONTRACTOR, _numbers(1, 4)),
    _system("NPSA", "NPSA-{}", Band.SERVICE_AGREEMENT, _numbers(1, 13)),
    _system("IPSA", "IPSA-{}", Band.SERVICE_AGREEMENT, _numbers(1, 13)),
    _system("UNV", "UNV", Band.VOLUNTEER),
    _system("INTERN", "INTERN", Band.INTERN),
    _system("AD", "AD{}", Band.EU_ADMINISTRATOR, _numbers(5, 16)),
    _system("AST ?/ ?SC", "AST/SC{}", Band.EU_SECRETARY, _numbers(1, 6)),
    _system("AST", "AST{}", Band.EU_ASSISTANT, _numbers(1, 11)),
    _system("FG", "FG {}", Band.EU_CONTRACT, ("I", "II", "III", "IV")),
    _system("A", "A{}", Band.COORDINATED, _numbers(1, 7)),
    _system("B", "B{}", Band.COORDINATED, _numbers(1, 7)),
    _system("C", "C{}", Band.COORDINATED, _numbers(1, 7)),
    # L4 is a linguist; L-4 with a dash is a project post of the United Nations, which the pattern has not.
    _System(re.compile("L ?([1-7])"), "L{}", Band.COORDINATED, _numbers(1, 7)),
)
_ELSEWHERE: Final = (
    Band.EU_ADMINISTRATOR,
    Band.EU_ASSISTANT,
    Band.EU_SECRETARY,
    Band.EU_CONTRACT,
    Band.COORDINATED,
    Band.INTERN,
)
_DASHES: Final = re.compile(r"\s*[‐‑‒–—―−﹣－-]+\s*")
_BLANKS: Final = re.compile(r"\s+")


def normal_grade(text: str, *, field: str = "grade") -> Grade | None:
    """Return the grade that somebody wrote; None for an empty text.

    `P3`, `p 3`, `P–3` → `P-3`; `NOB` → `NO-B`; `GS5` → `G-5`; `AD 7` → `AD7`; `FGIV`, `FG 4` → `FG IV`.
    What is in no system that we know is kept as written, unmatched. Longer than 60 characters: Invalid.
    """
    shown = _BLANKS.sub(" ", _without_control(unicodedata.normalize("NFKC", text[:1000]))).strip()
    if not shown:
        return None
    if len(shown) > MOST_CHARACTERS:
        raise Invalid(
            Sentence("A grade has at most %(most)s characters.", most=MOST_CHARACTERS),
            field=field,
            reason="too-long",
        )
    written = _DASHES.sub("-", shown).upper()
    for system in _SYSTEMS:
        match = system.pattern.fullmatch(written)
        if match is None:
            continue
        level = _arabic_to_roman(match[1]) if system.band is Band.EU_CONTRACT else match[1]
        if level in system.levels:
            rank = int(level) if level.isdigit() else system.levels.index(level) + 1
            return Grade(system.written.format(level), system.band, rank)
    return Grade(shown)


def is_of_un(text: str) -> bool:
    """Return whether a grade is one that only the common system of the United Nations has."""
    grade = normal_grade(text[:MOST_CHARACTERS])
    return grade is not None and grade.band is not None and grade.band not in _ELSEWHERE


def read_band(text: str, *, field: str = "band") -> Band:
    """Return the band of that name; Invalid where there is none."""
    try:
        return Band(choice_key(text))
    except ValueError:
        raise Invalid(
            Sentence("There is no band of grades “%(value)s”.", value=text[:40]), field=field
        ) from None


def _arabic_to_roman(level: str) -> str:
    return {"1": "I", "2": "II", "3": "III", "4": "IV"}.get(level, level)


def _without_control(text: str) -> str:
    return "".join(each for each in text if unicodedata.category(each) not in ("Cf", "Cs", "Co", "Cn"))
