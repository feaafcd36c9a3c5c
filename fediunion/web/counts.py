"""The numbers beside entries of the menu: what is new to a member, and what waits for an officer."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from fediunion.db import BIG, UtcDateTime, now_of
from fediunion.members.models import Member, MemberState, Role, SignUp
from fediunion.members.rights import rank_of
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.moderation.models import Report
from fediunion.social.notifications.models import Notification
from fediunion.social.notifications.queries import MOST_COUNTED, OFFICE, shown_to
from fediunion.social.timelines.markers import NOTIFICATIONS
from fediunion.social.timelines.models import TimelineMarker

_MEMBERS: Final = ("notifications", "follow-requests")
_OFFICERS: Final = ("reports", "requests")


def load_counts(session: Session, actor_id: int, role: str) -> Mapping[str, int]:
    """Return the numbers by the keys of `web/navigation.py`, in one statement; at most 100 notifications.

    Officers have two more, and their sum beside the way to their pages.
    """
    is_officer = rank_of(role) >= rank_of(Role.MODERATOR)
    row = session.execute(_statement(is_officer), {"reader": actor_id, "now": now_of(session)}).one()
    counts = dict(zip((*_MEMBERS, *_OFFICERS), row, strict=False))
    if is_officer:
        counts["admin"] = sum(counts[key] for key in _OFFICERS)
    return counts


@cache
def _statement(is_officer: bool) -> Select[Any]:
    """Return the statement, built once: to build it takes longer than to run it."""
    reader, now = bindparam("reader", type_=BIG), bindparam("now", type_=UtcDateTime())
    read = select(TimelineMarker.last_read_id).where(
        TimelineMarker.actor_id == reader, TimelineMarker.timeline == NOTIFICATIONS
    )
    newer = select(Notification.id).where(
        *shown_to(reader, now, filtered=False),
        Notification.id > func.coalesce(read.scalar_subquery(), 0),
    )
    if not is_officer:
        newer = newer.where(Notification.kind.not_in(sorted(OFFICE)))
    asking = select(func.count()).where(Follow.followed_id == reader, Follow.state == FollowState.REQUESTED)
    counted = [select(func.count()).select_from(newer.limit(MOST_COUNTED).subquery()), asking]
    if is_officer:
        counted.append(select(func.count()).where(Report.state == "open"))
        counted.append(
            select(func.count())
            .select_from(SignUp)
            .join(Member, Member.id == SignUp.member_id)
            .where(Member.state == MemberState.PENDING, SignUp.confirmed_at.is_not(None))
        )
    return select(*[each.scalar_subquery() for each in counted])
