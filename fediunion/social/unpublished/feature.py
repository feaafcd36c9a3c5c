"""Posts that are not published yet, plugged in."""

from sqlalchemy.orm import Session

from fediunion.actors.events import ActorDeleted
from fediunion.feature import Feature
from fediunion.social.unpublished.jobs import publish_scheduled
from fediunion.social.unpublished.service import PUBLISH, forget_all_of


def _forget(session: Session, event: ActorDeleted) -> None:
    if event.local:
        forget_all_of(session, event.actor_id)


FEATURE = Feature(name="unpublished", reactions={ActorDeleted: [_forget]}, jobs={PUBLISH: publish_scheduled})
