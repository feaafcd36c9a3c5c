"""Whether what somebody posts can be read as a feed: institutions always, members where they chose so."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.members.queries import find_member_of

_KEY: Final = "feed"


def offers_feed(session: Session, actor: Actor) -> bool:
    """Return whether an actor of ours has a feed. A member that is not public has none, whatever it chose."""
    if actor.kind != ActorKind.MEMBER:
        return actor.kind != ActorKind.READER
    return actor.reach == Reach.PUBLIC and wants_feed(session, actor.id)


def wants_feed(session: Session, actor_id: int) -> bool:
    """Return what a member chose; nobody has a feed without having chosen it."""
    member = find_member_of(session, actor_id)
    return member is not None and member.settings.get(_KEY) is True


def choose_feed(session: Session, actor_id: int, *, wanted: bool) -> None:
    """Keep whether a member wants a feed."""
    member = find_member_of(session, actor_id)
    if member is not None:
        member.settings = {**member.settings, _KEY: wanted}
