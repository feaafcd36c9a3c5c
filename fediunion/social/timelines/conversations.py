"""The list of conversations: each thread of direct posts once, for each participant of this instance."""

from collections.abc import Sequence

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.db.pages import paged
from fediunion.kit.errors import NotFound
from fediunion.kit.pages import Page
from fediunion.social.posts.events import PostRemoved, PostStored
from fediunion.social.posts.models import ConversationEntry, Post, PostMention
from fediunion.social.posts.visibility import visible_to


def note_direct_post(session: Session, event: PostStored) -> None:
    """Move a direct post's thread to the top for its author and whom it addresses, nobody else (row V13)."""
    post = event.post
    if post.audience != Audience.DIRECT or post.boost_of_id is not None:
        return
    owners = set(event.mentioned_ids) | ({event.author.id} if event.author.local else set())
    if not owners:
        return
    session.flush()
    everybody = {event.author.id, *_addressed(session, post)}
    known = {
        row.owner_id: row
        for row in session.scalars(
            select(ConversationEntry).where(
                ConversationEntry.owner_id.in_(owners), ConversationEntry.thread_id == post.thread_id
            )
        )
    }
    for owner_id in sorted(owners):
        unread = event.live and owner_id != event.author.id
        others = sorted(everybody - {owner_id})
        row = known.get(owner_id)
        if row is None:
            session.add(
                ConversationEntry(
                    owner_id=owner_id,
                    thread_id=post.thread_id,
                    last_post_id=post.id,
                    participant_ids=others,
                    unread=unread,
                )
            )
        elif post.id > row.last_post_id:
            row.last_post_id, row.participant_ids, row.unread = post.id, others, unread


def forget_direct_post(session: Session, event: PostRemoved) -> None:
    """Show the post before a removed one as the newest of its conversations; without one they are gone."""
    post = event.post
    if post.audience != Audience.DIRECT:
        return
    session.flush()
    rows = session.scalars(
        select(ConversationEntry).where(
            ConversationEntry.thread_id == post.thread_id, ConversationEntry.last_post_id == post.id
        )
    ).all()
    for row in rows:
        newest = session.scalar(
            select(Post)
            .where(
                Post.thread_id == post.thread_id,
                Post.id != post.id,
                Post.audience == Audience.DIRECT,
                Post.deleted_at.is_(None),
                or_(
                    Post.author_id == row.owner_id,
                    exists().where(PostMention.post_id == Post.id, PostMention.actor_id == row.owner_id),
                ),
            )
            .order_by(Post.id.desc())
            .limit(1)
        )
        if newest is None:
            session.delete(row)
        else:
            row.last_post_id = newest.id
            row.participant_ids = sorted({newest.author_id, *_addressed(session, newest)} - {row.owner_id})


def get_conversation(session: Session, owner_id: int, conversation_id: int) -> ConversationEntry:
    """Return a member's own conversation. Raises NotFound."""
    row = session.get(ConversationEntry, conversation_id)
    if row is None or row.owner_id != owner_id:
        raise NotFound("There is no such conversation.")
    return row


def conversation_posts(session: Session, row: ConversationEntry, page: Page) -> list[int]:
    """Return the ids of direct messages of a thread that its owner may see, newest first (V13)."""
    statement = select(Post.id).where(
        Post.thread_id == row.thread_id,
        Post.audience == Audience.DIRECT,
        visible_to(Viewer(row.owner_id, None, is_member=True)),
    )
    return page.newest_first(list(session.scalars(paged(statement, Post.id, page))))


def mark_read(session: Session, row: ConversationEntry, *, unread: bool = False) -> None:
    """Note that the owner has read a conversation, or wants it to look `unread` again."""
    row.unread = unread


def remove_conversation(session: Session, row: ConversationEntry) -> None:
    """Take a conversation off the owner's list; its posts stay. A new post in it brings it back."""
    session.delete(row)


def participants_of(session: Session, rows: Sequence[ConversationEntry]) -> dict[int, Actor]:
    """Return the other participants of conversations by id."""
    ids = {actor_id for row in rows for actor_id in row.participant_ids}
    if not ids:
        return {}
    return {actor.id: actor for actor in session.scalars(select(Actor).where(Actor.id.in_(ids)))}


def _addressed(session: Session, post: Post) -> Sequence[int]:
    return session.scalars(select(PostMention.actor_id).where(PostMention.post_id == post.id)).all()
