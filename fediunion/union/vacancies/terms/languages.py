"""The languages that a vacancy asks for, and how well one must know them."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Final

from fediunion.kit.errors import Invalid
from fediunion.kit.languages import LANGUAGES
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import valid_language_tag
from fediunion.kit.words import folded_words
from fediunion.union.vacancies.notice import LanguageNeed
from fediunion.union.vacancies.terms.keys import choice_key

MOST_LANGUAGES: Final = 20
_LONGEST_LEVEL: Final = 40
_PART: Final = re.compile(r"[;\n]")
_DESIRABLE: Final = frozenset(
    ("desirable", "desired", "optional", "asset", "an-asset", "preferred", "no", "false", "0")
)
_REQUIRED: Final = frozenset(("required", "must", "mandatory", "essential", "yes", "true", "1"))


class Level(StrEnum):
    """How well: in words, or as the Common European Framework of Reference has it."""

    BASIC = "basic"
    WORKING = "working"
    FLUENT = "fluent"
    NATIVE = "native"
    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"

    @property
    def rank(self) -> int:
        """Return 1 (basic, A1, A2) to 4 (native, C2): what levels of both scales are compared by."""
        return _RANKS[self]


_RANKS: Final = {
    Level.BASIC: 1,
    Level.A1: 1,
    Level.A2: 1,
    Level.WORKING: 2,
    Level.B1: 2,
    Level.B2: 2,
    Level.FLUENT: 3,
    Level.C1: 3,
    Level.NATIVE: 4,
    Level.C2: 4,
}
# The UN Language Framework counts from I (basic) to IV (expert).
_LEVEL_WORDS: Final = {
    "limited": Level.BASIC,
    "un-level-i": Level.BASIC,
    "intermediate": Level.WORKING,
    "confident": Level.WORKING,
    "working-knowledge": Level.WORKING,
    "un-level-ii": Level.WORKING,
    "advanced": Level.FLUENT,
    "fluency": Level.FLUENT,
    "proficient": Level.FLUENT,
    "un-level-iii": Level.FLUENT,
    "expert": Level.NATIVE,
    "mother-tongue": Level.NATIVE,
    "un-level-iv": Level.NATIVE,
}


def read_language(text: str, *, field: str = "language") -> str:
    """Return the BCP 47 tag of a language: `EN-gb` → `en-GB`; `eng`, `English` → `en`.

    Names are the English ones and each language's own (`français`). Invalid for
    what is no language.
    """
    given = text.strip()
    if valid_language_tag(given):
        first, *others = given.split("-")
        code = first.lower()
        code = code if code in LANGUAGES else _shorter(code)
        if code in LANGUAGES:
            return "-".join((code, *map(_subtag, others)))
    named = _by_name().get(folded_words(given))
    if named is None:
        raise Invalid(
            Sentence("There is no language “%(value)s”.", value=given[:40]),
            field=field,
            reason="unknown-language",
        )
    return named


def read_level(text: str, *, field: str = "level") -> str:
    """Return a level by its own word where it is one of `Level`, else as the employer wrote it, on one line.

    Longer than 40 characters is Invalid.
    """
    shown = " ".join(text.split())
    if len(shown) > _LONGEST_LEVEL:
        raise Invalid(
            Sentence("A level of a language has at most %(most)s characters.", most=_LONGEST_LEVEL),
            field=field,
        )
    known = level_of(shown)
    return shown if known is None else known.value


def level_of(text: str) -> Level | None:
    """Return the level that a word stands for; None for an employer's own word."""
    key = choice_key(text)
    return _LEVEL_WORDS.get(key) or next((level for level in Level if choice_key(level) == key), None)


def read_languages(
    given: str | Iterable[Mapping[str, object]], *, field: str = "languages"
) -> tuple[LanguageNeed, ...]:
    """Return the languages asked for, each once, those required first and else in their order.

    From objects `{language, level, required}` as `fu:languageRequirements` has them, or from a text with one
    in each line or between semicolons: `en fluent; fr working desirable`. What is not said to be desirable is
    required. A language named twice counts as required where it is once, at the higher level. More than 20,
    and anything else than this, is Invalid.
    """
    wanted = (
        _from_text(given, field) if isinstance(given, str) else [_from_object(each, field) for each in given]
    )
    if len(wanted) > MOST_LANGUAGES:
        raise Invalid(
            Sentence("A vacancy names at most %(most)s languages.", most=MOST_LANGUAGES), field=field
        )
    merged: dict[str, LanguageNeed] = {}
    for need in wanted:
        known = merged.get(need.language)
        merged[need.language] = need if known is None else _stricter(known, need)
    return tuple(sorted(merged.values(), key=lambda need: not need.required))


def _from_text(text: str, field: str) -> list[LanguageNeed]:
    return [_from_words(part.split(), field) for part in _PART.split(text) if part.strip()]


def _from_words(words: list[str], field: str) -> LanguageNeed:
    required = True
    said = choice_key(words[-1])
    if len(words) > 1 and said in _DESIRABLE | _REQUIRED:
        required = said in _REQUIRED
        words = words[:-1]
    return LanguageNeed(
        language=read_language(words[0], field=field),
        level=read_level(" ".join(words[1:]), field=field),
        required=required,
    )


def _from_object(given: object, field: str) -> LanguageNeed:
    if isinstance(given, str):
        return _from_words(given.split() or [""], field)
    if not isinstance(given, Mapping):
        raise Invalid(Sentence("A language is named by its code, such as “en”."), field=field)
    language, level = given.get("language"), given.get("level") or ""
    if not isinstance(language, str) or not isinstance(level, str):
        raise Invalid(Sentence("A language is named by its code, such as “en”."), field=field)
    return LanguageNeed(
        language=read_language(language, field=field),
        level=read_level(level, field=field),
        required=_required(given.get("required", True)),
    )


def _required(given: object) -> bool:
    return choice_key(given) not in _DESIRABLE if isinstance(given, str) else bool(given)


def _stricter(one: LanguageNeed, other: LanguageNeed) -> LanguageNeed:
    higher = max(one, other, key=lambda need: level.rank if (level := level_of(need.level)) else 0)
    return LanguageNeed(language=one.language, level=higher.level, required=one.required or other.required)


def _subtag(text: str) -> str:
    """Return a subtag as RFC 5646 section 2.1.1 writes it: scripts `Latn`, regions `GB`, the rest small."""
    if len(text) == 4 and text.isalpha():
        return text.capitalize()
    return text.upper() if len(text) == 2 else text.lower()


def _shorter(code: str) -> str:
    """Return the two letters of a language for three (`eng` → `en`), the code itself where it has none."""
    from babel.core import get_global

    alias = get_global("language_aliases").get(code, code)
    return alias if isinstance(alias, str) else code


@cache
def _by_name() -> Mapping[str, str]:
    return {folded_words(name): code for code, names in reversed(list(LANGUAGES.items())) for name in names}
