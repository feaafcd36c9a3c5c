"""What happens to timelines when posts come and go and people follow each other."""

from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.actors.queries import find_actor, get_actor
from fediunion.actors.viewer import Viewer
from fediunion.social.follows.events import Followed, Unfollowed
from fediunion.social.follows.queries import local_follower_ids
from fediunion.social.lists.events import AccountsListed, AccountsUnlisted
from fediunion.social.posts.events import PostRemoved, PostStored
from fediunion.social.posts.models import Post, PostMention
from fediunion.social.posts.visibility import visible_to
from fediunion.social.timelines.models import HomeEntry, ListEntry
from fediunion.social.timelines.placing import place, waiting_replies

RECENT_POSTS: Final = 20
"""As many posts of somebody newly followed, or newly listed, are put into the timeline at once."""


def add_to_timelines(session: Session, event: PostStored) -> None:
    """Put a new post into homes and lists; then the replies that waited for it (row L19)."""
    place(session, event.post, event.author, event.follower_ids, event.mentioned_ids)
    if event.post.local or event.post.boost_of_id is not None or not event.answered:
        return
    for reply in waiting_replies(session, event.post):
        session.refresh(reply)
        author = get_actor(session, reply.author_id)
        addressed = session.scalars(select(PostMention.actor_id).where(PostMention.post_id == reply.id)).all()
        place(session, reply, author, local_follower_ids(session, author.id), addressed)


def remove_from_timelines(session: Session, event: PostRemoved) -> None:
    """Take a removed post, and every boost of it, out of all homes and lists."""
    ids = [event.post.id, *session.scalars(select(Post.id).where(Post.boost_of_id == event.post.id))]
    session.execute(delete(HomeEntry).where(HomeEntry.post_id.in_(ids)), execution_options=_UNWATCHED)
    session.execute(delete(ListEntry).where(ListEntry.post_id.in_(ids)), execution_options=_UNWATCHED)


def welcome_author(session: Session, event: Followed) -> None:
    """Put the most recent posts of somebody newly followed into the follower's home."""
    follower, followed = find_actor(session, event.follower_id), find_actor(session, event.followed_id)
    if follower is None or followed is None or not follower.local:
        return
    session.flush()
    for post in _recent_posts(session, follower.id, followed.id):
        place(session, post, followed, [follower.id], [follower.id])


def forget_author(session: Session, event: Unfollowed) -> None:
    """Take the posts of somebody no longer followed out of the follower's home."""
    follower = find_actor(session, event.follower_id)
    if follower is None or not follower.local:
        return
    theirs = select(Post.id).where(Post.author_id == event.followed_id)
    session.execute(
        delete(HomeEntry).where(HomeEntry.actor_id == event.follower_id, HomeEntry.post_id.in_(theirs)),
        execution_options=_UNWATCHED,
    )


def fill_list(session: Session, event: AccountsListed) -> None:
    """Put the most recent posts of accounts newly on a list into its timeline."""
    for actor_id in event.actor_ids:
        author = get_actor(session, actor_id)
        for post in _recent_posts(session, event.owner_id, actor_id):
            place(session, post, author, [event.owner_id], [event.owner_id])


def empty_list(session: Session, event: AccountsUnlisted) -> None:
    """Take the posts of accounts that left a list out of its timeline."""
    theirs = select(Post.id).where(Post.author_id.in_(list(event.actor_ids)))
    session.execute(
        delete(ListEntry).where(ListEntry.list_id == event.list_id, ListEntry.post_id.in_(theirs)),
        execution_options=_UNWATCHED,
    )


def _recent_posts(session: Session, reader_id: int, author_id: int) -> list[Post]:
    """Return the newest posts that the reader may see, the oldest of them first."""
    newest = session.scalars(
        select(Post)
        .where(Post.author_id == author_id, visible_to(Viewer(reader_id, None, is_member=True)))
        .order_by(Post.id.desc())
        .limit(RECENT_POSTS)
    ).all()
    return list(reversed(newest))


_UNWATCHED: Final = {"synchronize_session": False}
