"""Keys under which spellings of one word or one place are the same."""

import re
import unicodedata
from typing import Final

from fediunion.kit.words import folded_words

_APOSTROPHES: Final = re.compile(r"['’‘ʼʻ`´′＇]")
_LETTERS_WITHOUT_ACCENT: Final = str.maketrans("øØłŁđĐıæÆœŒəƏ", "oOlLdDiaAoOaA")
_BETWEEN: Final = re.compile(r"[^0-9a-z]+")
_LONGEST: Final = 200


def place_key(text: str) -> str:
    """Return a place's name without case, accents, apostrophes and punctuation: `Cox’s Bazar` → `coxs bazar`.

    Letters that Unicode does not take apart (ø, ł, ı) count as the plain ones. At most 200 characters count.
    """
    decomposed = without_marks(text[:_LONGEST])
    plain = _APOSTROPHES.sub("", decomposed).translate(_LETTERS_WITHOUT_ACCENT)
    return folded_words(plain)[:_LONGEST].rstrip()


def choice_key(text: str) -> str:
    """Return a choice as it is written on the wire: `Fixed term`, `FIXED_TERM` → `fixed-term`."""
    return _BETWEEN.sub("-", without_marks(text[:_LONGEST]).casefold()).strip("-")


def without_marks(text: str) -> str:
    """Return a text with its letters taken apart (NFKD) and without the accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(each for each in decomposed if unicodedata.category(each) != "Mn")
