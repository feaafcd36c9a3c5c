"""Values in JSON from anywhere, taken as what they should be: one or several, text or object or number."""

from decimal import Decimal
from typing import Final

from fediunion.kit.errors import BadDocument, Invalid
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.kit.urls import parse_remote_url

LONGEST_LINE: Final = 200
MOST_OF_A_KIND: Final = 30


def checked_url(text: str, field: str) -> str:
    """Return an absolute http(s) address in its one spelling; raise Invalid."""
    try:
        return parse_remote_url(text).text
    except BadDocument:
        raise Invalid(Sentence("This is no address of a page."), field=field) from None


def first_object(value: object) -> JsonObject:
    """Return the object that stands there, or the first of several; {} where there is none."""
    first = next(iter(value), None) if isinstance(value, list) else value
    return first if isinstance(first, dict) else {}


def objects(value: object, *, as_name: str = "name") -> list[JsonObject]:
    """Return the objects that stand there; a text counts as an object of that name."""
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [
        each if isinstance(each, dict) else {as_name: each}
        for each in values[:MOST_OF_A_KIND]
        if isinstance(each, dict | str)
    ]


def texts(value: object, most: int) -> tuple[str, ...]:
    """Return the texts that stand there, at most so many, each cut."""
    values = value if isinstance(value, list) else [value]
    return tuple(each[:LONGEST_LINE] for each in values[:most] if isinstance(each, str))


def first_text(value: object) -> str:
    """Return the text that stands there, or the first of several; numbers as they are written."""
    if isinstance(value, list):
        value = next(iter(value), None)
    if isinstance(value, str):
        return value
    return number_text(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def number_text(value: object) -> str:
    """Return a number as it is written, without an exponent; "" for what is none."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}" if value == value and abs(value) < 1e15 else "NaN"
    return str(value).strip()[:40]


def flag(value: object) -> bool | None:
    """Return whether it says yes or no; None where it says neither."""
    if isinstance(value, bool):
        return value
    return {"true": True, "yes": True, "false": False, "no": False}.get(str(value).strip().lower())
