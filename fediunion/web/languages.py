"""Languages to choose from, by their names in the reader's language, the reader's own first."""

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Final

from fediunion.kit.languages import LANGUAGES
from fediunion.web.reading import current_reader

LOCALES: Final = {"en": "en_GB", "fr": "fr_FR", "ar": "ar"}
"""Whose names, dates and numbers the readers of each language of ours get. Days stand before months, and the
clock has 24 hours, as in the papers of international organisations."""

_MOST_OWN: Final = 8

Named = tuple[str, str]
"""A code, and the name of the language."""


def language_groups(*chosen: str) -> tuple[Sequence[Named], Sequence[Named]]:
    """Return the languages that are likely this reader's, then all others, each by name.

    Likely are the `chosen` ones (tags; "" is left out), that of the page, and what the browser prefers. A
    chosen tag that is in no list, such as `pt-BR`, is there with its tag, so that a form keeps what it had.
    """
    reader = current_reader()
    names = dict(_names(reader.language))
    own: dict[str, str] = {}
    wanted = [tag for tag in chosen if tag]
    for tag in (*wanted, reader.language, *reader.wishes):
        code = tag if tag in wanted or tag in names else tag.partition("-")[0].lower()
        if code in wanted or (code in names and len(own) < _MOST_OWN):
            own[code] = names.get(code) or language_name(code)
    return list(own.items()), [pair for pair in names.items() if pair[0] not in own]


def language_name(tag: str) -> str:
    """Return what the reader calls the language of a tag; of one within a language the tag is added."""
    names = dict(_names(current_reader().language))
    if tag in names:
        return names[tag]
    base = names.get(tag.replace("_", "-").partition("-")[0].lower())
    return f"{base} ({tag})" if base else tag


@cache
def _names(language: str) -> tuple[Named, ...]:
    from babel import Locale

    known = Locale.parse(LOCALES[language]).languages
    named = [(code, _capital(known.get(code, own))) for code, (_, own) in LANGUAGES.items()]
    return tuple(sorted(named, key=lambda pair: _sorts_as(pair[1])))


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _sorts_as(name: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", name.casefold()) if sign.isalnum())
