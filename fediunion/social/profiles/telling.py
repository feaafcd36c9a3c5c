"""Telling other servers what became of an actor of ours: changed, hidden, erased."""

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.events import ActorKeysRotated
from fediunion.actors.models import Actor, Reach
from fediunion.actors.queries import find_actor, get_actor, keys_of
from fediunion.db import now_of, settings_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import FediUnionError
from fediunion.kit.json import JsonObject
from fediunion.members.events import MemberErased, MemberReachChanged
from fediunion.outbox.inboxes import choose_inboxes
from fediunion.outbox.models import OutboxActivity
from fediunion.outbox.publish import Inbox, Recipients, publish, withdraw_unsent
from fediunion.social.follows.service import remove_follower, request_follow, unfollow
from fediunion.social.profiles import documents
from fediunion.social.profiles.queries import (
    inboxes_holding,
    list_unsent_objects,
    remote_followers,
    remotely_followed,
)
from fediunion.social.profiles.verification import verify_soon
from fediunion.world import World

TELL: Final = "profiles.tell"
HIDE: Final = "profiles.hide"
_NOT_MORE_OFTEN_THAN: Final = timedelta(minutes=1)
_AT_ONCE: Final = 100


def tell_soon(session: Session, actor: Actor) -> None:
    """Have the followers told how our actor is now: at once, but not twice in a minute."""
    last = session.scalar(
        select(func.max(OutboxActivity.created_at)).where(
            OutboxActivity.object_uri == actor.uri,
            OutboxActivity.actor_id == actor.id,
            OutboxActivity.activity_type == "Update",
        )
    )
    now = now_of(session)
    at = now if last is None else max(now, last + _NOT_MORE_OFTEN_THAN)
    enqueue(session, TELL, at=at, key=f"tell:{actor.id}", actor_id=actor.id)


async def tell(world: World, payload: JsonObject) -> None:
    """Job: send the Update of an actor."""
    await world.db.write(publish_profile, payload["actor_id"])


def publish_profile(session: Session, actor_id: int) -> None:
    """Send our actor as it is now to its followers and to whoever was told of it before."""
    actor = find_actor(session, actor_id)
    if actor is None or not actor.local or actor.deleted_at is not None or actor.reach == Reach.HIDDEN:
        return
    document = documents.update_document(actor, keys_of(session, actor.id), settings_of(session))
    publish(session, actor, document, Recipients(expand=("followers", f"holders:{actor.uri}")), shared=True)


def tell_of_keys(session: Session, event: ActorKeysRotated) -> None:
    """Reaction: send new keys with an Update of the actor."""
    tell_soon(session, get_actor(session, event.actor_id))


def tell_of_reach(session: Session, event: MemberReachChanged) -> None:
    """Reaction: tell how far a member is seen now.

    A member who goes hidden is not deleted elsewhere: a Delete of an actor is for ever, and the member may
    want to be seen again. Everybody who may hold the profile gets an Update that empties it, then each
    remote follower is removed by a Reject, and what the member follows elsewhere is left, and followed
    again through the reader where that can be.
    """
    actor = get_actor(session, event.actor_id)
    if event.after is not Reach.HIDDEN:
        tell_soon(session, actor)
        verify_soon(session, actor)
        return
    document = documents.update_document(actor, keys_of(session, actor.id), settings_of(session))
    # The followers as they are now: when this fans out, they may have been removed already.
    publish(session, actor, document, who_know(session, actor), shared=True)
    enqueue(session, HIDE, key=f"hide:{actor.id}", actor_id=actor.id)


async def hide(world: World, payload: JsonObject) -> None:
    """Job: end the follows of a hidden member with other servers, some at a time."""
    while await world.db.write(_hide_some, payload["actor_id"]):
        pass


def _hide_some(session: Session, actor_id: int) -> bool:
    """Return whether there may be more."""
    actor = get_actor(session, actor_id)
    if actor.reach != Reach.HIDDEN:
        return False
    followers = remote_followers(session, actor.id, at_most=_AT_ONCE)
    for follower in followers:
        remove_follower(session, actor, follower)
    followed = remotely_followed(session, actor.id, at_most=_AT_ONCE)
    for other in followed:
        unfollow(session, actor, other)
        session.flush()
        try:
            if not other.locked:
                request_follow(session, actor, other)
        except FediUnionError:
            # Gone or blocked since: there is nothing to follow again.
            continue
    return _AT_ONCE in (len(followers), len(followed))


def tell_of_erasure(session: Session, event: MemberErased) -> None:
    """Reaction: an erased member is deleted wherever it is known."""
    tell_of_deletion(session, get_actor(session, event.actor_id))


def tell_of_deletion(session: Session, actor: Actor) -> None:
    """Withdraw what an actor that goes has not sent yet; a Delete goes to all who know it (L35)."""
    for object_uri in list_unsent_objects(session, actor.id):
        withdraw_unsent(session, object_uri)
    recipients = who_know(session, actor)
    if recipients.inboxes:
        publish(session, actor, documents.delete_document(actor), recipients, shared=True)


def who_know(session: Session, actor: Actor) -> Recipients:
    """Return the inboxes of all who may hold anything of an actor: each server once, where it shares one.

    Somebody suspended here holds copies too.
    """
    known = [
        Inbox(follower.inbox_url, follower.shared_inbox_url)
        for follower in remote_followers(session, actor.id)
    ]
    known += inboxes_holding(session, actor)
    targets = choose_inboxes(known, shared=True, public=actor.reach == Reach.PUBLIC)
    return Recipients(inboxes=tuple(sorted(target.url for target in targets)))
