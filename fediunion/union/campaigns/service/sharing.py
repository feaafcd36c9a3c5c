"""Which calls a union is told of with whom they are shared from now on."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.db import now_of
from fediunion.union.affiliation.models import Trust
from fediunion.union.affiliation.sharing import Shared
from fediunion.union.campaigns.models import CallState, CampaignCall


def _list_open(session: Session, after: int, most: int) -> Sequence[tuple[int, int | None]]:
    ours = select(CampaignCall.id, CampaignCall.post_id).where(
        CampaignCall.local.is_(True),
        CampaignCall.state == CallState.OPEN,
        CampaignCall.closes_at > now_of(session),
        CampaignCall.audience == Audience.PUBLIC,
        CampaignCall.id > after,
    )
    return session.execute(ours.order_by(CampaignCall.id).limit(most)).all()


SHARED_CALLS: Final = Shared(Trust.CALLS, "campaigns.tell_peer", _list_open)
