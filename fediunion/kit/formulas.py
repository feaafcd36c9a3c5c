"""Cells of CSV that spreadsheets would take for formulas: written so that they do not, read back (C03)."""

from typing import Final

_BEGINNINGS: Final = ("=", "+", "-", "@", "\t", "\r")


def harmless_cell(text: str) -> str:
    """Return a text as a cell; one that would be a formula begins with an apostrophe."""
    return f"'{text}" if text.startswith(_BEGINNINGS) else text


def plain_cell(cell: str) -> str:
    """Return the text that `harmless_cell` was given."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_BEGINNINGS) else cell
