"""Showing one's own posts first."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.db import announce, now_of
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.outbox.publish import Recipients, publish
from fediunion.social.follows.documents import new_activity_uri
from fediunion.social.posts import documents
from fediunion.social.posts.models import Pin, Post
from fediunion.social.posts.service.reach import is_open, stays_here
from fediunion.world import CHANGED

MAX_PINS = 5
PINNED_AUDIENCES = (Audience.PUBLIC, Audience.UNLISTED, Audience.FOLLOWERS)


def pin(session: Session, author: Actor, post: Post) -> None:
    """Show our post first. Raises Invalid for another's, a private one, or one too many."""
    if post.author_id != author.id or post.boost_of_id is not None or post.deleted_at is not None:
        raise Invalid(Sentence("Only one’s own posts can be pinned."), field="id")
    if post.audience not in PINNED_AUDIENCES:
        raise Invalid(Sentence("Only posts that others can read can be pinned."), field="id")
    pinned = session.scalars(select(Pin).where(Pin.actor_id == author.id)).all()
    if any(row.post_id == post.id for row in pinned):
        return
    if len(pinned) >= MAX_PINS:
        raise Invalid(Sentence("%(most)s posts can be pinned at most.", most=MAX_PINS), field="id")
    session.add(Pin(actor_id=author.id, post_id=post.id, created_at=now_of(session)))
    _tell_pin(session, "Add", author, post)


def unpin(session: Session, author: Actor, post: Post) -> None:
    """Show our post first no longer. Does nothing where it was not pinned."""
    row = session.scalar(select(Pin).where(Pin.actor_id == author.id, Pin.post_id == post.id))
    if row is not None:
        session.delete(row)
        _tell_pin(session, "Remove", author, post)


def _tell_pin(session: Session, type: str, author: Actor, post: Post) -> None:
    announce(session, CHANGED, "posts")
    if is_open(post) and not stays_here(author):
        document = documents.pin_document(type, new_activity_uri(author), author, post)
        publish(session, author, document, Recipients(expand=("followers",)), shared=True)
