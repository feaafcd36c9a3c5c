"""Who wants to hear nothing of whom: reads."""

from collections.abc import Iterable, Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.social.follows.models import Block, MemberDomainBlock


def blocked_among(session: Session, actor_id: int, other_ids: Iterable[int]) -> set[int]:
    """Return which of `other_ids` block `actor_id`, or are blocked by it."""
    ids = list(other_ids)
    if not ids:
        return set()
    rows = session.execute(
        select(Block.blocker_id, Block.blocked_id).where(
            or_(
                and_(Block.blocker_id == actor_id, Block.blocked_id.in_(ids)),
                and_(Block.blocked_id == actor_id, Block.blocker_id.in_(ids)),
            )
        )
    )
    return {blocked if blocker == actor_id else blocker for blocker, blocked in rows}


def refuses(session: Session, member: Actor, other: Actor) -> bool:
    """Return whether `member` wants to hear nothing of `other`: blocked alone or with the server."""
    return bool(refusing_ids(session, [member.id], other))


def refusing_ids(session: Session, member_ids: Sequence[int], other: Actor) -> set[int]:
    """Return which of our members want to hear nothing of `other`: they block it, or its server."""
    blocking = select(Block.blocker_id).where(Block.blocked_id == other.id, Block.blocker_id.in_(member_ids))
    by_host = select(MemberDomainBlock.actor_id).where(
        MemberDomainBlock.host == other.host, MemberDomainBlock.actor_id.in_(member_ids)
    )
    return {*session.scalars(blocking), *session.scalars(by_host)}
