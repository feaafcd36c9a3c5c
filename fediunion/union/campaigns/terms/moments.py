"""Instants as a call tells them: day, time and zone in words."""

from datetime import UTC, datetime
from typing import Final

from fediunion.web.languages import LOCALES

FIRST_MOMENT: Final = datetime(1900, 1, 1, tzinfo=UTC)
LAST_MOMENT: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""Between them, with room on both sides, a moment of a call lies: one can reckon with it in every zone."""


def moment_text(at: datetime, language: str) -> str:
    """Return an instant for readers of a language of ours: "28 February 2027, 23:59 (UTC)"."""
    from babel.dates import format_date

    utc, locale = at.astimezone(UTC), LOCALES[language]
    comma = "،" if language == "ar" else ","
    return f"{format_date(utc, 'long', locale=locale)}{comma} {utc:%H:%M} (UTC)"
