"""Floods of mentions: counted by the domain they come from, and heard by followers only (row A37)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, cast

from sqlalchemy import Table, bindparam, delete, func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import emit, now_of
from fediunion.db.prepared import select_column
from fediunion.kit.urls import owner_domain
from fediunion.social.notifications.events import DomainFloods
from fediunion.social.notifications.models import MentionFlood
from fediunion.social.posts.models import Post

MOST_NOTIFIED: Final = 25
"""So many members at most are told of one post from another server that names them.

The rest find it in their home or the thread. Followers of the author come first.
"""

FLOODS_ENDURED: Final = 3
"""From so many posts of one domain that name more members on, its mentions reach followers only."""

FLOODS_COUNT_FOR: Final = timedelta(hours=24)
"""So long a flood is held against the domain."""

_FLOOD = cast("Table", MentionFlood.__table__)
_RECENT: Final = select(_FLOOD.c.id).where(
    _FLOOD.c.domain == bindparam("domain"), _FLOOD.c.at > bindparam("since")
)


def told_of_mention(
    session: Session, author: Actor, post: Post, named: Sequence[int], follower_ids: Sequence[int]
) -> list[int]:
    """Return which of the members named by a post are told of it; a flood is counted."""
    if author.local or not named:
        return list(named)
    domain = _domain_of(author)
    number = len(select_column(session, _RECENT, {"domain": domain, "since": _since(session)}))
    followers = set(follower_ids)
    told = sorted(named, key=lambda actor_id: actor_id not in followers)[:MOST_NOTIFIED]
    if len(named) > MOST_NOTIFIED:
        number += 1
        _count(session, domain, post, number)
    if number >= FLOODS_ENDURED:
        return [actor_id for actor_id in told if actor_id in followers]
    return told


def count_floods(session: Session) -> dict[str, int]:
    """Return how many floods are held against each domain now."""
    counted = session.execute(
        select(MentionFlood.domain, func.count())
        .where(MentionFlood.at > _since(session))
        .group_by(MentionFlood.domain)
    )
    return {domain: int(number) for domain, number in counted}


def _count(session: Session, domain: str, post: Post, number: int) -> None:
    session.execute(
        delete(MentionFlood).where(MentionFlood.at <= _since(session)),
        execution_options={"synchronize_session": False},
    )
    session.add(MentionFlood(domain=domain, post_id=post.id, at=now_of(session)))
    if number == FLOODS_ENDURED:
        emit(session, DomainFloods(domain, number))


def _domain_of(author: Actor) -> str:
    """Return what sub-domains have in common: a flood is not to begin anew from each (row F36)."""
    return owner_domain(author.host)


def _since(session: Session) -> datetime:
    return now_of(session) - FLOODS_COUNT_FOR
