"""Figures for administrators that nobody has to be watched for: counts of rows that are there anyway."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from fediunion.actors.models import Actor, ActorKind
from fediunion.members.models import Member, MemberState
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.media.models import StoredFile
from fediunion.social.moderation.models import Report
from fediunion.social.posts.models import Post

MOST_DAYS: Final = 366
_A_DAY: Final = timedelta(days=1)
_MOST_SERVERS: Final = 100


def days_between(start: datetime, end: datetime) -> list[datetime]:
    """Return the days (UTC, at midnight) from the one of `start` to the one of `end`, MOST_DAYS at most."""
    first, last = _midnight(start), _midnight(end)
    number = min((last - first).days, MOST_DAYS - 1)
    return [first + _A_DAY * step for step in range(number + 1)]


def count_by_day(
    session: Session, key: str, days: Sequence[datetime], host: str | None = None
) -> list[int] | None:
    """Return for each day how many new things of a kind there were; None for a kind that is not counted.

    `host` names the server that the `instance_…` kinds are about. One statement a day would be many: the
    moments are read, and counted here.
    """
    moment_and_condition = _counted(key, host)
    if moment_and_condition is None or not days:
        return None
    moment, conditions = moment_and_condition
    statement = select(moment).where(moment >= days[0], moment < days[-1] + _A_DAY, *conditions)
    counts = dict.fromkeys(days, 0)
    for (at,) in session.execute(statement):
        day = _midnight(at)
        if day in counts:
            counts[day] += 1
    return list(counts.values())


def _counted(
    key: str, host: str | None
) -> tuple[InstrumentedAttribute[Any], list[ColumnElement[bool]]] | None:
    at_host = select(Actor.id).where(Actor.host == host)
    if key == "new_users":
        return Member.created_at, [Member.state != MemberState.DELETED]
    if key == "opened_reports":
        return Report.created_at, []
    if key == "resolved_reports":
        return Report.handled_at, [Report.state == "resolved"]
    if host is None:
        return None
    if key == "instance_accounts":
        return Actor.created_at, [Actor.host == host, Actor.deleted_at.is_(None)]
    if key == "instance_statuses":
        return Post.received_at, [Post.author_id.in_(at_host), Post.deleted_at.is_(None)]
    if key == "instance_reports":
        return Report.created_at, [Report.target_id.in_(at_host)]
    if key in ("instance_follows", "instance_followers"):
        column = Follow.followed_id if key == "instance_follows" else Follow.follower_id
        return Follow.created_at, [column.in_(at_host), Follow.state == FollowState.ACCEPTED]
    return None


def largest_servers(session: Session, limit: int) -> list[tuple[str, int]]:
    """Return the servers with the most accounts that are known here, and how many."""
    number = func.count()
    statement = (
        select(Actor.host, number)
        .where(Actor.kind == ActorKind.REMOTE, Actor.deleted_at.is_(None))
        .group_by(Actor.host)
        .order_by(number.desc(), Actor.host)
        .limit(min(limit, _MOST_SERVERS))
    )
    return [(host, count) for host, count in session.execute(statement)]


def stored_bytes(session: Session) -> int:
    """Return how many bytes the files of members have."""
    return int(session.scalar(select(func.coalesce(func.sum(StoredFile.size), 0))) or 0)


def _midnight(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
