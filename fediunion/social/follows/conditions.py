"""Who wants nothing to do with whom, as conditions for the statements of the features above."""

from datetime import datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, or_

from fediunion.social.follows.models import Block, Follow, FollowState, MemberDomainBlock, Mute


def blocks(blocker: SQLColumnExpression[int], blocked: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Return the condition that the first actor blocks the second."""
    return exists().where(Block.blocker_id == blocker, Block.blocked_id == blocked)


def mutes(
    muter: SQLColumnExpression[int],
    muted: SQLColumnExpression[int],
    now: SQLColumnExpression[datetime],
    *,
    notifications: bool = False,
) -> ColumnElement[bool]:
    """Return the condition that the first actor mutes the second now; `notifications`: those as well."""
    held = exists().where(
        Mute.muter_id == muter,
        Mute.muted_id == muted,
        or_(Mute.expires_at.is_(None), Mute.expires_at > now),
    )
    return held.where(Mute.mutes_notifications) if notifications else held


def refuses_host(member: SQLColumnExpression[int], host: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """Return the condition that a member wants nothing from a server."""
    return exists().where(MemberDomainBlock.actor_id == member, MemberDomainBlock.host == host)


def follows(follower: SQLColumnExpression[int], followed: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Return the condition that the first actor's follow of the second was accepted."""
    return exists().where(
        Follow.follower_id == follower, Follow.followed_id == followed, Follow.state == FollowState.ACCEPTED
    )


def unread_by(
    reader: SQLColumnExpression[int],
    author: SQLColumnExpression[int],
    host: SQLColumnExpression[str],
    now: SQLColumnExpression[datetime],
) -> ColumnElement[bool]:
    """Return the condition that `reader` does not read `author`: a block of either, a mute, or its host."""
    return or_(
        blocks(reader, author), blocks(author, reader), mutes(reader, author, now), refuses_host(reader, host)
    )


def avoids_anybody(reader: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Return the condition that there is anybody whom `reader` does not read.

    `unread_by` holds for nobody without it; of one reader it is found out once, not for every author.
    """
    return or_(
        exists().where(Block.blocker_id == reader),
        exists().where(Block.blocked_id == reader),
        exists().where(Mute.muter_id == reader),
        exists().where(MemberDomainBlock.actor_id == reader),
    )
