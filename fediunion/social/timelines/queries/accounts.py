"""What one account wrote, and what a member keeps: favourites, bookmarks, conversations."""

from typing import TypeVar

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from fediunion.actors.viewer import Viewer
from fediunion.db.pages import paged
from fediunion.kit.pages import Page
from fediunion.kit.text import normalise_hashtag
from fediunion.social.posts.models import Bookmark, ConversationEntry, Favourite, Pin, Post, PostTag
from fediunion.social.posts.visibility import visible_to
from fediunion.social.timelines.queries.conditions import has_media, is_no_reply_to_others, wanted_by

Kept = TypeVar("Kept", Bookmark, Favourite)


def account_page(
    session: Session,
    actor_id: int,
    viewer: Viewer,
    page: Page,
    *,
    pinned: bool = False,
    only_media: bool = False,
    exclude_replies: bool = False,
    exclude_boosts: bool = False,
    tag: str | None = None,
) -> list[int]:
    """Return the ids of what an actor posted and boosted, of what the viewer may see.

    Boosts of whom the viewer does not read are left out; the actor's own posts are shown to who asks for
    them, muted or not.
    """
    boosted = aliased(Post)
    statement = select(Post.id).where(Post.author_id == actor_id, visible_to(viewer))
    if pinned:
        statement = statement.where(exists().where(Pin.actor_id == actor_id, Pin.post_id == Post.id))
    if only_media:
        statement = statement.where(has_media())
    if exclude_replies:
        statement = statement.where(is_no_reply_to_others())
    if tag is not None:
        tagged = exists().where(PostTag.name == normalise_hashtag(tag), PostTag.post_id == Post.id)
        statement = statement.where(tagged)
    if exclude_boosts or pinned or only_media or tag is not None:
        statement = statement.where(Post.boost_of_id.is_(None))
    else:
        shown = exists().where(
            boosted.id == Post.boost_of_id,
            boosted.deleted_at.is_(None),
            wanted_by(session, viewer, boosted.author_id),
        )
        statement = statement.where(or_(Post.boost_of_id.is_(None), shown))
    return page.newest_first(list(session.scalars(paged(statement, Post.id, page))))


def bookmarks_page(session: Session, actor_id: int, page: Page) -> list[tuple[int, int]]:
    """Return (bookmark id, post id) of what a member keeps, newest first; pages go by the bookmark's id."""
    return _kept_page(session, Bookmark, actor_id, page)


def favourites_page(session: Session, actor_id: int, page: Page) -> list[tuple[int, int]]:
    """Return (favourite id, post id) of what a member likes, newest first; pages go by the favourite's id."""
    return _kept_page(session, Favourite, actor_id, page)


def conversations_page(session: Session, owner_id: int, page: Page) -> list[ConversationEntry]:
    """Return a member's conversations, newest first; pages go by `last_post_id`."""
    viewer = Viewer(owner_id, None, is_member=True)
    statement = (
        select(ConversationEntry)
        .join(Post, Post.id == ConversationEntry.last_post_id)
        .where(
            ConversationEntry.owner_id == owner_id,
            visible_to(viewer),
            wanted_by(session, viewer, Post.author_id),
        )
    )
    return page.newest_first(list(session.scalars(paged(statement, ConversationEntry.last_post_id, page))))


def _kept_page(session: Session, table: type[Kept], actor_id: int, page: Page) -> list[tuple[int, int]]:
    """Return what is kept and still there to be read: not of whom the member blocks, mutes or refuses."""
    viewer = Viewer(actor_id, None, is_member=True)
    statement = (
        select(table.id, table.post_id)
        .join(Post, Post.id == table.post_id)
        .where(table.actor_id == actor_id, visible_to(viewer), wanted_by(session, viewer, Post.author_id))
    )
    rows = session.execute(paged(statement, table.id, page))
    return page.newest_first([(row_id, post_id) for row_id, post_id in rows])
