"""What a thunderclap says: its message, how many pledges it needs, and its moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Self

from fediunion.activitypub import values
from fediunion.kit.clock import format_instant, parse_instant
from fediunion.kit.errors import Invalid
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import is_storable, valid_language_tag
from fediunion.union.campaigns.terms.moments import FIRST_MOMENT, LAST_MOMENT
from fediunion.union.campaigns.terms.texts import texts_by_language

LONGEST_MESSAGE: Final = 500
"""Characters of the message in one language: what most servers let a post have."""

LEAST_PLEDGES: Final = 2
MOST_PLEDGES: Final = 1_000_000
SHORTEST_WINDOW: Final = 30
LONGEST_WINDOW: Final = 3600
USUAL_WINDOW: Final = 180
_MOST_LANGUAGES: Final = 30


@dataclass(frozen=True, kw_only=True)
class ThunderclapTerms:
    """What a thunderclap says: `message` is language → plain text, the first is the one that is posted.

    It needs `threshold` pledges by `release_at`; the boosts follow within `window_seconds`.
    """

    message: Mapping[str, str] = field(default_factory=dict)
    threshold: int = 0
    release_at: datetime
    window_seconds: int = USUAL_WINDOW

    @property
    def ends_at(self) -> datetime:
        """The instant after which nobody boosts for it."""
        return self.release_at + timedelta(seconds=self.window_seconds)

    def to_json(self) -> JsonObject:
        """Return all of it in plain names, as `from_json` reads it."""
        return {
            "message": dict(self.message),
            "threshold": self.threshold,
            "releaseAt": format_instant(self.release_at),
            "windowSeconds": self.window_seconds,
        }

    @classmethod
    def from_json(cls, told: JsonObject, *, language: str = "en") -> Self:
        """Return what JSON in plain names says; a message without a language is in `language`.

        Tolerant of types; `check` says whether it can be used. Raises Invalid without a moment.
        """
        at = told.get("releaseAt")
        release_at = parse_instant(at) if isinstance(at, str) else None
        if release_at is None:
            raise Invalid(Sentence("A thunderclap needs its moment, with date and time."), field="releaseAt")
        seconds = told.get("windowSeconds", told.get("jitterSeconds", USUAL_WINDOW))
        return cls(
            message=texts_by_language(told.get("message"), otherwise=language),
            threshold=values.count(told.get("threshold")) or 0,
            release_at=release_at,
            window_seconds=values.count(seconds) or 0,
        )


def check(terms: ThunderclapTerms) -> None:
    """Raise Invalid, naming the field, for what no thunderclap can be."""
    if not terms.message or not all(text.strip() for text in terms.message.values()):
        raise Invalid(Sentence("A thunderclap needs a message."), field="message", reason="blank")
    if len(terms.message) > _MOST_LANGUAGES or not all(map(valid_language_tag, terms.message)):
        raise Invalid(Sentence("This is no language."), field="message")
    if any(len(text) > LONGEST_MESSAGE or not is_storable(text) for text in terms.message.values()):
        raise Invalid(
            Sentence("The message can have %(most)s characters at most.", most=LONGEST_MESSAGE),
            field="message",
            reason="too-long",
        )
    if not FIRST_MOMENT <= terms.release_at < LAST_MOMENT:
        raise Invalid(Sentence("A thunderclap needs its moment, with date and time."), field="releaseAt")
    if not LEAST_PLEDGES <= terms.threshold <= MOST_PLEDGES:
        raise Invalid(
            Sentence("It needs %(least)s to %(most)s pledges.", least=LEAST_PLEDGES, most=MOST_PLEDGES),
            field="threshold",
        )
    if not SHORTEST_WINDOW <= terms.window_seconds <= LONGEST_WINDOW:
        raise Invalid(
            Sentence(
                "The boosts follow within %(least)s to %(most)s seconds.",
                least=SHORTEST_WINDOW,
                most=LONGEST_WINDOW,
            ),
            field="windowSeconds",
        )
