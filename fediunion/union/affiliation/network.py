"""The audience "network": the servers of the unions that a path of affiliations leads to."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.outbox.publish import Inbox
from fediunion.union.affiliation.queries import Trust, hosts_trusted_for


def network_inboxes(session: Session, _author: Actor, _argument: str) -> Iterator[Inbox]:
    """Yield an inbox of each server in the network, by the relations of this moment."""
    for _, inbox in hosts_trusted_for(session, Trust.NETWORK):
        yield Inbox(inbox)
