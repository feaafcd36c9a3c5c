"""What the author of a post from elsewhere says to a reply, a like or a boost of ours (GoToSocial)."""

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.db import announce
from fediunion.jobs.queue import enqueue
from fediunion.outbox.publish import restate
from fediunion.social.posts import documents
from fediunion.social.posts.kinds import TELL_EDIT
from fediunion.social.posts.models import Favourite, Post
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service.interactions import unboost, unfavourite
from fediunion.social.posts.service.quotes import ACCEPTED, REJECTED
from fediunion.world import CHANGED


def keep_approval(session: Session, ours: Post, author: Actor, approval_uri: str) -> None:
    """Note the consent of `author` to our reply or boost, and show it to those who check.

    A reply is told once more, with the consent: who dropped it for want of one takes it now. A boost is read
    with it from now on: whoever dropped that hears of it from `author`.
    """
    if ours.approval_state == ACCEPTED:
        return
    ours.approval_state, ours.approval_uri = ACCEPTED, approval_uri
    announce(session, CHANGED, "posts")
    boosted = find_post(session, ours.boost_of_id) if ours.boost_of_id is not None else None
    if boosted is None:
        enqueue(session, TELL_EDIT, key=f"tell_edit:{ours.id}", post_id=ours.id)
    else:
        booster = get_actor(session, ours.author_id)
        restate(session, documents.announce_document(ours, booster, boosted, author))


def keep_refusal(session: Session, ours: Post) -> None:
    """Note that our reply is not accepted, which its author is shown; a boost is taken back."""
    if ours.boost_of_id is not None:
        unboost(session, get_actor(session, ours.author_id), ours.boost_of_id)
        return
    ours.approval_state, ours.approval_uri = REJECTED, None
    announce(session, CHANGED, "posts")


def withdraw_favourite(session: Session, row: Favourite) -> None:
    """Take back our favourite, which is not accepted."""
    unfavourite(session, get_actor(session, row.actor_id), row.post_id)
