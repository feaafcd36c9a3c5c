"""Dead letters for an audience that are tried again: to those who still belong to it (row V24)."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.jobs.run import JobHandler
from fediunion.kit.json import JsonObject
from fediunion.outbox.inboxes import targets_of
from fediunion.outbox.models import DEAD, Delivery, DeliveryState, OutboxActivity
from fediunion.outbox.publish import AudienceExpander
from fediunion.outbox.service import make_due
from fediunion.world import World


def retry_job(audiences: Mapping[str, AudienceExpander]) -> JobHandler:
    """Return the handler of "outbox.retry_for_audience"; it takes the `ids` of dead letters."""

    async def retry(world: World, payload: JsonObject) -> None:
        await world.db.write(_retry, audiences, payload["ids"])

    return retry


def _retry(session: Session, audiences: Mapping[str, AudienceExpander], ids: Sequence[int]) -> None:
    chosen = Delivery.id.in_(ids)
    going: list[int] = []
    for activity in session.scalars(
        select(OutboxActivity).where(OutboxActivity.id.in_(select(Delivery.activity_id).where(chosen)))
    ):
        author = session.get_one(Actor, activity.actor_id)
        targets = targets_of(session, audiences, author, activity.recipients, public=activity.public)
        urls = {target.url for target in targets}
        letters = session.execute(
            select(Delivery.id, Delivery.inbox_url).where(chosen, Delivery.activity_id == activity.id)
        )
        going += [row.id for row in letters if row.inbox_url in urls]
    make_due(session, Delivery.id.in_(going), Delivery.state == DeliveryState.DEAD)
    session.execute(
        update(Delivery)
        .where(chosen, DEAD)
        .values(
            state=DeliveryState.WITHDRAWN, finished_at=now_of(session), last_error="not for them any more"
        )
        .execution_options(synchronize_session=False)
    )
