"""Reads: which organisations support a call."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import has_owner
from fediunion.kit.errors import NotFound
from fediunion.kit.sentences import Sentence
from fediunion.union.campaigns.models import CampaignCall, Resolution


def list_resolutions(session: Session, call: CampaignCall, *, limit: int = 1_000) -> Sequence[Resolution]:
    """Return the organisations that support a call, by the day of their resolution, the newest first."""
    found = select(Resolution).where(Resolution.call_id == call.id)
    newest = found.order_by(Resolution.adopted_on.desc(), Resolution.id.desc())
    return session.scalars(newest.limit(limit)).all()


def get_resolution(session: Session, call: CampaignCall, resolution_id: int) -> Resolution:
    """Return a resolution about a call. Raises NotFound."""
    found = session.get(Resolution, resolution_id)
    if found is None or found.call_id != call.id:
        raise NotFound(Sentence("There is no such resolution."))
    return found


def find_resolution_by(session: Session, call: CampaignCall, actor: Actor) -> Resolution | None:
    """Return the resolution that an organisation's actor sent, or None."""
    return session.scalar(
        select(Resolution).where(Resolution.call_id == call.id, Resolution.actor_id == actor.id)
    )


def count_from_host(session: Session, call: CampaignCall, host: str) -> int:
    """Return how many actors of the owner of a server support a call as organisations."""
    found = select(func.count(Resolution.id)).join(Actor, Actor.id == Resolution.actor_id)
    return session.scalar(found.where(Resolution.call_id == call.id, has_owner(Actor.host, host))) or 0


def find_noted(session: Session, call: CampaignCall, key: str) -> Resolution | None:
    """Return what an officer wrote down of an organisation, by its name as it is compared; or None."""
    return session.scalar(
        select(Resolution).where(Resolution.call_id == call.id, Resolution.organisation_key == key)
    )
