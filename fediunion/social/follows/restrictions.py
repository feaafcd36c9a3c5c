"""The rules of blocking and muting."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.domains import normalise_host
from fediunion.actors.models import Actor
from fediunion.db import emit, now_of, settings_of
from fediunion.db.known_uris import bury_uri, find_known_uri, remember_uri, undo_uri
from fediunion.kit.errors import Invalid, Refused
from fediunion.kit.sentences import Sentence
from fediunion.social.follows.events import Blocked, HostRefused
from fediunion.social.follows.models import Block, Follow, FollowState, MemberDomainBlock, Mute
from fediunion.social.follows.queries import find_block, find_follow, lock_pair
from fediunion.social.follows.service import end_follow, end_follows_between, remove_follower, unfollow


def block(session: Session, blocker: Actor, blocked: Actor) -> None:
    """Let our `blocker` block `blocked`: follows end both ways. A block is never sent."""
    if blocker.id == blocked.id:
        raise Invalid(Sentence("Nobody can block their own account."), field="id")
    lock_pair(session, blocker.id, blocked.id)
    if find_block(session, blocker.id, blocked.id) is not None:
        return
    end_follows_between(session, blocker, blocked)
    session.add(Block(blocker_id=blocker.id, blocked_id=blocked.id, created_at=now_of(session)))
    emit(session, Blocked(blocker.id, blocked.id))


def unblock(session: Session, blocker: Actor, blocked: Actor) -> None:
    """End a block. Does nothing where there is none."""
    found = find_block(session, blocker.id, blocked.id)
    if found is not None:
        session.delete(found)


def record_block(session: Session, blocker: Actor, blocked: Actor, uri: str | None) -> None:
    """Take note that a remote `blocker` blocks our `blocked`. Nobody is told; follows end here too.

    Raises Refused where the id is in use for something else.
    """
    lock_pair(session, blocker.id, blocked.id)
    found = find_block(session, blocker.id, blocked.id)
    if uri and (found is None or found.uri != uri) and find_known_uri(session, uri) is not None:
        raise Refused("its id names something else", reason="id-in-use")
    for follow in (
        find_follow(session, blocker.id, blocked.id),
        find_follow(session, blocked.id, blocker.id),
    ):
        if follow is not None:
            end_follow(session, follow)
    if found is None:
        found = Block(blocker_id=blocker.id, blocked_id=blocked.id, created_at=now_of(session))
        session.add(found)
    if uri and found.uri != uri:
        if found.uri:
            bury_uri(session, found.uri, blocker.id)
        found.uri = uri
        remember_uri(session, uri, "block", found.id)


def end_block(session: Session, found: Block, *, signed_at: datetime | None = None) -> None:
    """End a remote actor's block, as it signed at that time. A late copy of it changes nothing (row L20)."""
    if found.uri:
        undo_uri(session, found.uri, found.blocker_id, signed_at)
    session.delete(found)


def mute(
    session: Session,
    muter: Actor,
    muted: Actor,
    *,
    mutes_notifications: bool = True,
    lasts_seconds: int = 0,
) -> None:
    """Let our `muter` mute `muted`, for `lasts_seconds` or, where 0, for good; change an existing mute."""
    if muter.id == muted.id:
        raise Invalid(Sentence("Nobody can mute their own account."), field="id")
    now = now_of(session)
    expires_at = now + timedelta(seconds=lasts_seconds) if lasts_seconds > 0 else None
    found = _find_mute(session, muter, muted)
    if found is None:
        found = Mute(muter_id=muter.id, muted_id=muted.id, created_at=now)
        session.add(found)
    found.mutes_notifications, found.expires_at = mutes_notifications, expires_at


def unmute(session: Session, muter: Actor, muted: Actor) -> None:
    """End a mute. Does nothing where there is none."""
    found = _find_mute(session, muter, muted)
    if found is not None:
        session.delete(found)


def _find_mute(session: Session, muter: Actor, muted: Actor) -> Mute | None:
    return session.scalar(select(Mute).where(Mute.muter_id == muter.id, Mute.muted_id == muted.id))


def block_host(session: Session, member: Actor, host: str) -> None:
    """Let a member want nothing from a server: follows to and from it end.

    Raises Invalid for no name, and for our own server's: every colleague would be lost.
    """
    host = normalise_host(host)
    if not host:
        raise Invalid(Sentence("This is not a server's name."), field="domain")
    if host in settings_of(session).authority:
        raise Invalid(Sentence("This is our own server."), field="domain", reason="own-host")
    if _find_host_block(session, member, host) is None:
        session.add(MemberDomainBlock(actor_id=member.id, host=host, created_at=now_of(session)))
    follows = session.scalars(
        select(Follow)
        .join(Actor, (Actor.id == Follow.followed_id) | (Actor.id == Follow.follower_id))
        .where(Actor.host == host, (Follow.follower_id == member.id) | (Follow.followed_id == member.id))
    ).all()
    accepted = [follow for follow in follows if follow.state == FollowState.ACCEPTED]
    following = sum(1 for follow in accepted if follow.follower_id == member.id)
    if accepted:
        emit(session, HostRefused(member.id, host, len(accepted) - following, following))
    for follow in follows:
        if follow.follower_id == member.id:
            unfollow(session, member, session.get_one(Actor, follow.followed_id))
        else:
            remove_follower(session, member, session.get_one(Actor, follow.follower_id))


def unblock_host(session: Session, member: Actor, host: str) -> None:
    """End a member's block of a server. Does nothing where there is none."""
    found = _find_host_block(session, member, normalise_host(host))
    if found is not None:
        session.delete(found)


def _find_host_block(session: Session, member: Actor, host: str) -> MemberDomainBlock | None:
    return session.scalar(
        select(MemberDomainBlock).where(
            MemberDomainBlock.actor_id == member.id, MemberDomainBlock.host == host
        )
    )
