"""Timelines the other way round: whose timelines show a post, for all readers in a few statements.

The conditions are those of the pages, so that what is told live is what a page would show.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import Select, literal, not_, select
from sqlalchemy.orm import Session, aliased

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.viewer import ANONYMOUS, Viewer
from fediunion.db import UtcDateTime, now_of
from fediunion.social.follows.conditions import unread_by
from fediunion.social.lists.models import AccountList
from fediunion.social.posts.models import Post, PostTag
from fediunion.social.posts.visibility import visible_to
from fediunion.social.timelines.models import HomeEntry, ListEntry
from fediunion.social.timelines.queries.conditions import (
    has_media,
    heard_by,
    is_no_reply_to_others,
    not_silenced,
)
from fediunion.social.timelines.queries.home import showing

_AT_ONCE: Final = 500


@dataclass(frozen=True)
class PublicPlace:
    """What decides in which timelines of everybody a post stands, whoever reads."""

    audience: Audience
    local: bool
    is_boost: bool
    answers_others: bool
    has_media: bool
    tags: frozenset[str]

    @property
    def is_listed(self) -> bool:
        """Whether the local, public or network timeline may show it; hashtags show answers too."""
        return not self.is_boost and not self.answers_others

    def is_for(self, *, members: bool) -> bool:
        """Return whether the audience has a timeline of everybody, among members or for strangers."""
        inner = members and self.audience in (Audience.NETWORK, Audience.LOCAL)
        return inner or self.audience == Audience.PUBLIC


def homes_showing(session: Session, post_id: int, member_ids: Collection[int]) -> set[int]:
    """Return which of the members find a post in their home now."""
    now = literal(now_of(session), UtcDateTime())
    statement = showing(select(HomeEntry.actor_id), HomeEntry, HomeEntry.actor_id, now)
    return _those_of(session, statement.where(HomeEntry.post_id == post_id), HomeEntry.actor_id, member_ids)


def lists_showing(session: Session, post_id: int, list_ids: Collection[int]) -> set[int]:
    """Return which of the lists show a post to their owners now."""
    now = literal(now_of(session), UtcDateTime())
    joined = select(ListEntry.list_id).join(AccountList, AccountList.id == ListEntry.list_id)
    statement = showing(joined, ListEntry, AccountList.owner_id, now)
    return _those_of(session, statement.where(ListEntry.post_id == post_id), ListEntry.list_id, list_ids)


def find_public_place(session: Session, post_id: int) -> PublicPlace | None:
    """Return where a post stands among those of everybody; None for one that is gone."""
    row = session.execute(
        select(Post.audience, Post.local, Post.boost_of_id, is_no_reply_to_others(), has_media()).where(
            Post.id == post_id, Post.deleted_at.is_(None)
        )
    ).first()
    if row is None:
        return None
    tags = session.scalars(select(PostTag.name).where(PostTag.post_id == post_id))
    return PublicPlace(
        audience=Audience(row[0]),
        local=row[1],
        is_boost=row[2] is not None,
        answers_others=not row[3],
        has_media=bool(row[4]),
        tags=frozenset(tags),
    )


def public_readers(session: Session, post_id: int, member_ids: Collection[int]) -> set[int]:
    """Return which of the members may see a post and want to read its author in timelines of everybody."""
    # The author stands beside the reader: a condition about both, one level further down, would find neither.
    reader, author = aliased(Actor), aliased(Actor)
    now = literal(now_of(session), UtcDateTime())
    statement = (
        select(reader.id)
        .join(Post, Post.id == post_id)
        .join(author, author.id == Post.author_id)
        .where(
            visible_to(Viewer(cast("int", reader.id), None, is_member=True)),
            not_(unread_by(reader.id, author.id, author.host, now)),
            heard_by(session, reader.id),
        )
    )
    return _those_of(session, statement, reader.id, member_ids)


def is_open_to_strangers(session: Session, post_id: int) -> bool:
    """Return whether timelines of everybody show a post to somebody without a login."""
    statement = select(Post.id).where(
        Post.id == post_id, visible_to(ANONYMOUS), not_silenced(session, ANONYMOUS)
    )
    return session.scalar(statement) is not None


def _those_of(session: Session, statement: Select[Any], column: Any, ids: Collection[int]) -> set[int]:
    found: set[int] = set()
    for part in _parts(ids):
        found.update(session.scalars(statement.where(column.in_(part))))
    return found


def _parts(ids: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]
