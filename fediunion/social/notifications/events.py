"""What notifications tell the features and doors above."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Notified:
    """Members are told of something: the ids of their notifications.

    One of them may never have been stored, because its recipient was told of the same before.
    """

    notification_ids: Sequence[int]


@dataclass(frozen=True)
class NotificationsMerged:
    """A member accepted somebody: the notifications that were kept back are among the others now."""

    recipient_id: int


@dataclass(frozen=True)
class DomainFloods:
    """From now on the mentions of a domain reach followers only: it sent `number` floods within a day."""

    domain: str
    number: int
