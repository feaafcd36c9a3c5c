"""Text as words that are compared: what a full-text index holds, and what is looked up in it."""

import re
import unicodedata
from typing import Final

_MOST_CHARACTERS: Final = 20_000
_WORD = re.compile(r"[^\W_]{1,100}")
_WITHOUT_SPACES = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])")


def folded_words(text: str) -> str:
    """Return the words of a text with one space between: letters and digits, no case, no accents.

    Han characters and kana stand alone, as no space says where a word of them ends: a word is looked up
    as the row of its characters. What is past 20,000 characters is left out. An empty text has no words.
    """
    decomposed = unicodedata.normalize("NFKD", text[:_MOST_CHARACTERS]).casefold()
    plain = "".join(character for character in decomposed if unicodedata.category(character) != "Mn")
    recomposed = unicodedata.normalize("NFC", plain)
    return " ".join(_WORD.findall(_WITHOUT_SPACES.sub(r" \1 ", recomposed)))
