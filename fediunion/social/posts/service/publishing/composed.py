"""Posts that a feature of the union writes: changed, and taken back, at those who got them."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.db import announce, emit, now_of
from fediunion.outbox.models import OutboxActivity
from fediunion.outbox.publish import NETWORK, SENT_TO, Recipients, publish
from fediunion.social.posts import documents
from fediunion.social.posts.events import PostEdited
from fediunion.social.posts.models import Post
from fediunion.social.posts.service import texts
from fediunion.social.posts.service.counting import lock_post
from fediunion.social.posts.service.drafts import Composed
from fediunion.social.posts.service.edits import keep_version
from fediunion.social.posts.service.publishing.change import check_own, tell_edit
from fediunion.social.posts.service.publishing.removal import withdraw_post
from fediunion.social.posts.service.reach import is_open, is_shared
from fediunion.social.posts.service.rendering import author_view, render
from fediunion.world import CHANGED

_SECOND: Final = timedelta(seconds=1)


def recompose_post(
    session: Session, author: Actor, post: Post, composed: Composed, *, only_to_holders: bool = False
) -> None:
    """Change the words of our post; with `only_to_holders` exactly those are told who were sent it.

    Raises NotAllowed for another's post.
    """
    lock_post(session, post.id)
    session.refresh(post, ["deleted_at"])
    check_own(author, post)
    keep_version(session, post)
    post.content, post.extension, post.url = composed.html, composed.extension, composed.url
    post.edited_at = _next_version(session, post)
    texts.replace_parts(session, post, texts.as_composed(composed))
    session.flush()
    if only_to_holders:
        _tell_holders(session, author, post)
    else:
        tell_edit(session, author, post, composed.expand)
    announce(session, CHANGED, "posts")
    emit(session, PostEdited(post))


def withdraw_from_holders(session: Session, author: Actor, post: Post) -> None:
    """Delete our post, and tell exactly those who were sent it. Raises NotAllowed for another's post."""
    withdraw_post(session, author, post, recipients=_holders_of(post))


def _next_version(session: Session, post: Post) -> datetime:
    """Return the instant of a change: later than what it changes by the second, as the wire tells it.

    Other servers leave alone what says of itself that it is no newer (row A08), and what a feature tells of
    may change twice within a second.
    """
    return max(now_of(session), (post.edited_at or post.published_at) + _SECOND)


def tell_one_server(session: Session, author: Actor, post: Post, inbox: str, telling: str) -> None:
    """Send a server our public post as it is now: an Update, which counts as news where it is new.

    In one `telling`, a slug, it is sent once, however often a crash makes this run again.
    """
    update = documents.update_document(render(session, author_view(session, post)), author, telling)
    told = select(OutboxActivity.id).where(OutboxActivity.uri == update["id"])
    if session.scalar(told) is None:
        publish(session, author, update, Recipients(inboxes=(inbox,)), public=True, shared=True)


def _tell_holders(session: Session, author: Actor, post: Post) -> None:
    document = documents.update_document(render(session, author_view(session, post)), author)
    # Who left the network since holds how it was: that is taken back some day, and not brought up to date.
    in_network = Recipients(expand=(f"{NETWORK}:{post.uri}",))
    told = in_network if post.audience == Audience.NETWORK else _holders_of(post)
    publish(session, author, document, told, public=is_open(post), shared=is_shared(post))


def _holders_of(post: Post) -> Recipients:
    return Recipients(expand=(f"{SENT_TO}:{post.uri}",))
