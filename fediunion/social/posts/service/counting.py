"""Counts beside a post: exact, however many act on it at the same moment."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from fediunion.social.posts.models import Favourite, Post


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


def uncount_reply(session: Session, post: Post) -> None:
    """Take a removed post out of the replies of what it answered."""
    if post.in_reply_to_id is not None:
        session.execute(
            update(Post)
            .where(Post.id == post.in_reply_to_id, Post.replies_count > 0)
            .values(replies_count=Post.replies_count - 1)
        )
