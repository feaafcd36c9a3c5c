"""How posts stand at this moment, for one reader: counts, the reader's own marks, what may be seen.

This is asked for every status that is shown, in one prebuilt statement, and decides alone what the reader
may see. What stays the same from reader to reader comes from `mastodon.fragments`.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, false, func, literal, select, union
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session, aliased

from fediunion.actors.models import Actor
from fediunion.actors.viewer import ANONYMOUS, Viewer
from fediunion.api.mastodon.entities.frame import Entity, frame_for
from fediunion.api.mastodon.entities.poll import poll_entity
from fediunion.api.mastodon.quoting import put_aside
from fediunion.api.prepared import PreparedStatement
from fediunion.db import now_of, settings_of
from fediunion.kit.pages import Page
from fediunion.social.posts.models import Bookmark, Favourite, Pin, Poll, PollVote, Post, ThreadMute
from fediunion.social.posts.visibility import visible_to
from fediunion.social.timelines.queries import home_page

_AT_ONCE: Final = 40
# Numbers that no row has stand for what is left open when the statement is compiled.
_OPEN_VIEWER: Final = -1
_OPEN_IDS: Final = {-2 - place: f"id{place}" for place in range(_AT_ONCE)}


class Standing(NamedTuple):
    """One post as one reader finds it: a row of the statement, so that equal ones look the same.

    Whatever changes in the post or in its author changes something here; what is the author's comes last.
    """

    post_id: int
    author_id: int
    boost_of_id: int | None
    quote_of_id: int | None
    quote_state: str
    wire_type: str
    edited_at: object
    replies: int
    own_boosts: int
    stated_boosts: int
    own_favourites: int
    stated_favourites: int
    quotes: int
    favourited: bool
    boosted: bool
    bookmarked: bool
    pinned: bool
    thread_muted: bool
    author_updated_at: object
    author_fetched_at: object
    author_followers: int
    author_following: int
    author_posts: int
    author_open_posts: int
    author_last_posted_at: object
    author_last_open_post_at: object
    author_locked: bool

    @property
    def is_plain(self) -> bool:
        """Whether nothing else is shown in it: no boosted or quoted post, no poll."""
        return self.boost_of_id is None and not self.quote_state and self.wire_type != "Question"

    @property
    def boosts(self) -> int:
        """How often it was boosted, as far as anybody knows."""
        return max(self.own_boosts, self.stated_boosts)

    @property
    def favourites(self) -> int:
        """How many like it, as far as anybody knows."""
        return max(self.own_favourites, self.stated_favourites)

    @property
    def version(self) -> tuple[object, ...]:
        """What changes with the words of the post."""
        return (self.edited_at, self.quote_state)

    @property
    def author_version(self) -> tuple[object, ...]:
        """What changes with the account of its author."""
        return self[_AUTHOR_BEGINS:]


_AUTHOR_BEGINS: Final = Standing._fields.index("author_updated_at")


@dataclass(frozen=True)
class Gathered:
    """Standings by post id, of what was asked for and of what that boosts or quotes; polls by post id.

    `put_aside` says by author why the reader does not want to see what is quoted of them.
    """

    standings: dict[int, Standing] = field(default_factory=dict)
    polls: dict[int, Entity] = field(default_factory=dict)
    put_aside: Mapping[int, str] = field(default_factory=dict)


def gather(session: Session, post_ids: Iterable[int], viewer: Viewer) -> Gathered:
    """Return how posts stand for `viewer`, a member or nobody; what is not there for the viewer is absent."""
    ids = list(dict.fromkeys(post_ids))
    if not ids:
        return Gathered()
    standings = _ask(session, ids, viewer)
    further = _quoted_further(standings, set(ids))
    if further:
        standings = _ask(session, further, viewer) | standings
    questions = [standing.post_id for standing in standings.values() if standing.wire_type == "Question"]
    polls = _polls(session, questions, viewer) if questions else {}
    quoted = _quoted_authors(standings, viewer)
    return Gathered(standings, polls, put_aside(session, viewer, quoted) if quoted else {})


def _quoted_authors(standings: Mapping[int, Standing], viewer: Viewer) -> set[int]:
    """Return whose posts are quoted with consent, others than the member who asks."""
    if not viewer.is_member:
        return set()
    quoted = {s.quote_of_id for s in standings.values() if s.quote_state == "accepted"}
    return {s.author_id for s in standings.values() if s.post_id in quoted} - {viewer.actor_id or 0}


def _ask(session: Session, ids: Sequence[int], viewer: Viewer) -> dict[int, Standing]:
    """Return the standings of posts, and of what they boost or quote."""
    prepared = _prepared(viewer.actor_id is not None, session.get_bind().dialect)
    standings: dict[int, Standing] = {}
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        padded = [*part, *[part[0]] * (_AT_ONCE - len(part))]
        values = dict(zip(_OPEN_IDS.values(), padded, strict=True))
        rows = prepared.rows(session, values | {"viewer": viewer.actor_id})
        standings |= {row[0]: Standing._make(row) for row in rows}
    return standings


def _quoted_further(standings: Mapping[int, Standing], asked: Container[int]) -> list[int]:
    """Return what is quoted by posts that came as boosted or quoted themselves: that is shown too."""
    return [
        standing.quote_of_id
        for standing in standings.values()
        if standing.quote_of_id is not None
        and standing.post_id not in asked
        and standing.quote_of_id not in standings
        and standing.quote_state == "accepted"
    ]


def home_standings(session: Session, viewer: Viewer, page: Page) -> tuple[list[int], Gathered]:
    """Return the ids of a page of the member's home, and how these posts stand."""
    assert viewer.actor_id is not None
    ids = home_page(session, viewer.actor_id, page)
    return ids, gather(session, ids, viewer)


