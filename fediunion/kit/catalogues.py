"""Catalogues: the English sentences in other languages, from the .po files of each language."""

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from fediunion.kit.sentences import Sentence

SOURCE: Final = "en"
LANGUAGES: Final = {"en": "English", "fr": "Français", "ar": "العربية"}
"""Every language of pages and mails, by its code, with its own name."""

RIGHT_TO_LEFT: Final = frozenset({"ar"})
LOCALES: Final = Path(__file__).parent / "locales"


def catalogue_files(language: str) -> list[Path]:
    """Return the .po files of a language, one for each part of the pages."""
    return sorted((LOCALES / language / "LC_MESSAGES").glob("*.po"))


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """Return the sentences of a language; English, or one that is missing, is the source itself.

    The .po files are read when the first reader of a language comes: half a second less at every start.
    """
    files = catalogue_files(language)
    if not files:
        return gettext.NullTranslations()
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    merged = Catalog(locale=language)
    for path in files:
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and message.string:
                    merged[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def known_language(tag: str) -> str:
    """Return our language for a tag: `fr` for `fr-CA`; "" where there is none."""
    language = tag.strip().lower().replace("_", "-").partition("-")[0]
    return language if language in LANGUAGES else ""


def first_language(*wishes: str) -> str:
    """Return the first of these tags that is a language of ours; English where none is."""
    return next((found for wish in wishes if (found := known_language(wish))), SOURCE)


def translated(sentence: Sentence, language: str) -> str:
    """Return a sentence in a language, with its values in their places."""
    values = {
        name: translated(value, language) if isinstance(value, Sentence) else value
        for name, value in sentence.values.items()
    }
    return translated_template(sentence, language) % values


def translated_template(sentence: Sentence, language: str) -> str:
    """Return a sentence in a language, with the places of its values; of a number, in the form for it."""
    if not sentence.template:
        return ""  # Catalogues have their header under it.
    sentences = catalogue(language)
    if not sentence.many:
        return sentences.gettext(sentence.template)
    count = sentence.values["count"]
    assert isinstance(count, int)
    return sentences.ngettext(sentence.template, sentence.many, count)
