"""How far the posts of an author may go, and whom outside they are sent to."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience, narrower
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.outbox.models import OutboxActivity
from fediunion.outbox.publish import Recipients
from fediunion.social.posts.models import Favourite, PollVote, Post

_WIDEST = {Reach.PUBLIC: Audience.PUBLIC, Reach.FOLLOWABLE: Audience.FOLLOWERS}
_SHARED = (Audience.PUBLIC, Audience.UNLISTED, Audience.FOLLOWERS)


def ceiling_of(author: Actor) -> Audience:
    """Return the widest audience of an author: a member's reach decides it, institutions are public."""
    if author.kind != ActorKind.MEMBER:
        return Audience.PUBLIC
    return _WIDEST.get(Reach(author.reach), Audience.LOCAL)


def stays_here(actor: Actor) -> bool:
    """Return whether what `actor` does is local knowledge: nobody outside may know of a hidden member."""
    return actor.kind == ActorKind.MEMBER and actor.reach == Reach.HIDDEN


def narrowed(author: Actor, wish: Audience, *limits: Audience) -> Audience:
    """Return the audience of what `author` wishes to write, within its reach and `limits` (row I5).

    Whoever follows a hidden member is a member here: what is for them is narrower than what is for all here.
    """
    found = wish
    for limit in (ceiling_of(author), *limits):
        both = {found, limit}
        if stays_here(author) and Audience.FOLLOWERS in both and Audience.DIRECT not in both:
            found = Audience.FOLLOWERS
        else:
            found = narrower(found, limit)
    return found


def is_open(post: Post) -> bool:
    """Return whether anyone may read the post."""
    return Audience(post.audience).is_public


def is_shared(post: Post) -> bool:
    """Return whether a host's shared inbox may take the post."""
    return post.audience in _SHARED


def recipients_of(post: Post, author: Actor, remote_ids: Sequence[int]) -> Recipients | None:
    """Return who outside gets the post, or None where it stays here."""
    if stays_here(author):
        return None
    match Audience(post.audience):
        case Audience.LOCAL:
            return None
        case Audience.DIRECT:
            return Recipients(actor_ids=tuple(remote_ids)) if remote_ids else None
        case Audience.NETWORK:
            return Recipients(expand=("network",))
        case _:
            return Recipients(actor_ids=tuple(remote_ids), expand=("followers",))


def reached_ids(session: Session, post: Post) -> list[int]:
    """Return who elsewhere liked, boosted or answered a post that all may read, or voted in its poll.

    Their servers hold it too. Source: Mastodon's StatusReachFinder, and for votes its Update of a poll.
    """
    if not is_open(post):
        return []
    liking = select(Favourite.actor_id).where(Favourite.post_id == post.id)
    passing_on = select(Post.author_id).where(
        or_(Post.boost_of_id == post.id, Post.in_reply_to_id == post.id)
    )
    voting = select(PollVote.actor_id).where(PollVote.post_id == post.id)
    acting = or_(*(Actor.id.in_(each) for each in (liking, passing_on, voting)))
    remote = select(Actor.id).where(~Actor.local, Actor.deleted_at.is_(None), acting)
    return list(session.scalars(remote))


def has_left(session: Session, uri: str) -> bool:
    """Return whether an activity with that id, or about that object, was ever published from here."""
    told = or_(OutboxActivity.uri == uri, OutboxActivity.object_uri == uri)
    return session.scalar(select(OutboxActivity.id).where(told).limit(1)) is not None
