"""The rules of following."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.actors.queries import find_actor, get_actor, reader_actor
from fediunion.db import emit, now_of
from fediunion.db.known_uris import bury_uri, find_known_uri, remember_uri, undo_uri
from fediunion.kit.errors import Invalid, NotAllowed, NotFound, Refused
from fediunion.kit.sentences import Sentence
from fediunion.kit.urls import authority_of
from fediunion.outbox.events import InboxGone
from fediunion.outbox.publish import Recipients, inboxes_waiting, publish, withdraw_from
from fediunion.social.follows import documents
from fediunion.social.follows.events import Followed, FollowRequested, Unfollowed
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.follows.queries import (
    find_follow,
    follows_of,
    follows_through_reader,
    is_blocked_between,
    lock_pair,
    used_inboxes,
)
from fediunion.social.follows.refusals import refuses

_ASK_AGAIN_AFTER = timedelta(hours=1)


def request_follow(
    session: Session,
    follower: Actor,
    followed: Actor,
    *,
    shows_boosts: bool | None = None,
    notifies: bool | None = None,
    languages: Sequence[str] | None = None,
) -> Follow:
    """Let our `follower` follow `followed`, or ask where somebody has to agree; change an existing follow.

    What is None stays as it is; of a new follow boosts are shown, in all languages, and nothing is notified.
    A hidden member follows a remote actor through the instance's reader.
    Raises Invalid (a locked actor for a hidden member), NotAllowed (oneself, or a block between the two),
    NotFound (an account that is deleted, suspended or not let in yet).
    """
    if follower.id == followed.id:
        raise NotAllowed(Sentence("Nobody can follow their own account."))
    if followed.deleted_at is not None or followed.suspended_at is not None or followed.pending:
        raise NotFound(Sentence("There is no such account."))
    lock_pair(session, follower.id, followed.id)
    if is_blocked_between(session, follower.id, followed.id):
        raise NotAllowed(Sentence("One of the two accounts blocks the other."))
    follow = find_follow(session, follower.id, followed.id)
    if follow is not None:
        _change(follow, shows_boosts, notifies, languages)
        _ask_again_if_forgotten(session, follow, follower, followed)
        return follow
    hidden = not followed.local and follower.kind == ActorKind.MEMBER and follower.reach == Reach.HIDDEN
    if hidden and followed.locked:
        raise Invalid(
            Sentence(
                "This account approves its followers by hand, and would learn who you are. Choose a wider"
                " reach to follow it."
            ),
            field="id",
        )
    now = now_of(session)
    follow = Follow(
        follower_id=follower.id,
        followed_id=followed.id,
        shows_boosts=True,
        notifies=False,
        languages=[],
        created_at=now,
    )
    _change(follow, shows_boosts, notifies, languages)
    session.add(follow)
    if followed.local:
        _follow_here(session, follow, follower, followed)
    elif hidden:
        _follow_through_reader(session, follow, followed)
    else:
        _ask(session, follow, follower, followed)
    return follow


def _change(
    follow: Follow, shows_boosts: bool | None, notifies: bool | None, languages: Sequence[str] | None
) -> None:
    if shows_boosts is not None:
        follow.shows_boosts = shows_boosts
    if notifies is not None:
        follow.notifies = notifies
    if languages is not None:
        follow.languages = list(languages)


def _follow_here(session: Session, follow: Follow, follower: Actor, followed: Actor) -> None:
    if needs_approval(followed):
        emit(session, FollowRequested(follower.id, followed.id))
    else:
        complete_follow(session, follow)


def _follow_through_reader(session: Session, follow: Follow, followed: Actor) -> None:
    follow.through_reader = True
    reader = reader_actor(session)
    if request_follow(session, reader, followed).state == FollowState.ACCEPTED:
        complete_follow(session, follow)


def _ask(session: Session, follow: Follow, follower: Actor, followed: Actor) -> None:
    follow.uri = documents.new_activity_uri(follower)
    remember_uri(session, follow.uri, "follow", follow.id)
    document = documents.follow_document(follow, follower, followed)
    publish(session, follower, document, Recipients(actor_ids=(followed.id,)))


def _ask_again_if_forgotten(session: Session, follow: Follow, follower: Actor, followed: Actor) -> None:
    """Ask a remote server that may have lost our request; an answer to the earlier one counts as well."""
    old = now_of(session) - follow.created_at > _ASK_AGAIN_AFTER
    if follow.state == FollowState.REQUESTED and follow.uri and not followed.local and old:
        follow.created_at = now_of(session)
        _ask(session, follow, follower, followed)


def needs_approval(followed: Actor) -> bool:
    """Return whether a follow of our `followed` waits for a decision. A followable member's always does."""
    return followed.locked or (followed.kind == ActorKind.MEMBER and followed.reach != Reach.PUBLIC)


