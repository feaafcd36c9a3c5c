"""Instants as a call tells them: day, time and zone in words."""

from datetime import UTC, datetime

from fediunion.web.languages import LOCALES


def moment_text(at: datetime, language: str) -> str:
    """Return an instant for readers of a language of ours: "28 February 2027, 23:59 (UTC)"."""
    from babel.dates import format_date

    utc, locale = at.astimezone(UTC), LOCALES[language]
    comma = "،" if language == "ar" else ","
    return f"{format_date(utc, 'long', locale=locale)}{comma} {utc:%H:%M} (UTC)"
