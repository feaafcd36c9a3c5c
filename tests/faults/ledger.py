"""`verify_ledger`: what must hold in a database whatever happened to the processes that wrote it."""

from collections import Counter
from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, Select, func, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from fediunion.actors.models import Actor, Instance
from fediunion.actors.viewer import Viewer
from fediunion.db import now_of
from fediunion.inbox.models import InboxActivity
from fediunion.jobs.models import Job, JobState
from fediunion.outbox.models import Delivery, DeliveryState, OutboxActivity
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.notifications.models import Notification, NotificationKind
from fediunion.social.posts.models import Favourite, Post
from fediunion.social.posts.visibility import OPEN_AUDIENCES, may_see
from fediunion.social.timelines.models import HomeEntry


def verify_ledger(session: Session, acknowledged: Iterable[str] = (), *, at_rest: bool = True) -> list[str]:
    """Return a sentence for everything that is wrong, [] where all is well.

    `acknowledged` are the ids of activities that were answered 202. `at_rest`: nobody works on the database
    and nothing is due, so that nothing may be half done. Files of media are not looked at: a job of theirs
    tells what is missing.
    """
    checks = [
        _acknowledged_without_row(session, acknowledged),
        _deliveries(session),
        _effects(session),
        _seen_by_too_many(session),
        _counts(session),
        _damage(session),
    ]
    if at_rest:
        checks += [_unprocessed(session), _leases(session)]
    return [wrong for check in checks for wrong in check]


def _acknowledged_without_row(session: Session, acknowledged: Iterable[str]) -> Iterator[str]:
    stored = set(session.scalars(select(InboxActivity.uri)))
    yield from (f"{uri} was answered 202 and is not stored" for uri in acknowledged if uri not in stored)


def _unprocessed(session: Session) -> Iterator[str]:
    waiting = select(InboxActivity.uri).where(InboxActivity.processed_at.is_(None))
    jobs = session.scalar(select(func.count()).where(Job.kind.startswith("inbox."))) or 0
    if not jobs:
        yield from (f"{uri} was stored and nobody will process it" for uri in session.scalars(waiting))


def _deliveries(session: Session) -> Iterator[str]:
    twice = (
        select(Delivery.activity_id, Delivery.inbox_url)
        .group_by(Delivery.activity_id, Delivery.inbox_url)
        .having(func.count() > 1)
    )
    yield from (f"activity {row[0]} is due twice at {row[1]}" for row in session.execute(twice))
    unfinished = Delivery.finished_at.is_(None)
    for delivery in session.scalars(select(Delivery).where((Delivery.state == "pending") != unfinished)):
        yield f"delivery {delivery.id} is {delivery.state}, finished at {delivery.finished_at}"
    known = set(DeliveryState)
    for state in session.scalars(select(Delivery.state).distinct()):
        if state not in known:
            yield f"a delivery is {state}"
    queued = {job.payload.get("activity_id") for job in session.scalars(select(Job).where(_is_fan_out()))}
    for activity in session.scalars(select(OutboxActivity).where(OutboxActivity.fanned_out_at.is_(None))):
        if activity.id not in queued:
            yield f"{activity.uri} is not fanned out, and no job will do it"


def _is_fan_out() -> ColumnElement[bool]:
    return Job.kind == "outbox.fan_out"


def _effects(session: Session) -> Iterator[str]:
    """An effect happens once for an activity: what a unique index says of posts, and of follows too."""
    followed = Counter(
        session.scalars(
            select(InboxActivity.actor_uri).where(
                InboxActivity.activity_type == "Follow", InboxActivity.outcome == "done"
            )
        )
    )
    told = session.execute(
        select(Notification.recipient_id, Actor.uri, func.count())
        .join(Actor, Actor.id == Notification.from_actor_id)
        .where(
            Notification.kind.in_((NotificationKind.FOLLOW, NotificationKind.FOLLOW_REQUEST)),
            Actor.local.is_(False),
        )
        .group_by(Notification.recipient_id, Actor.uri)
    )
    for recipient, uri, count in told:
        # A request that is then accepted may be told of as both.
        if count > 2 * followed[uri]:
            yield f"{recipient} was told {count} times that {uri} follows, after {followed[uri]} Follows"


def _seen_by_too_many(session: Session) -> Iterator[str]:
    shown = [
        *session.execute(select(HomeEntry.actor_id, HomeEntry.post_id)).all(),
        *session.execute(
            select(Notification.recipient_id, Notification.post_id).where(Notification.post_id.is_not(None))
        ).all(),
    ]
    for actor_id, post_id in shown:
        post = session.get(Post, post_id)
        if post is None or post.deleted_at is not None:
            continue
        read = post if post.boost_of_id is None else session.get_one(Post, post.boost_of_id)
        if read.deleted_at is None and not may_see(session, read, Viewer(actor_id, is_member=True)):
            yield f"{read.uri} is shown to {actor_id}, who may not see it"


def _counts(session: Session) -> Iterator[str]:
    author, other = aliased(Actor), aliased(Post)
    living, read = [other.deleted_at.is_(None)], other.audience.in_(OPEN_AUDIENCES)
    yield from _differ(
        session,
        "favourites",
        select(Post.uri, Post.favourites_count, _count(Favourite.actor_id, Favourite.post_id == Post.id)),
    )
    yield from _differ(
        session,
        "boosts",
        select(Post.uri, Post.boosts_count, _count(other.id, other.boost_of_id == Post.id, *living)),
    )
    yield from _differ(
        session,
        "replies",
        select(
            Post.uri, Post.replies_count, _count(other.id, other.in_reply_to_id == Post.id, *living, read)
        ),
    )
    accepted = Follow.state == FollowState.ACCEPTED
    for name, stored, mine in (
        ("followers", author.followers_count, Follow.followed_id),
        ("following", author.following_count, Follow.follower_id),
    ):
        counted = _count(Follow.id, mine == author.id, accepted)
        ours = select(author.uri, stored, counted).where(author.local, author.deleted_at.is_(None))
        yield from _differ(session, name, ours.where(or_(stored != 0, counted != 0)))


def _count(column: "InstrumentedAttribute[int]", *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count(column.distinct())).where(*conditions).scalar_subquery()


def _differ(session: Session, what: str, rows: "Select[str, int, int]") -> Iterator[str]:
    for uri, stored, counted in session.execute(rows):
        if stored != counted:
            yield f"{uri} has {counted} {what}, and {stored} is written down"


def _damage(session: Session) -> Iterator[str]:
    if session.get_bind().dialect.name != "sqlite":
        return
    for row in session.execute(text("PRAGMA integrity_check")):
        if row[0] != "ok":
            yield f"{row[0]}"
    for row in session.execute(text("PRAGMA foreign_key_check")):
        yield f"row {row[1]} of {row[0]} points to nothing in {row[2]}"


def _leases(session: Session) -> Iterator[str]:
    now = now_of(session)
    for job in session.scalars(select(Job).where(Job.state == JobState.RUNNING, Job.run_at < now)):
        yield f"job {job.kind} {job.id} is leased until {job.run_at}, which is over"
    for job in session.scalars(select(Job).where(Job.state == JobState.QUARANTINED)):
        yield f"job {job.kind} {job.id} was given up: {job.last_error}"
    overdue = select(Instance).where(Instance.lease_token.is_not(None), Instance.leased_until < now)
    yield from (f"the lease of {each.host} is over" for each in session.scalars(overdue))
