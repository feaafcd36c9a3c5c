"""Colours of the web site, and whether they can be told from what they stand on."""

import re
from typing import Final

SHEET: Final = "#ffffff"
LEAST_CONTRAST: Final = 4.5
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")


def is_colour(text: str) -> bool:
    """Return whether a text is a colour as `#rrggbb`, in lower case."""
    return _COLOUR.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21. Source: WCAG 2.2, definition of contrast ratio."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
