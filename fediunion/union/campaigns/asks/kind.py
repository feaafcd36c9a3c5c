"""What a kind of ask is: how it is named, read, stored, and told to programs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence


@dataclass(frozen=True, kw_only=True)
class AskTerms:
    """What one ask of a call says. `kind` is the name of its kind, in files and on the wire."""

    kind: ClassVar[str]


@dataclass(frozen=True)
class Ask:
    """A kind of ask.

    `read` makes its terms of JSON in plain names, tolerant of types, and `write` JSON of these. `action` is
    the type of schema.org's action that stands for it. `aliases` are other names of it in files.
    """

    kind: str
    label: Sentence
    read: Callable[[JsonObject], AskTerms]
    write: Callable[[AskTerms], JsonObject]
    action: str
    aliases: tuple[str, ...] = ()
