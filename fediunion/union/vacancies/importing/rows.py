"""One record of a file: what it says as a JobPosting, or why that cannot be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fediunion.kit.errors import Invalid
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import sentence_of

MOST_BYTES: Final = 64 * 1_048_576
MOST_BYTES_AT_ONCE: Final = 16 * 1_048_576
"""Of a document that can only be read whole."""
MOST_ROWS: Final = 100_000
LONGEST_ROW: Final = 262_144
DEEPEST: Final = 20


@dataclass(frozen=True, kw_only=True)
class FileRow:
    """A record: its number, from 1, and the line on which it begins.

    `posting` is None where it cannot be read: `faults` say why, by field ("" is all of it). `names` are what
    the file calls the fields of a JobPosting, where it calls them otherwise.
    """

    number: int
    line: int
    posting: JsonObject | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def unreadable(number: int, line: int, error: Invalid, names: Mapping[str, str] | None = None) -> FileRow:
    """Return a record that cannot be read."""
    return FileRow(
        number=number,
        line=line,
        faults={error.field: sentence_of(error)},
        names={} if names is None else names,
    )


def is_deeper(value: object, most: int) -> bool:
    """Return whether lists and objects stand in each other more than `most` times."""
    level = [value]
    for _ in range(most + 1):
        children: list[object] = []
        for node in level:
            inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
            children += [child for child in inner if isinstance(child, dict | list)]
        if not children:
            return False
        level = children
    return True
