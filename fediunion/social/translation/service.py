"""Which posts may be translated, and what of them is."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.viewer import ANONYMOUS, Viewer
from fediunion.kit.errors import NotAllowed
from fediunion.social.media.models import Attachment
from fediunion.social.posts.models import Poll, Post
from fediunion.social.posts.visibility import get_visible_post, may_see


@dataclass(frozen=True)
class Translatable:
    """The words of a post: `content` is HTML, all else is plain. Options and descriptions with their ids."""

    post_id: int
    version: str
    language: str | None
    content: str
    content_warning: str
    options: tuple[str, ...]
    descriptions: tuple[tuple[int, str], ...]


def translatable(session: Session, post_id: int, viewer: Viewer) -> Translatable:
    """Return the words of a post that may leave the instance: one that everybody may read.

    Raises NotFound for what is not there for the viewer, NotAllowed for what only some may read.
    """
    post = get_visible_post(session, post_id, viewer)
    if post.boost_of_id is not None:
        post = get_visible_post(session, post.boost_of_id, viewer)
    if not may_see(session, post, ANONYMOUS):
        raise NotAllowed("This action is not allowed")
    poll = session.get(Poll, post.id)
    described = session.execute(
        select(Attachment.id, Attachment.description)
        .where(Attachment.post_id == post.id, Attachment.description != "")
        .order_by(Attachment.position)
    )
    return Translatable(
        post_id=post.id,
        version=_version(post),
        language=(post.language or "").partition("-")[0].lower() or None,
        content=post.content,
        content_warning=post.content_warning,
        options=tuple(option["name"] for option in poll.options) if poll is not None else (),
        descriptions=tuple((row_id, description) for row_id, description in described),
    )


def _version(post: Post) -> str:
    return "" if post.edited_at is None else post.edited_at.isoformat()
