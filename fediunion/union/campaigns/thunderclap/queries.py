"""Thunderclaps: found, locked for whoever pledges or decides, and what is still to be done for them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.union.campaigns.models import CampaignCall
from fediunion.union.campaigns.queries import call_lock
from fediunion.union.campaigns.thunderclap.models import Thunderclap, ThunderclapState
from fediunion.union.campaigns.thunderclap.terms import ThunderclapTerms


def find_thunderclap(session: Session, call_id: int) -> Thunderclap | None:
    """Return the thunderclap of a call, or None."""
    return session.scalar(select(Thunderclap).where(Thunderclap.call_id == call_id))


def find_thunderclap_by_uri(session: Session, uri: str) -> Thunderclap | None:
    """Return the thunderclap that is known by this id, or None."""
    return session.scalar(select(Thunderclap).where(Thunderclap.uri == uri))


def lock_all(session: Session, clap: Thunderclap) -> CampaignCall:
    """Return the call of a thunderclap, both as they are now.

    Nobody else pledges, decides, or votes in the call's poll until this unit of work ends.
    """
    call = call_lock(session, clap.call_id)
    session.refresh(clap, with_for_update={"key_share": True})
    return call


def terms_of(clap: Thunderclap) -> ThunderclapTerms:
    """Return what a thunderclap says."""
    return ThunderclapTerms(
        message=clap.message,
        threshold=clap.threshold,
        release_at=clap.release_at,
        window_seconds=clap.window_seconds,
    )


def ends_at(clap: Thunderclap) -> datetime:
    """Return the instant after which nobody boosts for it."""
    return clap.release_at + timedelta(seconds=clap.window_seconds)


def takes_pledges(session: Session, clap: Thunderclap) -> bool:
    """Return whether it is not too late to pledge."""
    return clap.state == ThunderclapState.COLLECTING and now_of(session) < clap.release_at


def due_for_release(session: Session) -> Sequence[int]:
    """Return our calls' thunderclaps whose moment has come, or is over, and that are not decided."""
    due = (
        select(Thunderclap.id)
        .join(CampaignCall, CampaignCall.id == Thunderclap.call_id)
        .where(
            Thunderclap.finished_at.is_(None),
            Thunderclap.state == ThunderclapState.COLLECTING,
            Thunderclap.release_at <= now_of(session),
            CampaignCall.local.is_(True),
        )
    )
    return session.scalars(due.order_by(Thunderclap.release_at)).all()


def overdue_elsewhere(session: Session, until: datetime) -> Sequence[int]:
    """Return thunderclaps of calls elsewhere that were to be released by then, and of which nothing came."""
    overdue = (
        select(Thunderclap.id)
        .join(CampaignCall, CampaignCall.id == Thunderclap.call_id)
        .where(
            Thunderclap.finished_at.is_(None),
            Thunderclap.state == ThunderclapState.COLLECTING,
            Thunderclap.release_at <= until,
            CampaignCall.local.is_(False),
        )
    )
    return session.scalars(overdue.order_by(Thunderclap.id)).all()


def unfinished(session: Session, *states: ThunderclapState) -> Sequence[int]:
    """Return the thunderclaps in these states for which something is still to be done."""
    found = select(Thunderclap.id).where(Thunderclap.finished_at.is_(None), Thunderclap.state.in_(states))
    return session.scalars(found.order_by(Thunderclap.id)).all()
