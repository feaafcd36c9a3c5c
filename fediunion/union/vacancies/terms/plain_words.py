"""A text as the words that a reader sees, whatever letters, tags and blanks they are hidden with."""

import html
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

MOST_CHARACTERS: Final = 50_000
"""How much of a text is looked at."""

END: Final = "."
"""The word that ends a sentence."""

_BLOCK: Final = re.compile(
    r"</?(?:p|div|li|ul|ol|h[1-6]|tr|td|th|table|section|article|blockquote|pre|hr|dd|dt)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BREAK: Final = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")
_TALKATIVE: Final = 20
_MARKS: Final = (
    "\u0300-\u036f\u0483-\u0489\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe00-\ufe0f"
)
_TOKEN: Final = re.compile(
    rf"(?P<word>[^\W_](?:[^\W_]|[{_MARKS}])*)|(?P<money>[$€£¥₦₹₽])|(?P<end>[.!?;؟؛。！？•\n]+)"
)
_MONEY_SIGNS: Final = {"$": "usd", "€": "eur", "£": "gbp", "¥": "jpy", "₦": "ngn", "₹": "inr", "₽": "rub"}
_LOOK_ALIKE: Final = str.maketrans(
    # Cyrillic, Greek, Latin and Arabic letters, and what each is taken for.
    "асԁеһіјӏорԛѕԝхуѵԍкмтвнαβγεικνορτυχωϲϳɑɡıىیکةہ",
    "acdehijlopqswxyvgkmtbhabyeikvoptuxwcjagiييكهه",
)
_DIGITS_AS_LETTERS: Final = str.maketrans("0134578", "oieastb")
_NUMBER_BESIDE_LETTERS: Final = re.compile(r"\d+[^\W\d]{2,}|[^\W\d]{2,}\d\d+")
_TATWEEL: Final = "\u0640"


@dataclass(frozen=True, slots=True)
class PlainWords:
    """`text` is each word with a blank behind it, END between sentences; `shown` is what a reader sees."""

    text: str
    shown: str
    starts: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]

    def phrase(self, start: int, end: int) -> str:
        """Return the part of `shown` that a part of `text` came from."""
        first = bisect_right(self.starts, start) - 1
        last = bisect_right(self.starts, max(start, end - 1)) - 1
        return " ".join(self.shown[self.spans[first][0] : self.spans[last][1]].split())


def plain_words(text: str) -> PlainWords:
    """Return the words of a text or of HTML, of its first 50,000 characters.

    Without tags between letters, entities, invisible characters, accents and case; letters of other alphabets
    and digits that stand for Latin letters are read as these; letters set apart (`f e e`) are one word.
    """
    shown = _shown(text)
    words: list[tuple[str, int, int]] = []
    for token in _TOKEN.finditer(shown):
        start, end = token.span()
        if token["word"]:
            words.append((plain_word(token["word"]), start, end))
        elif token["money"]:
            words.append((_MONEY_SIGNS.get(token["money"], "usd"), start, end))
        elif _ends_sentence(shown, token["end"], end):
            words.append((END, start, end))
    words = _joined(words)
    starts: list[int] = []
    length = 0
    for word, _, _ in words:
        starts.append(length)
        length += len(word) + 1
    return PlainWords(
        "".join(f"{word} " for word, _, _ in words),
        shown,
        tuple(starts),
        tuple((start, end) for _, start, end in words),
    )


def plain_word(word: str) -> str:
    """Return one word as patterns have it: no case, accents, look-alikes; digits in it read as letters."""
    decomposed = unicodedata.normalize("NFKD", word).casefold()
    letters = "".join(each for each in decomposed if unicodedata.category(each) != "Mn" and each != _TATWEEL)
    plain = letters.translate(_LOOK_ALIKE)
    if plain.isdigit() or plain.isalpha() or _NUMBER_BESIDE_LETTERS.fullmatch(plain):
        return plain
    return plain.translate(_DIGITS_AS_LETTERS)


def _shown(text: str) -> str:
    """Return what a reader sees, and behind it what stands in long tags and comments.

    A text that was HTML already may show those: nothing that can be read may be left out.
    """
    within, inside = _without_comments(text[:MOST_CHARACTERS])
    inside += (tag for tag in _TAG.findall(within) if len(tag) > _TALKATIVE)
    seen = _TAG.sub("", _BLOCK.sub("\n\n", _BREAK.sub("\n", within)))
    plain = html.unescape("\n\n".join((seen, *inside)))
    composed = unicodedata.normalize("NFKC", plain)
    return "".join(each for each in composed if unicodedata.category(each) != "Cf")


def _without_comments(text: str) -> tuple[str, list[str]]:
    first, *others = text.split("<!--")
    outside, inside = [first], []
    for part in others:
        comment, end, rest = part.partition("-->")
        outside.append(rest if end else part)
        if end:
            inside.append(comment)
    return "".join(outside), inside


def _ends_sentence(shown: str, signs: str, end: int) -> bool:
    following = shown[end : end + 1]
    if signs == "\n":
        # A line that goes on with a small letter was only wrapped.
        return not following.islower()
    return not following or following.isspace() or signs[-1] in "\n•؟؛。！？" or len(signs) > 1


def _joined(words: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Put letters that stand alone, three or more in a row one sign apart, together to a word."""
    joined: list[tuple[str, int, int]] = []
    run: list[tuple[str, int, int]] = []
    for word in (*words, (END, -1, -1)):
        alone = len(word[0]) == 1 and word[0] != END
        if run and (not alone or word[1] - run[-1][2] != 1):
            if len(run) >= 3:
                together = plain_word("".join(each for each, _, _ in run))
                run = [(together, run[0][1], run[-1][2])]
            joined += run
            run = []
        if alone:
            run.append(word)
        else:
            joined.append(word)
    return joined[:-1]
