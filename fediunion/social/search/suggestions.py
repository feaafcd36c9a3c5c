"""Whom a member may want to know: who wants to be discovered, institutions, and whom those follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, literal, not_, or_, select
from sqlalchemy.orm import Session, aliased

from fediunion.actors.models import Actor, ActorKind
from fediunion.actors.queries import is_silenced, known_to
from fediunion.actors.viewer import Viewer
from fediunion.db import UtcDateTime, now_of
from fediunion.social.follows.conditions import unread_by
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.posts.models import Post, PostTag
from fediunion.social.profiles.models import FeaturedTag
from fediunion.social.search.models import DismissedSuggestion

_LOOKED_THROUGH: Final = 5_000
_OWN_POSTS: Final = 1_000


class Source(StrEnum):
    """Why an account is suggested, in the words of clients."""

    INSTITUTION = "featured"
    NETWORK = "friends_of_friends"


@dataclass(frozen=True)
class Suggestion:
    """An account that a member may want to follow, and why."""

    account: Actor
    source: Source


def list_directory(
    session: Session, viewer: Viewer, *, limit: int, offset: int, newest: bool, only_local: bool
) -> Sequence[Actor]:
    """Return who wants to be discovered: the last to write, or with `newest` the last to come, first.

    Strangers see the institutions of this instance only: a list of members is for members.
    Of more than 5,000 the latest known are looked through.
    """
    statement = select(Actor.id).where(Actor.discoverable)
    latest = statement.order_by(Actor.id.desc()).limit(_LOOKED_THROUGH).subquery()
    shown = select(Actor).where(
        Actor.id.in_(select(latest.c.id)), known_to(viewer), *_stands_well(session), _is_shown_in_lists()
    )
    if not viewer.is_member:
        shown = shown.where(_is_institution())
    if only_local:
        shown = shown.where(Actor.local)
    if viewer.actor_id is not None:
        shown = shown.where(Actor.id != viewer.actor_id, _is_read_by(session, viewer.actor_id))
    by = Actor.created_at.desc() if newest else Actor.last_posted_at.desc().nulls_last()
    return session.scalars(shown.order_by(by, Actor.id.desc()).limit(limit).offset(offset)).all()


def list_suggestions(session: Session, viewer: Viewer, *, limit: int, offset: int) -> list[Suggestion]:
    """Return accounts that a member does not follow yet: the institutions, then whom those it follows follow.

    Only follows that anybody may read count, those of institutions: of people nobody learns whom they follow.
    """
    member_id = viewer.actor_id
    assert member_id is not None
    own = aliased(Follow)
    wanted = (
        Actor.id != member_id,
        known_to(viewer),
        Actor.discoverable,
        *_stands_well(session),
        _is_shown_in_lists(),
        _is_read_by(session, member_id),
        not_(exists().where(own.follower_id == member_id, own.followed_id == Actor.id)),
        not_(
            exists().where(
                DismissedSuggestion.actor_id == member_id, DismissedSuggestion.suggested_id == Actor.id
            )
        ),
    )
    institution = (Actor.local.is_(True), _is_institution())
    most = limit + offset
    found = [
        Suggestion(actor, Source.INSTITUTION)
        for actor in session.scalars(
            select(Actor)
            .where(Actor.id.in_(_discoverable_ids()), *institution, *wanted)
            .order_by(Actor.username_key, Actor.id)
            .limit(most)
        )
    ]
    there = {suggestion.account.id for suggestion in found}
    mine, theirs, followed = aliased(Follow), aliased(Follow), aliased(Actor)
    near = (
        select(theirs.followed_id)
        .join(mine, and_(mine.followed_id == theirs.follower_id, mine.state == FollowState.ACCEPTED))
        .join(followed, followed.id == mine.followed_id)
        .where(
            mine.follower_id == member_id,
            theirs.state == FollowState.ACCEPTED,
            followed.local,
            followed.kind != ActorKind.MEMBER,
        )
    )
    network = session.scalars(
        select(Actor).where(Actor.id.in_(near), *wanted).order_by(Actor.username_key, Actor.id).limit(most)
    )
    found += [Suggestion(actor, Source.NETWORK) for actor in network if actor.id not in there]
    return found[offset:most]


def list_used_tags(session: Session, actor_id: int, *, limit: int) -> list[str]:
    """Return the hashtags that a member used most in the last 1,000 posts and does not feature yet."""
    recent = (
        select(Post.id)
        .where(Post.author_id == actor_id, Post.deleted_at.is_(None))
        .order_by(Post.id.desc())
        .limit(_OWN_POSTS)
    ).subquery()
    featured = exists().where(FeaturedTag.actor_id == actor_id, FeaturedTag.name == PostTag.name)
    names = session.scalars(
        select(PostTag.name).where(PostTag.post_id.in_(select(recent.c.id)), not_(featured))
    )
    uses: dict[str, int] = {}
    for name in names:
        uses[name] = uses.get(name, 0) + 1
    return sorted(uses, key=lambda name: (-uses[name], name))[:limit]


def _discoverable_ids() -> ColumnElement[int]:
    known = aliased(Actor)
    return (
        select(known.id).where(known.discoverable).order_by(known.id).limit(_LOOKED_THROUGH).scalar_subquery()
    )


def _is_institution() -> ColumnElement[bool]:
    return and_(
        Actor.local, Actor.kind.in_((ActorKind.UNION, ActorKind.BOARD, ActorKind.FEED, ActorKind.GROUP))
    )


def _is_shown_in_lists() -> ColumnElement[bool]:
    return and_(Actor.kind != ActorKind.INSTANCE, Actor.moved_to_uri.is_(None))


def _stands_well(session: Session) -> tuple[ColumnElement[bool], ...]:
    return (Actor.suspended_at.is_(None), not_(is_silenced(session)))


def _is_read_by(session: Session, member_id: int) -> ColumnElement[bool]:
    now = literal(now_of(session), UtcDateTime())
    return not_(or_(unread_by(literal(member_id), Actor.id, Actor.host, now)))
