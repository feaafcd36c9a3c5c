"""The audience "network": the servers of the unions that a path of affiliations leads to."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.kit.urls import authority_of
from fediunion.outbox.ledger import sent_to
from fediunion.outbox.publish import Inbox, withdraw_from_network
from fediunion.union.affiliation.events import TrustChanged
from fediunion.union.affiliation.queries import Trust, hosts_trusted_for, trust_of


def network_inboxes(session: Session, author: Actor, object_uri: str) -> Iterator[Inbox]:
    """Yield an inbox of each server in the network, by the relations of this moment.

    With `object_uri` of those alone that were sent it: who left the network since gets nothing new of it.
    """
    trusted = hosts_trusted_for(session, Trust.NETWORK)
    if not object_uri:
        yield from (Inbox(inbox) for _, inbox in trusted)
        return
    hosts = {host for host, _ in trusted}
    yield from (each for each in sent_to(session, author, object_uri) if authority_of(each.url) in hosts)


def stop_what_waits(session: Session, event: TrustChanged) -> None:
    """Reaction: whose way to us was cut gets nothing more of what is for the network, what waits included."""
    gone = [host for host in sorted(event.lost) if Trust.NETWORK not in trust_of(session, host)]
    if gone:
        withdraw_from_network(session, gone)
