"""Follows that ended because somebody decided about a server or an account, and who is told of it."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.db import now_of
from fediunion.social.follows.events import HostRefused
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.notifications.models import Severance, SeveranceCause
from fediunion.social.notifications.service import notify_severed

_ONE_DECISION: Final = timedelta(hours=1)
"""Follows end some at a time: what ends within this time for the same reason is one event."""


def note_severed(session: Session, cause: SeveranceCause, target: str, follows: Sequence[Follow]) -> None:
    """Tell members of ours that follows end because of a decision about `target`: a host, or a handle."""
    accepted = [follow for follow in follows if follow.state == FollowState.ACCEPTED]
    followers = Counter(follow.followed_id for follow in accepted)
    following = Counter(follow.follower_id for follow in accepted)
    concerned = {*followers, *following}
    members = session.scalars(select(Actor.id).where(Actor.id.in_(concerned), Actor.local)).all()
    for member_id in sorted(members):
        _note(session, member_id, cause, target, followers[member_id], following[member_id])


def note_refused_host(session: Session, event: HostRefused) -> None:
    """Reaction: tell a member what its own decision about a server has ended."""
    cause = SeveranceCause.USER_DOMAIN_BLOCK
    _note(session, event.member_id, cause, event.host, event.followers, event.following)


def _note(
    session: Session, member_id: int, cause: SeveranceCause, target: str, followers: int, following: int
) -> None:
    found = session.scalar(
        select(Severance)
        .where(
            Severance.recipient_id == member_id,
            Severance.cause == cause,
            Severance.target == target,
            Severance.created_at > now_of(session) - _ONE_DECISION,
        )
        .limit(1)
    )
    if found is None:
        found = Severance(
            recipient_id=member_id,
            cause=cause,
            target=target,
            followers_count=0,
            following_count=0,
            created_at=now_of(session),
        )
        session.add(found)
        notify_severed(session, get_actor(session, member_id), found.id)
    found.followers_count += followers
    found.following_count += following
