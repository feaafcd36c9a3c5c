"""Writing to those who pledged elsewhere: a day before, at the moment, and where it was missed."""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of, settings_of
from fediunion.social.notifications.models import NotificationKind
from fediunion.social.notifications.service import notify_all
from fediunion.social.posts.queries import find_post
from fediunion.union.campaigns.messages import send_message
from fediunion.union.campaigns.models import CampaignCall
from fediunion.union.campaigns.queries import lead_of
from fediunion.union.campaigns.thunderclap import wording
from fediunion.union.campaigns.thunderclap.links import PledgeLink, withdraw_link
from fediunion.union.campaigns.thunderclap.models import Pledge, Thunderclap, ThunderclapState
from fediunion.union.campaigns.thunderclap.pledging import REMINDED_BEFORE, finish
from fediunion.union.campaigns.thunderclap.queries import takes_pledges
from fediunion.union.campaigns.thunderclap.ways import boost_address, ways_for

TELL_JOB: Final = "campaigns.tell_release"
MISSED_JOB: Final = "campaigns.tell_missed"
_AT_ONCE: Final = 300


def waits_for_reminder(session: Session) -> Sequence[int]:
    """Return the thunderclaps of which it is time to remind, and somebody is not reminded."""
    now = now_of(session)
    found = (
        select(Pledge.thunderclap_id)
        .join(Thunderclap, Thunderclap.id == Pledge.thunderclap_id)
        .join(CampaignCall, CampaignCall.id == Thunderclap.call_id)
        .join(Actor, Actor.id == Pledge.actor_id)
        .where(
            Thunderclap.state == ThunderclapState.COLLECTING,
            Thunderclap.release_at > now,
            Thunderclap.release_at <= now + REMINDED_BEFORE,
            CampaignCall.local.is_(True),
            Pledge.reminded_at.is_(None),
            Actor.local.is_(False),
        )
    )
    return session.scalars(found.distinct()).all()


def remind_some(session: Session, thunderclap_id: int) -> bool:
    """Write to some who pledged elsewhere that the moment comes tomorrow; return whether there were any."""
    clap = session.get(Thunderclap, thunderclap_id)
    if clap is None or not takes_pledges(session, clap):
        return False
    if now_of(session) < clap.release_at - REMINDED_BEFORE:
        return False
    call, settings = session.get_one(CampaignCall, clap.call_id), settings_of(session)

    def words(actor: Actor) -> str:
        return wording.reminder(call, clap, withdraw_link(PledgeLink(clap.id, actor.id), settings))

    told = _write_to_some(session, call, clap, Pledge.reminded_at.is_(None), words)
    _mark(session, told, reminded_at=now_of(session))
    return bool(told)


def tell_some_released(session: Session, thunderclap_id: int) -> bool:
    """Write to some who pledged elsewhere where to boost now; return whether there were any."""
    clap = session.get(Thunderclap, thunderclap_id)
    if clap is None or clap.state != ThunderclapState.RELEASED or clap.finished_at is not None:
        return False
    post = find_post(session, clap.post_id or 0)
    if post is None or post.deleted_at is not None:
        return False
    call, uri = session.get_one(CampaignCall, clap.call_id), post.uri
    found = _some(session, clap, Pledge.told_at.is_(None))
    ways = ways_for(session, [actor.host for _, actor in found])
    author, language = lead_of(session, call), wording.words_language(call)
    for _, actor in found:
        address = boost_address(actor.host, uri, ways.get(actor.host, ""))
        send_message(session, author, actor, wording.release(call, address, uri), language)
    _mark(session, [row_id for row_id, _ in found], told_at=now_of(session))
    return bool(found)


def tell_some_missed(session: Session, thunderclap_id: int) -> bool:
    """Write to some who pledged elsewhere that it was missed, and delete their pledges; likewise."""
    clap = session.get(Thunderclap, thunderclap_id)
    if clap is None or clap.state != ThunderclapState.MISSED or clap.finished_at is not None:
        return False
    call = session.get_one(CampaignCall, clap.call_id)
    told = _write_to_some(session, call, clap, Pledge.id > 0, lambda _actor: wording.missed(call))
    gone = delete(Pledge).where(Pledge.id.in_(told))
    session.execute(gone.execution_options(synchronize_session=False))
    if not told:
        finish(session, call, clap)
    return bool(told)


def tell_members_missed(session: Session, call: CampaignCall, clap: Thunderclap) -> None:
    """Tell our members who pledged that the call's post says something new, and delete their pledges."""
    mine = select(Pledge.actor_id).join(Actor, Actor.id == Pledge.actor_id)
    members = session.scalars(mine.where(Pledge.thunderclap_id == clap.id, Actor.local)).all()
    post = find_post(session, call.post_id or 0)
    if members and post is not None:
        notify_all(session, NotificationKind.EDIT, members, lead_of(session, call), post_id=post.id)
    gone = delete(Pledge).where(Pledge.thunderclap_id == clap.id, Pledge.actor_id.in_(members))
    session.execute(gone.execution_options(synchronize_session=False))


def _write_to_some(
    session: Session,
    call: CampaignCall,
    clap: Thunderclap,
    wanted: ColumnElement[bool],
    words: Callable[[Actor], str],
) -> list[int]:
    """Send a message to each of some pledgers; return the ids of their pledges."""
    found = _some(session, clap, wanted)
    author, language = lead_of(session, call), wording.words_language(call)
    for _, actor in found:
        send_message(session, author, actor, words(actor), language)
    return [row_id for row_id, _ in found]


def _some(session: Session, clap: Thunderclap, wanted: ColumnElement[bool]) -> Sequence[tuple[int, Actor]]:
    """Return some pledges of actors elsewhere, each with its actor; no other worker has them meanwhile."""
    elsewhere = (
        select(Pledge.id, Actor)
        .join(Actor, Actor.id == Pledge.actor_id)
        .where(Pledge.thunderclap_id == clap.id, Actor.local.is_(False), wanted)
        .order_by(Pledge.id)
        .limit(_AT_ONCE)
        .with_for_update(of=Pledge, skip_locked=True)
    )
    return [(row_id, actor) for row_id, actor in session.execute(elsewhere)]


def _mark(session: Session, ids: Sequence[int], **columns: object) -> None:
    statement = update(Pledge).where(Pledge.id.in_(ids)).values(**columns)
    session.execute(statement.execution_options(synchronize_session=False))
