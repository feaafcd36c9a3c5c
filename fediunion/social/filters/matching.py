"""Which filters a post matches: a member's filters made ready once, then used for every post."""

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fediunion.social.filters.queries import FilterView


@dataclass(frozen=True)
class Match:
    """A filter that a post matches, by which of its keywords, and by which of its single posts."""

    view: FilterView
    keywords: Sequence[str]
    post_ids: Sequence[int]


@dataclass(frozen=True)
class _Needle:
    keyword: str
    folded: str
    starts_word: bool
    ends_word: bool

    def is_in(self, text: str) -> bool:
        at = text.find(self.folded)
        while at >= 0:
            end = at + len(self.folded)
            inside_before = self.starts_word and at > 0 and _is_of_a_word(text[at - 1])
            inside_after = self.ends_word and end < len(text) and _is_of_a_word(text[end])
            if not inside_before and not inside_after:
                return True
            at = text.find(self.folded, at + 1)
        return False


@dataclass(frozen=True)
class _Ready:
    view: FilterView
    needles: Sequence[_Needle]
    post_ids: frozenset[int]


class Screen:
    """All filters of a member. They match what is written in a post, however it is capitalised.

    A whole word begins and ends at what belongs to no word; where the keyword itself begins or ends with
    a sign, that side does not matter. Source: Mastodon,
    https://docs.joinmastodon.org/entities/FilterKeyword/#whole_word
    """

    def __init__(self, views: Iterable[FilterView]) -> None:
        self._filters = [
            _Ready(
                view,
                [_needle(row.keyword, row.whole_word) for row in view.keywords],
                frozenset(row.post_id for row in view.posts),
            )
            for view in views
        ]

    def matches(self, folded_text: str, post_ids: Collection[int], now: datetime) -> list[Match]:
        """Return the filters that a post matches, but for those expired by `now`.

        `folded_text` is what `fold` gives of everything that is written in it; `post_ids` are its own
        id and that of what it boosts.
        """
        found = []
        for ready in self._filters:
            expires_at = ready.view.filter.expires_at
            if expires_at is not None and expires_at <= now:
                continue
            keywords = [needle.keyword for needle in ready.needles if needle.is_in(folded_text)]
            named = [post_id for post_id in post_ids if post_id in ready.post_ids]
            if keywords or named:
                found.append(Match(ready.view, keywords, named))
        return found


def fold(text: str) -> str:
    """Return a text in the form in which capital and small letters, and kinds of blanks, are alike."""
    return " ".join(text.casefold().split())


def _needle(keyword: str, whole_word: bool) -> _Needle:
    folded = fold(keyword)
    return _Needle(
        keyword,
        folded,
        starts_word=whole_word and _is_of_a_word(folded[0]),
        ends_word=whole_word and _is_of_a_word(folded[-1]),
    )


def _is_of_a_word(character: str) -> bool:
    return character.isalnum() or character == "_" or unicodedata.category(character).startswith("M")
