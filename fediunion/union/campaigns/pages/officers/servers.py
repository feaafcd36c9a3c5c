"""Which other servers hear of what is done with a call: counted before it is done."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.outbox.ledger import sent_to
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.receiving import followers_by_host
from fediunion.union.affiliation.network import network_inboxes
from fediunion.union.affiliation.servers import hosts_of, open_ones
from fediunion.union.campaigns.audiences import campaign_halls
from fediunion.union.campaigns.models import CampaignCall
from fediunion.union.campaigns.queries import lead_of


def servers_of_call(session: Session, call: CampaignCall) -> Sequence[str]:
    """Return the servers that have a call or would be sent it now, by name."""
    actor = lead_of(session, call)
    if call.audience == Audience.NETWORK:
        hosts = hosts_of(network_inboxes(session, actor, ""))
    else:
        hosts = {*followers_by_host(session, actor.id), *hosts_of(campaign_halls(session, actor, ""))}
    post = find_post(session, call.post_id or 0)
    if post is not None:
        hosts |= hosts_of(sent_to(session, actor, post.uri))
    return open_ones(session, hosts)
