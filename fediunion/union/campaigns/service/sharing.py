"""Telling a union of what was open before calls were shared with it."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.db import now_of
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service.publishing.composed import tell_one_server
from fediunion.union.affiliation.models import Trust
from fediunion.union.affiliation.queries import hosts_trusted_for
from fediunion.union.campaigns.models import CallState, CampaignCall
from fediunion.union.campaigns.queries import lead_of

_AT_ONCE: Final = 50


def tell_open_to(session: Session, host: str, after: int, telling: str) -> int | None:
    """Send a server our open calls as they are now; return the number after which more follow, or None.

    An Update of what the server has not got counts there as news; what it has got stays as it is. In one
    `telling`, a slug, each call is sent once, however often a crash makes this run again.
    """
    inbox = next((inbox for name, inbox in hosts_trusted_for(session, Trust.CALLS) if name == host), None)
    if inbox is None:
        return None
    ours = select(CampaignCall).where(
        CampaignCall.local.is_(True),
        CampaignCall.state == CallState.OPEN,
        CampaignCall.closes_at > now_of(session),
        CampaignCall.audience == Audience.PUBLIC,
        CampaignCall.id > after,
    )
    found = session.scalars(ours.order_by(CampaignCall.id).limit(_AT_ONCE)).all()
    for call in found:
        post, actor = find_post(session, call.post_id or 0), lead_of(session, call)
        if post is not None and post.deleted_at is None:
            tell_one_server(session, actor, post, inbox, telling)
    return found[-1].id if len(found) == _AT_ONCE else None
