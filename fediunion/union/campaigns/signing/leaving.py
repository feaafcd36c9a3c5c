"""Signatures of those who are gone, suspended or blocked: they are withdrawn, and the counts follow."""

from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.activitypub.vocab import JsonObject
from fediunion.actors.domains import names_covering
from fediunion.actors.events import ActorDeleted, ActorSuspended, DomainRuleChanged
from fediunion.actors.models import Actor, DomainAction
from fediunion.jobs.queue import enqueue
from fediunion.union.campaigns.models import ContactConsent, Signature
from fediunion.union.campaigns.signing.withdrawing import withdraw
from fediunion.world import World

WITHDRAW_JOB: Final = "campaigns.withdraw_host"
AT_ONCE: Final = 20


def actor_deleted(session: Session, event: ActorDeleted) -> None:
    """Reaction: nothing stays of what somebody signed, and wanted to hear, who is gone."""
    _withdraw_all(session, event.actor_id)
    session.execute(
        delete(ContactConsent)
        .where(ContactConsent.actor_id == event.actor_id)
        .execution_options(synchronize_session=False)
    )


def actor_suspended(session: Session, event: ActorSuspended) -> None:
    """Reaction: who is suspended elsewhere, or by us, signs nothing; what our members signed stays theirs."""
    if not event.local:
        _withdraw_all(session, event.actor_id)


def domain_rule_changed(session: Session, event: DomainRuleChanged) -> None:
    """Reaction: of a server that is blocked no signature counts."""
    if event.action == DomainAction.BLOCK:
        enqueue(session, WITHDRAW_JOB, key=f"{WITHDRAW_JOB}:{event.host}", host=event.host)


async def withdraw_host(world: World, payload: JsonObject) -> None:
    """Job: withdraw the signatures of a blocked server and those below it, some at a time."""
    while await world.db.write(withdraw_some, payload["host"]):
        pass


def withdraw_some(session: Session, rule_host: str) -> bool:
    """Withdraw some signatures of the hosts that a rule is about; return whether there may be more."""
    signed = select(Actor.host).join(Signature, Signature.actor_id == Actor.id).where(Actor.local.is_(False))
    hosts = [host for host in session.scalars(signed.distinct()) if rule_host in names_covering(host)]
    theirs = select(Signature).join(Actor, Actor.id == Signature.actor_id).where(Actor.host.in_(hosts))
    rows = session.scalars(theirs.order_by(Signature.call_id, Signature.id).limit(AT_ONCE)).all()
    for row in rows:
        withdraw(session, row)
    return len(rows) == AT_ONCE


def _withdraw_all(session: Session, actor_id: int) -> None:
    own = select(Signature).where(Signature.actor_id == actor_id).order_by(Signature.call_id)
    for row in session.scalars(own).all():
        withdraw(session, row)
