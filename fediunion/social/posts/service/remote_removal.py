"""Forgetting remote posts: their rows go, their ids are free to be fetched again."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from fediunion.db import emit
from fediunion.db.known_uris import KnownUri
from fediunion.social.media.models import Attachment
from fediunion.social.posts.events import PostRemoved
from fediunion.social.posts.models import Post


def erase_posts(session: Session, posts: Sequence[Post]) -> None:
    """Remove the rows of remote posts as if they had never come. Replies to them stay, without a parent."""
    ids = [post.id for post in posts]
    if not ids:
        return
    for post in posts:
        emit(session, PostRemoved(post))
    session.execute(delete(Attachment).where(Attachment.post_id.in_(ids)))
    session.execute(update(Post).where(Post.in_reply_to_id.in_(ids)).values(in_reply_to_id=None))
    session.execute(update(Post).where(Post.quote_of_id.in_(ids)).values(quote_of_id=None))
    boosts = session.execute(select(Post.id, Post.uri).where(Post.boost_of_id.in_(ids))).all()
    uris = [*(post.uri for post in posts), *(uri for _, uri in boosts)]
    session.execute(delete(KnownUri).where(KnownUri.uri.in_(uris), KnownUri.kind == "post"))
    session.execute(delete(Post).where(Post.id.in_([boost_id for boost_id, _ in boosts])))
    session.execute(delete(Post).where(Post.id.in_(ids)))
