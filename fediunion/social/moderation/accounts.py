"""Decisions about accounts: suspending and silencing them, here or elsewhere."""

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.service import suspend_actor, unsuspend_actor
from fediunion.actors.service.remote import REFRESH
from fediunion.db import announce, now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.members.queries import find_member_of
from fediunion.members.service import suspend_member, unsuspend_member
from fediunion.social.moderation.audit import record_audit
from fediunion.social.profiles.telling import tell_soon
from fediunion.world import CHANGED

SEVER_ACTOR = "moderation.sever_actor"


def suspend(session: Session, actor: Actor, *, by: str, reason: str = "") -> None:
    """Let an actor, ours or remote, act no more; a second time changes nothing.

    A member's tokens end and followers elsewhere are told; follows between ours and a remote actor end.
    Whom its own server has suspended stays so whatever that server says later. Raises NotAllowed for the
    last owner.
    """
    if actor.suspended_at is not None and not actor.suspended_by_origin:
        return
    actor.suspended_by_origin = False
    member = find_member_of(session, actor.id) if actor.local else None
    if member is not None:
        suspend_member(session, member)
    suspend_actor(session, actor)
    if actor.local:
        tell_soon(session, actor)
    else:
        enqueue(session, SEVER_ACTOR, key=f"sever:{actor.id}", actor_id=actor.id)
    record_audit(session, by=by, action="actor.suspend", subject=actor.uri, reason=reason)


def unsuspend(session: Session, actor: Actor, *, by: str, reason: str = "") -> None:
    """Take a suspension back; follows that ended stay ended. A second time changes nothing.

    What the actor's own server decided is not ours to take back: it is asked how the actor stands there.
    """
    if actor.suspended_at is None or actor.suspended_by_origin:
        return
    member = find_member_of(session, actor.id) if actor.local else None
    if member is not None:
        unsuspend_member(session, member)
    unsuspend_actor(session, actor)
    if actor.local:
        tell_soon(session, actor)
    else:
        enqueue(session, REFRESH, key=f"{REFRESH}:{actor.uri}", uri=actor.uri)
    record_audit(session, by=by, action="actor.unsuspend", subject=actor.uri, reason=reason)


def silence(session: Session, actor: Actor, *, by: str, reason: str = "") -> None:
    """Let an actor be read, and heard, by followers only. Raises Invalid for an institution of ours."""
    if actor.local and find_member_of(session, actor.id) is None:
        raise Invalid(Sentence("An institution of ours cannot be silenced."), field="id")
    if actor.silenced_at is None:
        actor.silenced_at = now_of(session)
        announce(session, CHANGED, "actors")
        record_audit(session, by=by, action="actor.silence", subject=actor.uri, reason=reason)


def unsilence(session: Session, actor: Actor, *, by: str, reason: str = "") -> None:
    """Let an actor be read and heard by everybody again."""
    if actor.silenced_at is not None:
        actor.silenced_at = None
        announce(session, CHANGED, "actors")
        record_audit(session, by=by, action="actor.unsilence", subject=actor.uri, reason=reason)
