"""Who looks at pages of calls, and for which institutions that person decides about calls."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.members.models import Role
from fediunion.members.rights import rank_of
from fediunion.social.institutions.queries import institutions_of
from fediunion.union.campaigns.models import CampaignCall
from fediunion.union.campaigns.queries import CallReader, get_shown_call
from fediunion.web.visitors import Visitor
from fediunion.web.visits import Visit


def reader_of(session: Session, visitor: Visitor | None) -> CallReader:
    """Return what a visitor may see of calls: officers everything, editors what is of their institutions."""
    if visitor is None:
        return CallReader()
    if rank_of(visitor.role) >= rank_of(Role.ADMIN):
        ours = select(CampaignCall.actor_id).where(CampaignCall.local.is_(True)).distinct()
        directed = frozenset(session.scalars(ours))
    else:
        directed = frozenset(each.id for each in institutions_of(session, visitor.member_id))
    return CallReader(
        is_member=True,
        is_moderator=rank_of(visitor.role) >= rank_of(Role.MODERATOR),
        institutions=directed,
    )


def call_in_path(session: Session, visit: Visit) -> CampaignCall:
    """Return the call that the address names, where this visitor may see it; raise NotFound else."""
    return get_shown_call(session, visit.request.path_params["slug"], reader_of(session, visit.visitor))
