"""How posts stand at this moment, for one reader: counts, the reader's own marks, what may be seen.

This is asked for every status that is shown, in one prebuilt statement, and decides alone what the reader
may see. What stays the same from reader to reader comes from `mastodon.fragments`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Unpack

from sqlalchemy import ColumnElement, Select, exists, false, func, literal, select, union
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session, aliased

from fediunion.actors.models import Actor
from fediunion.actors.viewer import ANONYMOUS, Viewer
from fediunion.api.mastodon.entities.frame import Entity
from fediunion.api.mastodon.entities.poll import poll_entity
from fediunion.api.prepared import PreparedStatement
from fediunion.db import now_of
from fediunion.kit.pages import Page
from fediunion.social.posts.models import Bookmark, Favourite, Pin, Poll, PollVote, Post, ThreadMute
from fediunion.social.posts.visibility import visible_to
from fediunion.social.timelines.queries import home_page

_AT_ONCE: Final = 40
# Numbers that no row has stand for what is left open when the statement is compiled.
_OPEN_VIEWER: Final = -1
_OPEN_IDS: Final = {-2 - place: f"id{place}" for place in range(_AT_ONCE)}


@dataclass(frozen=True, slots=True)
class Standing:
    """One post as one reader finds it. Its versions change whenever what is kept of it or its author does."""

    post_id: int
    author_id: int
    boost_of_id: int | None
    quote_of_id: int | None
    quote_state: str
    is_question: bool
    replies: int
    boosts: int
    favourites: int
    quotes: int
    favourited: bool
    boosted: bool
    bookmarked: bool
    pinned: bool
    thread_muted: bool
    version: tuple[object, ...]
    author_version: tuple[object, ...]


@dataclass(frozen=True)
class Gathered:
    """Standings by post id, of what was asked for and of what that boosts or quotes; polls by post id."""

    standings: dict[int, Standing] = field(default_factory=dict)
    polls: dict[int, Entity] = field(default_factory=dict)


def gather(session: Session, post_ids: Iterable[int], viewer: Viewer) -> Gathered:
    """Return how posts stand for `viewer`, a member or nobody; what is not there for the viewer is absent."""
    ids = list(dict.fromkeys(post_ids))
    if not ids:
        return Gathered()
    prepared = _prepared(viewer.actor_id is not None, session.get_bind().dialect)
    rows: list[Sequence[Any]] = []
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        part += part[:1] * (_AT_ONCE - len(part))
        values = dict(zip(_OPEN_IDS.values(), part, strict=True))
        rows += prepared.rows(session, values | {"viewer": viewer.actor_id})
    standings = {row[0]: _standing(row) for row in rows}
    questions = [standing.post_id for standing in standings.values() if standing.is_question]
    return Gathered(standings, _polls(session, questions, viewer) if questions else {})


def home_standings(session: Session, viewer: Viewer, page: Page) -> tuple[list[int], Gathered]:
    """Return the ids of a page of the member's home, and how these posts stand."""
    assert viewer.actor_id is not None
    ids = home_page(session, viewer.actor_id, page)
    return ids, gather(session, ids, viewer)


def _standing(row: Sequence[Any]) -> Standing:
    (post_id, author_id, boost_of_id, quote_of_id, quote_state, wire_type, edited_at, *rest) = row
    (replies, boosts, stated_boosts, favourites, stated_favourites, quotes, *rest) = rest
    (favourited, boosted, bookmarked, pinned, muted, *author) = rest
    return Standing(
        post_id=post_id,
        author_id=author_id,
        boost_of_id=boost_of_id,
        quote_of_id=quote_of_id,
        quote_state=quote_state,
        is_question=wire_type == "Question",
        replies=replies,
        boosts=max(boosts, stated_boosts),
        favourites=max(favourites, stated_favourites),
        quotes=quotes or 0,
        favourited=bool(favourited),
        boosted=bool(boosted),
        bookmarked=bool(bookmarked),
        pinned=bool(pinned),
        thread_muted=bool(muted),
        version=(edited_at, quote_state),
        author_version=tuple(author),
    )


@lru_cache(maxsize=8)
def _prepared(is_member: bool, dialect: Dialect) -> PreparedStatement:
    """Return the statement for members, or for those who are nobody."""
    viewer = Viewer(_OPEN_VIEWER, None, is_member=True) if is_member else ANONYMOUS
    return PreparedStatement(_statement(viewer), dialect, {_OPEN_VIEWER: "viewer", **_OPEN_IDS})


def _statement(viewer: Viewer) -> "Select[Unpack[tuple[Any, ...]]]":
    asked = (
        select(Post.id, Post.boost_of_id, Post.quote_of_id)
        .where(Post.id.in_([literal(number, Post.id.type) for number in _OPEN_IDS]))
        .cte("asked")
    )
    wanted = union(
        select(asked.c.id.label("id")),
        select(asked.c.boost_of_id).where(asked.c.boost_of_id.is_not(None)),
        select(asked.c.quote_of_id).where(asked.c.quote_of_id.is_not(None)),
    ).subquery("wanted")
    boost, quote = aliased(Post), aliased(Post)
    quotes = (
        select(func.count())
        .where(quote.quote_of_id == Post.id, quote.quote_state == "accepted", quote.deleted_at.is_(None))
        .scalar_subquery()
    )
    who = viewer.actor_id
    own: tuple[ColumnElement[bool], ...] = (false(),) * 5
    if who is not None:
        own = (
            exists().where(Favourite.post_id == Post.id, Favourite.actor_id == who),
            exists().where(boost.boost_of_id == Post.id, boost.author_id == who, boost.deleted_at.is_(None)),
            exists().where(Bookmark.actor_id == who, Bookmark.post_id == Post.id),
            exists().where(Pin.actor_id == who, Pin.post_id == Post.id),
            exists().where(ThreadMute.actor_id == who, ThreadMute.thread_id == Post.thread_id),
        )
    return (
        select(
            *(Post.id, Post.author_id, Post.boost_of_id, Post.quote_of_id, Post.quote_state, Post.wire_type),
            *(Post.edited_at, Post.replies_count, Post.boosts_count, Post.stated_boosts_count),
            *(Post.favourites_count, Post.stated_favourites_count, quotes),
            *own,
            *(Actor.updated_at, Actor.fetched_at, Actor.followers_count, Actor.following_count),
            *(Actor.posts_count, Actor.last_posted_at, Actor.locked),
        )
        .select_from(wanted)
        .join(Post, Post.id == wanted.c.id)
        .join(Actor, Actor.id == Post.author_id)
        .where(visible_to(viewer))
    )


def _polls(session: Session, post_ids: Sequence[int], viewer: Viewer) -> dict[int, Entity]:
    """Return the polls of posts that were found visible."""
    choices: dict[int, list[int]] = {}
    if viewer.is_member:
        votes = select(PollVote.post_id, PollVote.choice).where(
            PollVote.post_id.in_(post_ids), PollVote.actor_id == viewer.actor_id
        )
        for post_id, choice in session.execute(votes.order_by(PollVote.choice)):
            choices.setdefault(post_id, []).append(choice)
    rows = session.execute(
        select(Poll, Post).join(Post, Post.id == Poll.post_id).where(Poll.post_id.in_(post_ids))
    )
    viewer_id = viewer.actor_id if viewer.is_member else None
    now = now_of(session)
    return {
        poll.post_id: poll_entity(poll, post, choices.get(poll.post_id, ()), now, viewer_id)
        for poll, post in rows
    }
