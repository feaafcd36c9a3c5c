"""Conditions that several timelines share."""

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, literal, not_, or_, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from fediunion.actors.models import Actor
from fediunion.actors.queries import is_silenced
from fediunion.actors.viewer import Viewer
from fediunion.db import UtcDateTime, now_of
from fediunion.social.follows.conditions import follows, unread_by
from fediunion.social.media.models import Attachment
from fediunion.social.posts.models import Post


def wanted_by(session: Session, viewer: Viewer, author_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return the condition that the viewer reads this author: nobody blocked, muted or of a refused host."""
    if viewer.actor_id is None:
        return true()
    author = aliased(Actor)
    return not_(
        exists().where(
            author.id == author_id,
            unread_by(
                literal(viewer.actor_id), author.id, author.host, literal(now_of(session), UtcDateTime())
            ),
        )
    )


def not_silenced(session: Session, viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that the author may show in public timelines.

    A silenced actor, and everybody on a silenced server and its sub-domains, shows to followers only.
    """
    if viewer.actor_id is None:
        return not_(_silenced(session))
    return heard_by(session, literal(viewer.actor_id))


def heard_by(session: Session, reader: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Return the same condition for whichever member `reader` is."""
    return or_(not_(_silenced(session)), Post.author_id == reader, follows(reader, Post.author_id))


def _silenced(session: Session) -> ColumnElement[bool]:
    author = aliased(Actor)
    return exists().where(author.id == Post.author_id, is_silenced(session, author))


def is_no_reply_to_others() -> ColumnElement[bool]:
    """Return the condition that a post begins a thread, or goes on with one of its own author."""
    return or_(Post.in_reply_to_uri.is_(None), Post.in_reply_to_author_id == Post.author_id)


def has_media() -> ColumnElement[bool]:
    """Return the condition that something is attached to a post."""
    return exists().where(Attachment.post_id == Post.id)
