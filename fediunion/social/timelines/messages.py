"""What a unit of work says to the hubs of all processes once it is committed: kinds and ids, no words."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from fediunion.db import announce
from fediunion.kit.ids import new_id

STREAM: Final = "stream"
"""Announced with the text of a message; never longer than what NOTIFY carries (8,000 bytes)."""

MOST_IDS: Final = 100
"""As many ids at most stand in one message: 20 bytes each."""


class Kind(StrEnum):
    """What happened; the words are the events of the Mastodon API.

    Source: https://docs.joinmastodon.org/methods/streaming/#events
    """

    UPDATE = "update"
    EDIT = "status.update"
    DELETE = "delete"
    CONVERSATION = "conversation"
    NOTIFICATION = "notification"
    NOTIFICATIONS_MERGED = "notifications_merged"
    FILTERS_CHANGED = "filters_changed"
    ANNOUNCEMENT = "announcement"
    ANNOUNCEMENT_REACTION = "announcement.reaction"
    ANNOUNCEMENT_DELETE = "announcement.delete"


_ONCE: Final = frozenset({Kind.UPDATE, Kind.DELETE, Kind.CONVERSATION})


@dataclass(frozen=True, order=True)
class Happening:
    """One message. `number` grows: what is told together is put back into its order by it."""

    number: int
    kind: Kind
    ids: tuple[int, ...]

    @property
    def keys(self) -> Sequence[tuple[object, ...]]:
        """By what it is known again when it is heard twice, from here and from the database."""
        if self.kind is Kind.NOTIFICATION:
            return [(self.kind, number) for number in self.ids]
        return [(self.kind, self.ids[0]) if self.kind in _ONCE else (self.kind, self.number)]


def tell(session: Session, kind: Kind, *ids: int) -> None:
    """Let all streams know, once this unit of work is committed."""
    announce(session, STREAM, " ".join([str(new_id()), kind, *map(str, ids)]))


def read_message(text: str) -> Happening | None:
    """Return what a message says; None for one of another version of this software."""
    number, _, rest = text.partition(" ")
    kind, *ids = rest.split(" ")
    try:
        happening = Happening(int(number), Kind(kind), tuple(map(int, ids)))
    except ValueError:
        return None
    return happening if happening.ids else None
