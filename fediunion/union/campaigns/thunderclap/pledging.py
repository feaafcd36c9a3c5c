"""Pledges: made and withdrawn before the moment, counted, and gone when it is over."""

from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.db import emit, now_of
from fediunion.kit.errors import NotAllowed
from fediunion.kit.sentences import Sentence
from fediunion.members.events import MemberErased
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service.reach import stays_here
from fediunion.social.posts.service.tallies import move_votes
from fediunion.union.campaigns.events import PledgesChanged
from fediunion.union.campaigns.models import CampaignCall, Route
from fediunion.union.campaigns.sponsors.queries import is_carried_here
from fediunion.union.campaigns.thunderclap.models import Pledge, Thunderclap, ThunderclapState
from fediunion.union.campaigns.thunderclap.queries import find_thunderclap, lock_all, takes_pledges
from fediunion.union.campaigns.thunderclap.ways import want_way

REMINDED_BEFORE: Final = timedelta(hours=24)
"""Who pledged from elsewhere is written to so long before the moment."""

SIGN_CHOICE: Final = 0
PLEDGE_CHOICE: Final = 1
"""Numbers of options in the poll of a call that has a boost to pledge."""

NOT_HIDDEN: Final = Sentence(
    "A hidden member cannot pledge: a boost would show them to everybody. Signing is open to you."
)
TOO_LATE: Final = Sentence("It is too late to pledge.")


def pledge(session: Session, clap: Thunderclap, actor: Actor, route: Route) -> Pledge:
    """Note that an actor will boost at the moment; the pledge that it made before is returned as it is.

    Of a call elsewhere only our own members pledge here, while our union carries it. Raises NotAllowed when
    it is too late, for a hidden member, and for whoever cannot boost.
    """
    call = lock_all(session, clap)
    if not takes_pledges(session, clap):
        raise NotAllowed(TOO_LATE, reason="pledge-closed")
    check_can_pledge(session, call, actor)
    own = (Pledge.thunderclap_id == clap.id, Pledge.actor_id == actor.id)
    existing = session.scalar(select(Pledge).where(*own))
    if existing is not None:
        return existing
    now = now_of(session)
    is_late = now >= clap.release_at - REMINDED_BEFORE
    made = Pledge(
        thunderclap_id=clap.id, actor_id=actor.id, route=route, reminded_at=now if is_late else None
    )
    session.add(made)
    session.flush()
    if is_late and not actor.local:
        want_way(session, actor)
    emit(session, PledgesChanged(call))
    return made


def pledge_by_vote(session: Session, clap: Thunderclap, voter: Actor) -> None:
    """Note the pledge of who voted for it; a vote that comes too late for that is a signature all the same.

    Raises NotAllowed as `pledge` for who cannot pledge.
    """
    lock_all(session, clap)
    if takes_pledges(session, clap):
        pledge(session, clap, voter, Route.MEMBER if voter.local else Route.VOTE)


def check_can_pledge(session: Session, call: CampaignCall, actor: Actor) -> None:
    """Raise NotAllowed for a hidden member, who cannot boost, and who pledges at another server."""
    if stays_here(actor):
        raise NotAllowed(NOT_HIDDEN, reason="hidden-member")
    if actor.suspended_at is not None or actor.deleted_at is not None:
        raise NotAllowed(Sentence("This account cannot boost."), reason="blocked-signer")
    if not call.local and not (actor.local and is_carried_here(session, call)):
        raise NotAllowed(Sentence("Pledge by voting in the call’s poll."), reason="not-carried")


def withdraw_pledge(session: Session, clap: Thunderclap, actor: Actor) -> None:
    """Take a pledge back; does nothing where there is none. What was boosted already stays boosted."""
    call = lock_all(session, clap)
    own = (Pledge.thunderclap_id == clap.id, Pledge.actor_id == actor.id)
    taken = session.scalars(delete(Pledge).where(*own).returning(Pledge.id)).all()
    if not taken:
        return
    _forget_votes(session, call, actor.id)
    if clap.state == ThunderclapState.COLLECTING:
        emit(session, PledgesChanged(call))


def clear_pledges(session: Session, call: CampaignCall, clap: Thunderclap) -> None:
    """Delete every pledge, and from the poll who had chosen to pledge: it is over."""
    session.execute(
        delete(Pledge).where(Pledge.thunderclap_id == clap.id).execution_options(synchronize_session=False)
    )
    finish(session, call, clap)


def finish(session: Session, call: CampaignCall, clap: Thunderclap) -> None:
    """Note that no pledge is left; from the poll goes who had chosen to pledge."""
    clap.finished_at = now_of(session)
    _forget_votes(session, call, None)


def own_count(session: Session, clap: Thunderclap) -> int:
    """Return how many pledged here who can still boost."""
    found = (
        select(func.count())
        .select_from(Pledge)
        .join(Actor, Actor.id == Pledge.actor_id)
        .where(Pledge.thunderclap_id == clap.id, can_boost())
    )
    return session.scalar(found) or 0


def can_boost() -> ColumnElement[bool]:
    """Return the condition for actors who can boost: there, not suspended, and not hidden here."""
    hidden = and_(Actor.local, Actor.kind == ActorKind.MEMBER, Actor.reach == Reach.HIDDEN)
    return and_(Actor.deleted_at.is_(None), Actor.suspended_at.is_(None), ~hidden)


def has_pledged(session: Session, clap: Thunderclap, actor_id: int) -> bool:
    """Return whether somebody has pledged here: to be asked for that very actor alone."""
    own = (Pledge.thunderclap_id == clap.id, Pledge.actor_id == actor_id)
    return session.scalar(select(Pledge.id).where(*own)) is not None


def forget_member(session: Session, event: MemberErased) -> None:
    """Reaction: a member is gone, and its pledges with it."""
    forget_pledges_of(session, event.actor_id)


def forget_pledges_of(session: Session, actor_id: int) -> None:
    """Take back all that an actor pledged, with or without a signature."""
    pledged = select(Pledge.thunderclap_id).where(Pledge.actor_id == actor_id)
    actor = session.get_one(Actor, actor_id)
    for clap in session.scalars(select(Thunderclap).where(Thunderclap.id.in_(pledged))).all():
        withdraw_pledge(session, clap, actor)


def withdraw_from_call(session: Session, call: CampaignCall, actor: Actor) -> None:
    """Take back what an actor pledged for a call, where it did: it withdraws its signature."""
    clap = find_thunderclap(session, call.id)
    if clap is not None:
        withdraw_pledge(session, clap, actor)


def _forget_votes(session: Session, call: CampaignCall, actor_id: int | None) -> None:
    post = find_post(session, call.post_id or 0)
    if post is not None:
        move_votes(session, post, PLEDGE_CHOICE, SIGN_CHOICE, actor_id=actor_id)
