"""What a member keeps to itself: bookmarks and muted threads. Nothing of it ever leaves the instance."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.db import insert_ignoring, now_of
from fediunion.kit.errors import NotFound
from fediunion.kit.ids import new_id
from fediunion.social.posts.models import Bookmark, Post, ThreadMute
from fediunion.social.posts.visibility import get_visible_post


def bookmark(session: Session, actor: Actor, post_id: int) -> None:
    """Keep a post for later. Raises NotFound for one that is not there for the actor."""
    post = get_visible_post(session, post_id, Viewer(actor.id, None, is_member=True))
    row = {"id": new_id(), "actor_id": actor.id, "post_id": post.id, "created_at": now_of(session)}
    insert_ignoring(session, Bookmark, [row])


def unbookmark(session: Session, actor: Actor, post_id: int) -> None:
    """Keep a post no longer. Does nothing where it was not kept."""
    session.execute(delete(Bookmark).where(Bookmark.actor_id == actor.id, Bookmark.post_id == post_id))


def mute_thread(session: Session, actor: Actor, post_id: int) -> None:
    """Hear no more of a thread. Raises NotFound for a post that is not there for the actor."""
    post = get_visible_post(session, post_id, Viewer(actor.id, None, is_member=True))
    row = {
        "id": new_id(),
        "actor_id": actor.id,
        "thread_id": post.thread_id,
        "created_at": now_of(session),
    }
    insert_ignoring(session, ThreadMute, [row])


def unmute_thread(session: Session, actor: Actor, post_id: int) -> None:
    """Hear of a thread again. Raises NotFound for a post that does not exist."""
    post = session.get(Post, post_id)
    if post is None:
        raise NotFound("There is no such post.")
    session.execute(
        delete(ThreadMute).where(ThreadMute.actor_id == actor.id, ThreadMute.thread_id == post.thread_id)
    )
