"""What stands in the collections of a post: replies, its thread, and an author's pinned posts."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.social.posts.models import Pin, Post
from fediunion.social.posts.visibility import visible_to

_PAGE: Final = 60


def reply_uris(session: Session, post: Post, viewer: Viewer, after: str) -> tuple[list[str], str | None]:
    """Return a page of the ids (URIs) of replies, the author's own first, and where the next page starts.

    `after` is what an earlier page gave, or empty. Only what the viewer may see is listed.
    """
    own_first = Post.author_id != post.author_id
    statement = (
        select(Post.id, Post.uri)
        .where(Post.in_reply_to_id == post.id, visible_to(viewer))
        .order_by(own_first, Post.id)
    )
    return _page(session, statement, after)


def replies_size(session: Session, post: Post, viewer: Viewer) -> int:
    """Return how many replies the viewer may see."""
    counted = select(func.count()).select_from(Post).where(Post.in_reply_to_id == post.id, visible_to(viewer))
    return int(session.scalar(counted) or 0)


def thread_uris(session: Session, post: Post, viewer: Viewer, after: str) -> tuple[list[str], str | None]:
    """Return a page of the ids (URIs) of a thread's posts, oldest first, and where the next page starts."""
    return _page(session, _thread(post, viewer).order_by(Post.id), after)


def thread_size(session: Session, post: Post, viewer: Viewer) -> int:
    """Return how many posts of the thread the viewer may see."""
    counted = _thread(post, viewer).with_only_columns(func.count(Post.id))
    return int(session.scalar(counted) or 0)


def pinned_posts(session: Session, author: Actor, viewer: Viewer) -> Sequence[Post]:
    """Return the posts that an actor shows first, the latest pinned first, as far as the viewer may see."""
    return session.scalars(
        select(Post)
        .join(Pin, Pin.post_id == Post.id)
        .where(Pin.actor_id == author.id, visible_to(viewer))
        .order_by(Pin.id.desc())
    ).all()


def _thread(post: Post, viewer: Viewer) -> Select[int, str]:
    return select(Post.id, Post.uri).where(
        Post.thread_id == post.thread_id, Post.boost_of_id.is_(None), visible_to(viewer)
    )


def _page(session: Session, statement: Select[int, str], after: str) -> tuple[list[str], str | None]:
    offset = int(after) if after.isdecimal() and len(after) < 7 else 0
    rows = session.execute(statement.offset(offset).limit(_PAGE + 1)).all()
    following = str(offset + _PAGE) if len(rows) > _PAGE else None
    return [uri for _, uri in rows[:_PAGE]], following