@lru_cache(maxsize=8)
def _prepared(is_member: bool, dialect: Dialect) -> PreparedStatement:
    """Return the statement for members, or for those who are nobody."""
    viewer = Viewer(_OPEN_VIEWER, None, is_member=True) if is_member else ANONYMOUS
    return PreparedStatement(_statement(viewer), dialect, {_OPEN_VIEWER: "viewer", **_OPEN_IDS})


def _statement(viewer: Viewer) -> "Select[*tuple[Any, ...]]":
    asked = (
        select(Post.id, Post.boost_of_id, Post.quote_of_id)
        .where(Post.id.in_([literal(number, Post.id.type) for number in _OPEN_IDS]))
        .cte("asked")
    )
    # A set to look for, not a table to join: SQLite would read all posts once for a filter of their ids.
    wanted = union(
        select(asked.c.id.label("id")),
        select(asked.c.boost_of_id).where(asked.c.boost_of_id.is_not(None)),
        select(asked.c.quote_of_id).where(asked.c.quote_of_id.is_not(None)),
    )
    boost, quote, author = aliased(Post), aliased(Post), aliased(Actor)
    quotes = (
        select(func.count())
        .where(quote.quote_of_id == Post.id, quote.quote_state == "accepted", quote.deleted_at.is_(None))
        .scalar_subquery()
    )
    who = viewer.actor_id
    own: tuple[ColumnElement[bool], ...] = (false(),) * 5
    if who is not None:
        # Most readers have none of some of these: that is found out once, not for every post.
        own = (
            _any(Favourite, who) & exists().where(Favourite.post_id == Post.id, Favourite.actor_id == who),
            exists().where(boost.boost_of_id == Post.id, boost.author_id == who, boost.deleted_at.is_(None)),
            _any(Bookmark, who) & exists().where(Bookmark.actor_id == who, Bookmark.post_id == Post.id),
            (Post.author_id == who) & exists().where(Pin.actor_id == who, Pin.post_id == Post.id),
            _any(ThreadMute, who)
            & exists().where(ThreadMute.actor_id == who, ThreadMute.thread_id == Post.thread_id),
        )
    return (
        select(
            *(Post.id, Post.author_id, Post.boost_of_id, Post.quote_of_id, Post.quote_state, Post.wire_type),
            *(Post.edited_at, Post.replies_count, Post.boosts_count, Post.stated_boosts_count),
            *(Post.favourites_count, Post.stated_favourites_count, quotes),
            *own,
            *(author.updated_at, author.fetched_at, author.followers_count, author.following_count),
            *(author.posts_count, author.open_posts_count),
            *(author.last_posted_at, author.last_open_post_at, author.locked),
        )
        .join(author, author.id == Post.author_id)
        .where(Post.id.in_(wanted), visible_to(viewer))
    )


def _any(table: type[Favourite | Bookmark | ThreadMute], actor_id: int) -> ColumnElement[bool]:
    own = aliased(table)
    return select(own.id).where(own.actor_id == actor_id).exists()


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
        select(Poll, Post, Actor)
        .join(Post, Post.id == Poll.post_id)
        .join(Actor, Actor.id == Post.author_id)
        .where(Poll.post_id.in_(post_ids))
    )
    viewer_id = viewer.actor_id if viewer.is_member else None
    now, frame = now_of(session), frame_for(settings_of(session), viewer)
    return {
        poll.post_id: poll_entity(poll, post, author, choices.get(poll.post_id, ()), now, viewer_id, frame)
        for poll, post, author in rows
    }
