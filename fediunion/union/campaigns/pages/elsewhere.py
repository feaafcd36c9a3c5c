"""Calls on pages of other things: on the first page, and in the place of posts that put them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.feature import FrontPart, PostCards
from fediunion.union.campaigns.models import CallState, CampaignCall
from fediunion.union.campaigns.pages.listing import rows_of, shown_of
from fediunion.union.campaigns.pages.shown import ShownCall
from fediunion.union.campaigns.queries import ANYBODY

_ON_FRONT: Final = 3


@dataclass(frozen=True)
class _Front:
    items: Sequence[ShownCall]


def _front(session: Session) -> _Front | None:
    """Return the open calls that anybody may see, those that end next; None where there are none."""
    now = now_of(session)
    opened = CampaignCall.state == CallState.OPEN
    in_time = and_(CampaignCall.opens_at <= now, CampaignCall.closes_at > now)
    found = session.scalars(
        select(CampaignCall)
        .where(ANYBODY.shown(), opened, in_time)
        .order_by(CampaignCall.closes_at, CampaignCall.id)
        .limit(_ON_FRONT)
    ).all()
    return _Front(rows_of(session, found)) if found else None


def _cards(session: Session, post_ids: Collection[int]) -> Mapping[int, ShownCall]:
    """Return the calls that posts put, by post; who may see the post may see what it says."""
    rows = session.execute(
        select(CampaignCall, Actor)
        .join(Actor, Actor.id == CampaignCall.actor_id)
        .where(
            CampaignCall.post_id.in_(post_ids),
            CampaignCall.hidden.is_(False),
            CampaignCall.state != CallState.DRAFT,
        )
    )
    return {call.post_id: shown_of(call, lead) for call, lead in rows if call.post_id is not None}


FRONT: Final = FrontPart("campaigns/front.html", _front)
CARDS: Final = PostCards("campaigns/card.html", _cards, lambda extension: "campaignCall" in extension)
