"""Imports and exports, plugged in."""

from sqlalchemy.orm import Session

from fediunion.actors.events import ActorDeleted
from fediunion.feature import Feature
from fediunion.jobs.schedule import Every
from fediunion.social.transfers import jobs
from fediunion.social.transfers.service import STEP, forget_imports_of


def _forget(session: Session, event: ActorDeleted) -> None:
    if event.local:
        forget_imports_of(session, event.actor_id)


FEATURE = Feature(
    name="transfers",
    reactions={ActorDeleted: [_forget]},
    jobs={STEP: jobs.take_step, "transfers.forget": jobs.forget_imports},
    schedule=[Every(job="transfers.forget", seconds=86_400)],
)
