"""What those did who are gone, suspended or blocked: it is withdrawn, and the counts follow."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from fediunion.actors.domains import names_covering
from fediunion.actors.events import ActorDeleted, ActorSuspended, DomainRuleChanged
from fediunion.actors.models import Actor, DomainAction
from fediunion.jobs.queue import enqueue
from fediunion.kit.json import JsonObject
from fediunion.union.campaigns.models import CampaignCall, ContactConsent, Resolution, Signature
from fediunion.union.campaigns.resolutions.service import withdraw_join
from fediunion.union.campaigns.signing.withdrawing import withdraw
from fediunion.union.campaigns.thunderclap.models import Pledge
from fediunion.union.campaigns.thunderclap.pledging import forget_pledges_of
from fediunion.world import World

WITHDRAW_JOB: Final = "campaigns.withdraw_host"
AT_ONCE: Final = 20


def actor_deleted(session: Session, event: ActorDeleted) -> None:
    """Reaction: nothing stays of what somebody signed, and wanted to hear, who is gone."""
    _withdraw_all(session, [event.actor_id])
    session.execute(
        delete(ContactConsent)
        .where(ContactConsent.actor_id == event.actor_id)
        .execution_options(synchronize_session=False)
    )


def actor_suspended(session: Session, event: ActorSuspended) -> None:
    """Reaction: who is suspended elsewhere, or by us, signs nothing; what our members signed stays theirs."""
    if not event.local:
        _withdraw_all(session, [event.actor_id])


def domain_rule_changed(session: Session, event: DomainRuleChanged) -> None:
    """Reaction: of a server that is blocked no signature counts, no pledge, and no resolution."""
    if event.action == DomainAction.BLOCK:
        enqueue(session, WITHDRAW_JOB, key=f"{WITHDRAW_JOB}:{event.host}", host=event.host)


async def withdraw_host(world: World, payload: JsonObject) -> None:
    """Job: withdraw what came from a blocked server and those below it, some at a time."""
    while await world.db.write(withdraw_some, payload["host"]):
        pass


def withdraw_some(session: Session, rule_host: str) -> bool:
    """Withdraw what some actors did of the hosts that a rule is about; return whether there may be more."""
    takes_part = or_(
        *(
            select(kind.id).where(kind.actor_id == Actor.id).exists()
            for kind in (Signature, Resolution, Pledge)
        )
    )
    known = select(Actor.host).where(Actor.local.is_(False), takes_part).distinct()
    hosts = [host for host in session.scalars(known) if rule_host in names_covering(host)]
    theirs = select(Actor.id).where(Actor.host.in_(hosts), takes_part)
    actor_ids = session.scalars(theirs.order_by(Actor.id).limit(AT_ONCE)).all()
    _withdraw_all(session, actor_ids)
    return len(actor_ids) == AT_ONCE


def _withdraw_all(session: Session, actor_ids: Collection[int]) -> None:
    """Withdraw what actors did: what they signed, what they pledged without, what they support."""
    signed = select(Signature).where(Signature.actor_id.in_(actor_ids))
    for signature in session.scalars(signed.order_by(Signature.call_id, Signature.id)).all():
        withdraw(session, signature)
    supported = select(Resolution).where(Resolution.actor_id.in_(actor_ids)).order_by(Resolution.call_id)
    for row in session.scalars(supported).all():
        call = session.get_one(CampaignCall, row.call_id)
        withdraw_join(session, call, session.get_one(Actor, row.actor_id))
    for actor_id in session.scalars(
        select(Pledge.actor_id).where(Pledge.actor_id.in_(actor_ids)).distinct()
    ).all():
        forget_pledges_of(session, actor_id)
