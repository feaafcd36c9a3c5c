"""Filters, plugged in."""

from sqlalchemy.orm import Session

from fediunion.actors.events import ActorDeleted
from fediunion.feature import Feature
from fediunion.social.filters.service import forget_filters


def _forget(session: Session, event: ActorDeleted) -> None:
    if event.local:
        forget_filters(session, event.actor_id)


FEATURE = Feature(name="filters", reactions={ActorDeleted: [_forget]})
