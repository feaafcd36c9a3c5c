"""Direct messages one by one, as apps of long ago list them."""

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.viewer import Viewer
from fediunion.db.pages import paged
from fediunion.kit.pages import Page
from fediunion.social.posts.models import Post, PostMention
from fediunion.social.posts.visibility import visible_to
from fediunion.social.timelines.queries.conditions import wanted_by


def direct_page(session: Session, viewer: Viewer, page: Page) -> list[int]:
    """Return the ids of the direct messages that a member wrote or got, the newest first."""
    addressed = exists().where(PostMention.post_id == Post.id, PostMention.actor_id == viewer.actor_id)
    statement = select(Post.id).where(
        Post.audience == Audience.DIRECT,
        or_(Post.author_id == viewer.actor_id, addressed),
        visible_to(viewer),
        wanted_by(session, viewer, Post.author_id),
    )
    return page.newest_first(list(session.scalars(paged(statement, Post.id, page))))
