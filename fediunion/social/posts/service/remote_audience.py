"""Who may see a post of somebody elsewhere: by its addresses, and by whom we share a network with."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience, audience_of
from fediunion.activitypub.vocab import PostDocument
from fediunion.actors.models import Actor, Instance


def audience_here(session: Session, author: Actor, document: PostDocument) -> Audience:
    """Return who may see a received post.

    What is for the collection that stands for the network of its author's server is for all members here,
    where that server may share such posts with us; else for nobody but those named. Asked only of
    what is for somebody else than everyone, followers, or those whom it mentions.
    """
    found = audience_of(document.to, document.cc, author.followers_url)
    if found is not Audience.DIRECT:
        return found
    if {*document.to, *document.cc} <= {mention.href for mention in document.mentions}:
        return found
    network_uri = session.scalar(select(Instance.network_uri).where(Instance.host == author.host))
    if network_uri is None:
        return found
    return audience_of(document.to, document.cc, author.followers_url, network_uris=(network_uri,))
