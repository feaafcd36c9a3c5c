"""Exports, plugged in."""

from sqlalchemy.orm import Session

from fediunion.actors.events import ActorDeleted
from fediunion.feature import Feature
from fediunion.jobs.schedule import Every
from fediunion.social.exports import jobs
from fediunion.social.exports.service import BUILD, forget_of


def _forget(session: Session, event: ActorDeleted) -> None:
    if event.local:
        forget_of(session, event.actor_id)


FEATURE = Feature(
    name="exports",
    reactions={ActorDeleted: [_forget]},
    jobs={BUILD: jobs.build, "exports.forget": jobs.forget_over},
    schedule=[Every(job="exports.forget", seconds=3600)],
)
