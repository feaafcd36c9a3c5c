"""What the outbox tells the features above."""

from dataclasses import dataclass


@dataclass(frozen=True)
class InboxGone:
    """A remote actor's inbox answered 410, and the actor itself is gone too: forget who follows whom."""

    actor_id: int
    actor_uri: str
    inbox_url: str
