"""The history of a post: how it read before."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.social.media.models import Attachment
from fediunion.social.posts.models import Poll, Post, PostEdit


def keep_version(session: Session, post: Post) -> None:
    """Keep how a post reads now, before it is changed."""
    attachments = session.scalars(
        select(Attachment).where(Attachment.post_id == post.id).order_by(Attachment.position)
    )
    poll = session.get(Poll, post.id)
    session.add(
        PostEdit(
            post_id=post.id,
            content=post.content,
            content_warning=post.content_warning,
            sensitive=post.sensitive,
            source=post.source,
            title=post.title,
            attachments=[
                {"id": str(a.id), "url": a.remote_url, "description": a.description} for a in attachments
            ],
            poll_options=[option["name"] for option in poll.options] if poll is not None else [],
            written_at=post.edited_at or post.published_at,
        )
    )


def forget_versions(session: Session, post: Post) -> None:
    """Remove the earlier versions: whoever may read the post now was not meant to read those (rows V16, V26).

    They are taken away from everybody, as nothing says who could read which of them.
    """
    session.flush()
    session.execute(delete(PostEdit).where(PostEdit.post_id == post.id))


def list_versions(session: Session, post: Post) -> Sequence[PostEdit]:
    """Return the earlier versions, oldest first. Who may see the post may see them."""
    return session.scalars(
        select(PostEdit).where(PostEdit.post_id == post.id).order_by(PostEdit.written_at, PostEdit.id)
    ).all()
