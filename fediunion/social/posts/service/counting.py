"""Counts beside a post and at its author: exact, however many act on it at the same moment."""

from datetime import datetime
from typing import Final, cast

from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.db.prepared import update_rows
from fediunion.social.posts.models import Favourite, Post
from fediunion.social.posts.visibility import OPEN_AUDIENCES


def lock_post(session: Session, post_id: int) -> None:
    """Let nobody else change the post until this unit of work ends, and see what others did before.

    SQLite has one writer anyway; on PostgreSQL the row is locked.
    """
    session.execute(select(Post.id).where(Post.id == post_id).with_for_update(key_share=True))


def count_boosts(session: Session, post_id: int, step: int) -> None:
    """Change how often a post was boosted, as we know it."""
    session.execute(update(Post).where(Post.id == post_id).values(boosts_count=Post.boosts_count + step))


def recount_favourites(session: Session, post_id: int) -> None:
    """Make the stored count that of the rows: one for each actor, however many reactions."""
    session.flush()
    count = (
        select(func.count(Favourite.actor_id.distinct()))
        .where(Favourite.post_id == post_id)
        .scalar_subquery()
    )
    session.execute(update(Post).where(Post.id == post_id).values(favourites_count=count))


_AUTHOR: Final = update(cast("Table", Actor.__table__)).where(Actor.id == bindparam("author"))
_FOR_MEMBERS: Final = {"posts_count": Actor.posts_count + 1, "last_posted_at": bindparam("now")}
_FOR_ALL: Final = {
    "open_posts_count": Actor.open_posts_count + 1,
    "last_open_post_at": bindparam("now_open"),
}
_COUNTED: Final = (Actor.posts_count, Actor.open_posts_count)
_COUNT_INNER: Final = _AUTHOR.values(_FOR_MEMBERS).returning(*_COUNTED)
_COUNT_OPEN: Final = _AUTHOR.values(_FOR_MEMBERS | _FOR_ALL).returning(*_COUNTED)


def count_post(session: Session, author: Actor, audience: str, now: datetime) -> None:
    """Count a new post at its author, exactly even where two are written at the same moment.

    `posts_count` and `last_posted_at` are for members: of all but direct posts, whose number and day would
    tell of letters. `open_posts_count` and `last_open_post_at` are for strangers: of what they may read.
    """
    if audience == Audience.DIRECT:
        return
    is_open = audience in OPEN_AUDIENCES
    values = {"author": author.id, "now": now} | ({"now_open": now} if is_open else {})
    ((count, open_count),) = update_rows(session, _COUNT_OPEN if is_open else _COUNT_INNER, values)
    set_committed_value(author, "posts_count", count)
    set_committed_value(author, "last_posted_at", now)
    if is_open:
        set_committed_value(author, "open_posts_count", open_count)
        set_committed_value(author, "last_open_post_at", now)


def uncount_post(session: Session, author: Actor, post: Post) -> None:
    """Take a removed post out of the counts of its author."""
    if post.audience == Audience.DIRECT:
        return
    step = int(post.audience in OPEN_AUDIENCES)
    session.execute(
        update(Actor)
        .where(Actor.id == author.id, Actor.posts_count > 0)
        .values(posts_count=Actor.posts_count - 1, open_posts_count=Actor.open_posts_count - step)
    )


def count_reply(session: Session, parent: Post, audience: str) -> None:
    """Count a reply at what it answers.

    `replies_count` is of those that anybody may read: that there are others is told to nobody (row V04).
    Source: Mastodon counts what it calls distributable
    """
    if audience in OPEN_AUDIENCES:
        session.execute(update(Post).where(Post.id == parent.id).values(replies_count=Post.replies_count + 1))


def uncount_reply(session: Session, post: Post) -> None:
    """Take a post out of the replies of what it answered: it is gone, or not everybody may read it now."""
    if post.in_reply_to_id is not None and post.audience in OPEN_AUDIENCES:
        session.execute(
            update(Post)
            .where(Post.id == post.in_reply_to_id, Post.replies_count > 0)
            .values(replies_count=Post.replies_count - 1)
        )
