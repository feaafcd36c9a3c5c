"""The boosts of our own members: each at a moment of its own in the window, once, or not at all."""

import random
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import FediUnionError
from fediunion.social.posts.models import Post
from fediunion.social.posts.service.interactions.boosts import boost
from fediunion.social.posts.service.reach import stays_here
from fediunion.union.campaigns.counts.service import note_change
from fediunion.union.campaigns.models import CampaignCall, CountKind
from fediunion.union.campaigns.thunderclap.matching import still_is_message
from fediunion.union.campaigns.thunderclap.models import Pledge, Thunderclap, ThunderclapState
from fediunion.union.campaigns.thunderclap.pledging import finish
from fediunion.union.campaigns.thunderclap.queries import ends_at, lock_all

BOOST_JOB: Final = "campaigns.boost"
COLLECTED_FOR: Final = timedelta(days=1)
"""So long after the window boosts of those who pledged elsewhere are counted; then no pledge is kept."""

_AT_ONCE: Final = 50
_MESSAGE_FIRST: Final = timedelta(seconds=5)
_ONE_SECOND: Final = timedelta(seconds=1)


def plan_boosts(session: Session, clap: Thunderclap) -> None:
    """Give each pledge of a member its own moment in what is left of the window.

    The first of them comes some seconds after the message, which is on its way then; the last leaves
    a tenth of the time for the work itself.
    """
    begin, end = max(now_of(session), clap.release_at), ends_at(clap)
    left = end - begin
    first, last = begin + min(_MESSAGE_FIRST, left / 10), end - left / 10
    mine = select(Pledge.id).join(Actor, Actor.id == Pledge.actor_id)
    ids = session.scalars(mine.where(Pledge.thunderclap_id == clap.id, Actor.local)).all()
    if ids:
        moments = [{"id": row_id, "due_at": _moment(first, last)} for row_id in ids]
        session.execute(update(Pledge), moments)
        _run_next(session, clap)


def boost_due(session: Session, thunderclap_id: int) -> bool:
    """Let some members boost whose moment has come; return whether more of them are waiting.

    Each boost and the end of its pledge are one unit of work: a crash leaves both or neither. Outside the
    window nobody boosts, nor once the message was changed, or the call hidden here. Who is suspended, hidden
    or gone meanwhile is counted as failed.
    """
    clap = session.get(Thunderclap, thunderclap_id)
    if clap is None or clap.state != ThunderclapState.RELEASED or clap.post_id is None:
        return False
    now = now_of(session)
    due = (
        select(Pledge.id, Actor)
        .join(Actor, Actor.id == Pledge.actor_id)
        .where(Pledge.thunderclap_id == clap.id, Pledge.due_at <= now)
        .order_by(Pledge.due_at, Pledge.id)
        .limit(_AT_ONCE)
        .with_for_update(of=Pledge, skip_locked=True)
    )
    found = session.execute(due).all()
    as_pledged = bool(found) and now <= ends_at(clap) and _is_as_pledged(session, clap)
    made = sum(as_pledged and _boost(session, actor, clap.post_id) for _, actor in found)
    if found:
        _settle(session, clap, [row_id for row_id, _ in found], made)
    if len(found) == _AT_ONCE:
        return True
    _run_next(session, clap)
    return False


def collect(session: Session, thunderclap_id: int) -> None:
    """Count the boosts of those who pledged elsewhere; delete what is left a day after the window."""
    clap = session.get(Thunderclap, thunderclap_id)
    if clap is None:
        return
    call = lock_all(session, clap)
    if clap.state != ThunderclapState.RELEASED or clap.finished_at is not None:
        return
    boosts = select(Post.author_id).where(Post.boost_of_id == clap.post_id, Post.deleted_at.is_(None))
    elsewhere = select(Actor.id).where(Actor.id == Pledge.actor_id, Actor.local.is_(False)).exists()
    mine = (Pledge.thunderclap_id == clap.id, Pledge.told_at.is_not(None), elsewhere)
    boosted = session.scalars(select(Pledge.id).where(*mine, Pledge.actor_id.in_(boosts))).all()
    if boosted:
        _settle(session, clap, list(boosted), len(boosted))
    if ends_at(clap) + COLLECTED_FOR <= now_of(session):
        left = session.scalars(select(Pledge.id).where(Pledge.thunderclap_id == clap.id)).all()
        _settle(session, clap, list(left), 0)
    if session.scalar(select(Pledge.id).where(Pledge.thunderclap_id == clap.id).limit(1)) is None:
        finish(session, call, clap)


def _is_as_pledged(session: Session, clap: Thunderclap) -> bool:
    """Return whether what would be boosted is still what was pledged for."""
    post = session.get(Post, clap.post_id)
    call = session.get_one(CampaignCall, clap.call_id)
    return post is not None and not call.hidden and still_is_message(session, clap, post)


def _boost(session: Session, actor: Actor, post_id: int) -> bool:
    """Let a member boost; return whether it did."""
    gone = actor.deleted_at is not None or actor.suspended_at is not None
    if gone or stays_here(actor):
        return False
    try:
        with session.begin_nested():
            boost(session, actor, post_id)
    except FediUnionError:
        return False
    return True


def _settle(session: Session, clap: Thunderclap, ids: list[int], made: int) -> None:
    """Delete pledges of which so many were kept, and count them, here and for the union that leads."""
    for start in range(0, len(ids), 500):
        gone = delete(Pledge).where(Pledge.id.in_(ids[start : start + 500]))
        session.execute(gone.execution_options(synchronize_session=False))
    session.execute(
        update(Thunderclap)
        .where(Thunderclap.id == clap.id)
        .values(
            delivered_count=Thunderclap.delivered_count + made,
            failed_count=Thunderclap.failed_count + len(ids) - made,
        )
        .execution_options(synchronize_session=False)
    )
    session.expire(clap, ["delivered_count", "failed_count"])
    call = session.get_one(CampaignCall, clap.call_id)
    for kind in (CountKind.BOOSTS, CountKind.FAILED_BOOSTS):
        note_change(session, call, kind)


def _run_next(session: Session, clap: Thunderclap) -> None:
    """Have the job run when the next member's moment comes."""
    next_at = session.scalar(select(func.min(Pledge.due_at)).where(Pledge.thunderclap_id == clap.id))
    if next_at is not None:
        at = max(next_at, now_of(session) + _ONE_SECOND)
        enqueue(session, BOOST_JOB, at=at, key=f"{BOOST_JOB}:{clap.id}", clap_id=clap.id)


def _moment(first: datetime, last: datetime) -> datetime:
    return first + (last - first) * random.random()