def receive_request(
    session: Session, follower: Actor, followed: Actor, uri: str, *, signed_at: datetime | None = None
) -> None:
    """Record that a remote `follower` asks to follow our `followed`; answer where nobody has to decide.

    Of several that arrive the one signed last counts: only its Undo ends what is between them (row L20).
    Raises NotAllowed where `followed` cannot be followed by `follower`, Refused where the id is in use.
    """
    lock_pair(session, follower.id, followed.id)
    unfollowable = followed.kind in (ActorKind.INSTANCE, ActorKind.READER) or followed.reach == Reach.HIDDEN
    if unfollowable or refuses(session, followed, follower):
        raise NotAllowed(f"{followed.uri} cannot be followed by {follower.uri}")
    follow = find_follow(session, follower.id, followed.id)
    if (follow is None or follow.uri != uri) and find_known_uri(session, uri) is not None:
        raise Refused("its id names something else", reason="id-in-use")
    if follow is None:
        follow = Follow(
            follower_id=follower.id,
            followed_id=followed.id,
            uri=uri,
            signed_at=signed_at,
            created_at=now_of(session),
        )
        session.add(follow)
        remember_uri(session, uri, "follow", follow.id)
        if needs_approval(followed):
            emit(session, FollowRequested(follower.id, followed.id))
            return
        complete_follow(session, follow)
    elif follow.uri != uri:
        if was_signed_before(signed_at, follow):
            bury_uri(session, uri, follower.id)
            return
        if follow.uri:
            bury_uri(session, follow.uri, follower.id)
        follow.uri, follow.signed_at = uri, signed_at
        remember_uri(session, uri, "follow", follow.id)
    if follow.state == FollowState.ACCEPTED:
        document = documents.accept_document(follow, follower, followed)
        publish(session, followed, document, Recipients(actor_ids=(follower.id,)))


def was_signed_before(signed_at: datetime | None, follow: Follow) -> bool:
    """Return whether a follower signed something before the follow; False where that is not known."""
    return signed_at is not None and follow.signed_at is not None and signed_at < follow.signed_at


def accept_request(session: Session, followed: Actor, follower: Actor) -> None:
    """Let `follower` in, who asked our `followed`. Raises NotFound where nobody asked."""
    lock_pair(session, follower.id, followed.id)
    follow = find_follow(session, follower.id, followed.id)
    if follow is None:
        raise NotFound("There is no such request.")
    if follow.state == FollowState.ACCEPTED:
        return
    complete_follow(session, follow)
    if not follower.local:
        document = documents.accept_document(follow, follower, followed)
        publish(session, followed, document, Recipients(actor_ids=(follower.id,)))


def remove_follower(session: Session, followed: Actor, follower: Actor) -> None:
    """End what `follower` has or asked of our `followed`: a request is refused, a follower removed.

    Does nothing where there is neither.
    """
    follow = find_follow(session, follower.id, followed.id)
    if follow is None:
        return
    if not follower.local:
        document = documents.reject_document(follow, follower, followed)
        publish(session, followed, document, Recipients(actor_ids=(follower.id,)))
    end_follow(session, follow)


