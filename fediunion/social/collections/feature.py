"""Collections, plugged in."""

from sqlalchemy.orm import Session

from fediunion.actors.events import ActorDeleted
from fediunion.feature import Feature
from fediunion.social.collections.service import forget_all_of


def _forget(session: Session, event: ActorDeleted) -> None:
    forget_all_of(session, event.actor_id)


FEATURE = Feature(name="collections", reactions={ActorDeleted: [_forget]})
