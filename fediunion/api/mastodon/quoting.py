"""How quotes stand for one reader: whom the reader may quote, and whose quoted words the reader put aside."""

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import literal, or_, select, union_all
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.db import now_of
from fediunion.social.follows.models import Block, Follow, FollowState, MemberDomainBlock, Mute

_SAME_FOR_ALL: Final = (b'"automatic"}', b'"unknown"}', b'"manual"}')
_FOLLOWERS: Final = b'"followers"}'
_FOLLOWERS_ASK: Final = b'"manual_followers"}'
_DENIED: Final = b'"denied"}'
_NOBODY: Final = b'"nobody"}'
_RULES: Final = (_FOLLOWERS, _FOLLOWERS_ASK, _DENIED, _NOBODY)
_STRONGEST_FIRST: Final = ("blocked_account", "blocked_domain", "muted_account")


def depends_on_reader(fixed: bytes) -> bool:
    """Return whether the fixed part of a status, which ends with the rule for quotes, leaves a word open."""
    return not fixed.endswith(_SAME_FOR_ALL)


def asks_for_followers(fixed: bytes) -> bool:
    """Return whether the rule for quotes is different for followers of the author."""
    return fixed.endswith((_FOLLOWERS, _FOLLOWERS_ASK))


def resolved(fixed: bytes, *, is_author: bool, is_follower: bool) -> bytes:
    """Return the fixed part of a status with the word that its rule for quotes means for the reader.

    Source: https://docs.joinmastodon.org/entities/QuoteApproval/#current_user
    """
    rule = next((each for each in _RULES if fixed.endswith(each)), None)
    if rule is None:
        return fixed
    word = b"denied"
    if rule != _NOBODY and (is_author or (is_follower and rule == _FOLLOWERS)):
        word = b"automatic"
    elif is_follower and rule == _FOLLOWERS_ASK:
        word = b"manual"
    return b'%b"%b"}' % (fixed.removesuffix(rule), word)


def followed_among(session: Session, viewer: Viewer, author_ids: Iterable[int]) -> frozenset[int]:
    """Return whom of these authors the reader follows."""
    follows = select(Follow.followed_id).where(
        Follow.follower_id == viewer.actor_id,
        Follow.followed_id.in_(list(author_ids)),
        Follow.state == FollowState.ACCEPTED,
    )
    return frozenset(session.scalars(follows))


def put_aside(session: Session, viewer: Viewer, author_ids: Iterable[int]) -> Mapping[int, str]:
    """Return by author the state of a quote whose words the reader does not want to see; others are absent.

    Source: https://docs.joinmastodon.org/entities/Quote/#state
    """
    ids, who = list(author_ids), viewer.actor_id
    rows = session.execute(
        union_all(
            select(Block.blocked_id, literal("blocked_account")).where(
                Block.blocker_id == who, Block.blocked_id.in_(ids)
            ),
            select(Mute.muted_id, literal("muted_account")).where(
                Mute.muter_id == who,
                Mute.muted_id.in_(ids),
                or_(Mute.expires_at.is_(None), Mute.expires_at > now_of(session)),
            ),
            select(Actor.id, literal("blocked_domain"))
            .join(MemberDomainBlock, MemberDomainBlock.host == Actor.host)
            .where(MemberDomainBlock.actor_id == who, Actor.id.in_(ids), ~Actor.local),
        )
    )
    found: dict[int, str] = {}
    for actor_id, state in sorted(rows, key=lambda row: _STRONGEST_FIRST.index(row[1])):
        found.setdefault(actor_id, state)
    return found
