"""What the first page for officers shows: numbers of the instance, and how they came about."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Instance, InstanceState
from fediunion.db import now_of
from fediunion.jobs.models import Job, JobState
from fediunion.members.models import Member, MemberState, SignUp
from fediunion.outbox.models import Delivery, DeliveryState
from fediunion.social.media.models import StoredFile
from fediunion.social.moderation.audit import TAKEN_BACK
from fediunion.social.moderation.decisions import count_appeals
from fediunion.social.moderation.figures import count_by_day, days_between
from fediunion.social.moderation.models import AuditEntry, Report, RequestState, TwoPersonRequest
from fediunion.social.moderation.samples import QueueAges, queue_ages
from fediunion.social.posts.models import Post

SIGN_UP_DAYS: Final = 30
POST_DAYS: Final = 14
DELIVERY_HOURS: Final = 24
EXPORT_DAYS: Final = 7
TAKEN_BACK_DAYS: Final = 7
MOST_PEERS: Final = 8
AGES: Final = (1, 6, 24, 72)
"""Hours that part deliveries by how long they have waited."""


@dataclass(frozen=True)
class Failing:
    """A server that does not take what is sent: since when, why (as deliveries note it), how much waits."""

    host: str
    since: datetime | None
    error: str
    waiting: int


@dataclass(frozen=True)
class ByDay:
    """Counts a day, the oldest first; `others` is a second series, or empty."""

    days: Sequence[datetime]
    counts: Sequence[int]
    others: Sequence[int] = ()


@dataclass(frozen=True)
class PeerTraffic:
    """Deliveries to a server within the hours shown: done, and not done yet or never."""

    host: str
    delivered: int
    failed: int


@dataclass(frozen=True)
class Overview:
    """Everything on the page. `exports`, and accounts that were `taken_back`, are those of the last days.

    `waiting_by_age` counts unfinished deliveries between AGES, five numbers.
    """

    accounts: int
    new_this_week: int
    waiting: int
    oldest_waiting_at: datetime | None
    open_reports: int
    appeals: int
    queue: int
    oldest_delivery_at: datetime | None
    failing: Sequence[Failing]
    quarantined: int
    waiting_acts: int
    exports: int
    taken_back: int
    sign_ups: ByDay
    posts: ByDay
    waiting_by_age: Sequence[int]
    queue_ages: QueueAges
    peers: Sequence[PeerTraffic]
    storage: Sequence[tuple[str, int]]
    failures: ByDay


def read_overview(session: Session) -> Overview:
    """Return the figures, in a fixed number of statements however much there is."""
    now = now_of(session)
    members = session.execute(
        select(
            func.count(),
            func.sum(case((Member.created_at > now - timedelta(days=7), 1), else_=0)),
        ).where(Member.state == MemberState.ACTIVE)
    ).one()
    waiting, oldest = session.execute(
        select(func.count(), func.min(SignUp.created_at))
        .join(Member, Member.id == SignUp.member_id)
        .where(Member.state == MemberState.PENDING, SignUp.confirmed_at.is_not(None))
    ).one()
    unfinished = session.execute(
        select(Delivery.host, func.count(), func.min(Delivery.created_at))
        .where(Delivery.finished_at.is_(None))
        .group_by(Delivery.host)
    ).all()
    by_host = {host: number for host, number, _ in unfinished}
    acts = _acts_of_two(session, now)
    return Overview(
        accounts=members[0],
        new_this_week=members[1] or 0,
        waiting=waiting,
        oldest_waiting_at=oldest,
        open_reports=session.scalar(select(func.count()).where(Report.state == "open")) or 0,
        appeals=count_appeals(session),
        queue=sum(by_host.values()),
        oldest_delivery_at=min((since for _, _, since in unfinished), default=None),
        failing=_failing(session, by_host),
        quarantined=session.scalar(select(func.count()).where(Job.state == JobState.QUARANTINED)) or 0,
        waiting_acts=acts[0],
        exports=acts[1],
        taken_back=_taken_back(session, now),
        sign_ups=_sign_ups(session, now),
        posts=_posts(session, now),
        waiting_by_age=_ages(session, now),
        queue_ages=queue_ages(session),
        peers=_peers(session, now),
        storage=_storage(session),
        failures=_failures(session, now),
    )


def _acts_of_two(session: Session, now: datetime) -> tuple[int, int]:
    """Return how many acts wait for a second person, and how many exports were begun in the last days."""
    waits = (TwoPersonRequest.state == RequestState.WAITING) & (TwoPersonRequest.ends_at > now)
    is_export = (TwoPersonRequest.act != "owner_role") & (TwoPersonRequest.state == RequestState.DONE)
    recent = is_export & (TwoPersonRequest.decided_at > now - timedelta(days=EXPORT_DAYS))
    row = session.execute(
        select(func.sum(case((waits, 1), else_=0)), func.sum(case((recent, 1), else_=0)))
    ).one()
    return row[0] or 0, row[1] or 0


def _taken_back(session: Session, now: datetime) -> int:
    recent = (AuditEntry.action == TAKEN_BACK) & (AuditEntry.at > now - timedelta(days=TAKEN_BACK_DAYS))
    return session.scalar(select(func.count()).where(recent)) or 0


def _failing(session: Session, waiting: dict[str, int]) -> list[Failing]:
    """Return the servers that do not answer and for which something waits, those with most first."""
    rows = session.scalars(
        select(Instance).where(Instance.state != InstanceState.OK, Instance.host.in_(list(waiting)))
    )
    found = [Failing(row.host, row.failing_since, row.last_error or "", waiting[row.host]) for row in rows]
    return sorted(found, key=lambda each: (-each.waiting, each.host))


def _sign_ups(session: Session, now: datetime) -> ByDay:
    days = days_between(now - timedelta(days=SIGN_UP_DAYS - 1), now)
    return ByDay(days, count_by_day(session, "new_users", days) or [])


def _posts(session: Session, now: datetime) -> ByDay:
    days = days_between(now - timedelta(days=POST_DAYS - 1), now)
    rows = session.execute(
        select(Post.local, Post.received_at).where(
            Post.received_at >= days[0], Post.boost_of_id.is_(None), Post.deleted_at.is_(None)
        )
    )
    counted = Counter((local, (at - days[0]).days) for local, at in rows)
    numbers = range(len(days))
    return ByDay(days, [counted[True, n] for n in numbers], [counted[False, n] for n in numbers])


def _ages(session: Session, now: datetime) -> list[int]:
    older = [
        func.sum(case((Delivery.created_at <= now - timedelta(hours=hours), 1), else_=0)) for hours in AGES
    ]
    total, *rest = session.execute(select(func.count(), *older).where(Delivery.finished_at.is_(None))).one()
    at_least = [total, *(number or 0 for number in rest), 0]
    return [more - less for more, less in pairwise(at_least)]


def _peers(session: Session, now: datetime) -> list[PeerTraffic]:
    done = func.sum(case((Delivery.state == DeliveryState.DELIVERED, 1), else_=0))
    failed = func.sum(
        case(
            (Delivery.state == DeliveryState.DEAD, 1),
            ((Delivery.state == DeliveryState.PENDING) & (Delivery.attempts > 0), 1),
            else_=0,
        )
    )
    rows = session.execute(
        select(Delivery.host, done, failed)
        .where(Delivery.created_at > now - timedelta(hours=DELIVERY_HOURS))
        .group_by(Delivery.host)
        .order_by((done + failed).desc(), Delivery.host)
        .limit(MOST_PEERS)
    )
    return [PeerTraffic(host, int(delivered), int(lost)) for host, delivered, lost in rows]


def _storage(session: Session) -> list[tuple[str, int]]:
    """Return the bytes of stored files by what they are: "image", "video", "audio", "application"."""
    rows = session.execute(
        select(StoredFile.media_type, func.sum(StoredFile.size)).group_by(StoredFile.media_type)
    )
    sizes: Counter[str] = Counter()
    for media_type, size in rows:
        sizes[media_type.partition("/")[0]] += int(size)
    return sorted(sizes.items(), key=lambda pair: -pair[1])


def _failures(session: Session, now: datetime) -> ByDay:
    """Return how many deliveries were given up, a day."""
    days = days_between(now - timedelta(days=POST_DAYS - 1), now)
    rows = session.scalars(
        select(Delivery.finished_at).where(
            Delivery.state == DeliveryState.DEAD, Delivery.finished_at >= days[0]
        )
    )
    counted = Counter((at - days[0]).days for at in rows if at is not None)
    return ByDay(days, [counted[number] for number in range(len(days))])
