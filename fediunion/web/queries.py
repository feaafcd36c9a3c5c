"""What the public pages show: institutions, public members, and their public posts."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.fetching import asks_for_signatures
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.actors.queries import find_visible_local_actor
from fediunion.db import settings_of
from fediunion.kit.errors import Gone, NotFound
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import find_local_post

LATEST = 20
_FOLLOWED_INSTITUTIONS = (ActorKind.UNION, ActorKind.BOARD, ActorKind.FEED, ActorKind.GROUP)


def list_institutions(session: Session) -> list[Actor]:
    """Return the union and its boards, feeds and groups, in the order in which they were made."""
    statement = (
        select(Actor)
        .where(Actor.local.is_(True), Actor.kind.in_(_FOLLOWED_INSTITUTIONS), Actor.deleted_at.is_(None))
        .order_by(Actor.id)
    )
    return list(session.scalars(statement))


def get_page_actor(session: Session, name: str) -> Actor:
    """Return the institution or public member with that name.

    Raises NotFound alike for nobody, for who is hidden or followable, for who is suspended, and for
    members where even public things need a signature; Gone for who was public and is deleted.
    """
    actor = find_visible_local_actor(session, name)
    if actor is None or actor.reach != Reach.PUBLIC or actor.suspended_at is not None:
        raise NotFound(f"Nobody here is called {name}.")
    if actor.kind == ActorKind.MEMBER and asks_for_signatures(settings_of(session)):
        raise NotFound(f"Nobody here is called {name}.")
    if actor.deleted_at is not None:
        raise Gone("This account was deleted.")
    return actor


def latest_public_posts(session: Session, actor: Actor) -> list[Post]:
    """Return the newest public posts of an actor, without boosts and replies."""
    statement = (
        select(Post)
        .where(
            Post.author_id == actor.id,
            Post.audience == Audience.PUBLIC,
            Post.deleted_at.is_(None),
            Post.boost_of_id.is_(None),
            Post.in_reply_to_uri.is_(None),
        )
        .order_by(Post.id.desc())
        .limit(LATEST)
    )
    return list(session.scalars(statement))


def get_public_post(session: Session, name: str, slug: str) -> tuple[Actor, Post]:
    """Return an actor and one of its public or unlisted posts; raises as `get_page_actor`."""
    actor = get_page_actor(session, name)
    post = find_local_post(session, slug)
    if post is None or post.author_id != actor.id or not Audience(post.audience).is_public:
        raise NotFound("There is no such post.")
    if post.deleted_at is not None:
        raise Gone("This post was deleted.")
    return actor, post