def unfollow(session: Session, follower: Actor, followed: Actor) -> None:
    """End what our `follower` has or asked of `followed`. Does nothing where there is neither."""
    follow = find_follow(session, follower.id, followed.id)
    if follow is None:
        return
    through_reader = follow.through_reader
    if not followed.local and not through_reader:
        document = documents.undo_follow_document(follow, follower, followed)
        publish(session, follower, document, Recipients(actor_ids=(followed.id,)))
    end_follow(session, follow)
    if through_reader and not follows_through_reader(session, followed.id):
        unfollow(session, reader_actor(session), followed)


def confirm_follow(session: Session, follow: Follow) -> None:
    """Take note that the one we asked agreed; where the reader asked, for all members who wait."""
    if follow.state == FollowState.ACCEPTED:
        return
    complete_follow(session, follow)
    if get_actor(session, follow.follower_id).kind == ActorKind.READER:
        for member_follow in follows_through_reader(session, follow.followed_id):
            if member_follow.state == FollowState.REQUESTED:
                complete_follow(session, member_follow)


def stop_following(session: Session, follow: Follow) -> None:
    """End a follow that the one followed ended; where the reader followed, those of all whom it read for."""
    end_follow(session, follow)
    if get_actor(session, follow.follower_id).kind == ActorKind.READER:
        for member_follow in follows_through_reader(session, follow.followed_id):
            end_follow(session, member_follow)


def complete_follow(session: Session, follow: Follow) -> None:
    """Make a follow an accepted one, count it, and tell the features above."""
    follow.state = FollowState.ACCEPTED
    follow.accepted_at = now_of(session)
    _count(session, follow, 1)
    emit(session, Followed(follow.follower_id, follow.followed_id))


def end_follow(session: Session, follow: Follow, *, signed_at: datetime | None = None) -> None:
    """Remove a follow, as its follower `signed_at`; nobody is told. A late copy is ignored (row L20).

    Nothing happens where another unit of work ended it meanwhile.
    """
    lock_pair(session, follow.follower_id, follow.followed_id)
    state = session.scalar(delete(Follow).where(Follow.id == follow.id).returning(Follow.state))
    if state is None:
        return
    if state == FollowState.ACCEPTED:
        _count(session, follow, -1)
    if follow.uri:
        undo_uri(session, follow.uri, follow.follower_id, signed_at)
    _withdraw_what_waits(session, follow)
    emit(session, Unfollowed(follow.follower_id, follow.followed_id))


def _withdraw_what_waits(session: Session, follow: Follow) -> None:
    """Stop what waits for a server behind which nobody follows our actor any more (row V24)."""
    follower, followed = find_actor(session, follow.follower_id), find_actor(session, follow.followed_id)
    if follower is None or followed is None or follower.local or not followed.local:
        return
    waiting = inboxes_waiting(session, followed.id, authority_of(follower.inbox_url))
    unused = waiting and waiting - used_inboxes(session, followed.id, follower.host)
    if unused:
        withdraw_from(session, followed.id, unused, follower.id)


def forget_gone_follower(session: Session, event: InboxGone) -> None:
    """Reaction: a remote actor is gone with its inbox; its follows and those of it end here."""
    for follow in follows_of(session, event.actor_id):
        end_follow(session, follow)


def end_follows_between(session: Session, one: Actor, other: Actor) -> None:
    """End follows both ways, telling the other server what it has to know."""
    for ours, theirs in ((one, other), (other, one)):
        if ours.local and find_follow(session, ours.id, theirs.id) is not None:
            unfollow(session, ours, theirs)
        if ours.local and find_follow(session, theirs.id, ours.id) is not None:
            remove_follower(session, ours, theirs)


def _count(session: Session, follow: Follow, step: int) -> None:
    session.execute(
        update(Actor)
        .where(Actor.id == follow.follower_id, Actor.local)
        .values(following_count=Actor.following_count + step)
    )
    session.execute(
        update(Actor)
        .where(Actor.id == follow.followed_id, Actor.local)
        .values(followers_count=Actor.followers_count + step)
    )
