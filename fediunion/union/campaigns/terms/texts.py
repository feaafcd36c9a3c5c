"""Texts by language in JSON from anywhere."""

from typing import Final

from fediunion.activitypub import values

MOST_LANGUAGES: Final = 12


def texts_by_language(value: object, *, otherwise: str = "") -> dict[str, str]:
    """Return language → text; one text alone is of the language `otherwise`, where that is said."""
    if isinstance(value, str):
        return {otherwise: value} if otherwise and value.strip() else {}
    if not isinstance(value, dict):
        return {}
    found = {tag: values.text(text) for tag, text in value.items() if not tag.startswith("@")}
    kept = {tag: text for tag, text in found.items() if text and text.strip()}
    return dict(list(kept.items())[: MOST_LANGUAGES + 1])
