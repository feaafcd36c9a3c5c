"""Telling the network at once that our relations changed, and looking when another union says so.

Who may read what is for the network hangs on relations between others too: a union that was suspended has to
be left out by all, not hours later.
"""

from sqlalchemy.orm import Session

from fediunion.activitypub import vocab
from fediunion.inbox.rules import InboxContext
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import Irrelevant, NotAllowed
from fediunion.outbox.publish import NETWORK, Recipients, publish
from fediunion.union.affiliation.documents import hint_document, list_uri_of
from fediunion.union.affiliation.events import AffiliationChanged
from fediunion.union.affiliation.jobs import LEARN
from fediunion.union.affiliation.queries import our_union, trust_of


def tell_network(session: Session, event: AffiliationChanged) -> None:
    """Reaction: a relation of ours stands differently; the network is told to look at our list.

    The hint says nothing of its own: each union asks for the list, and checks what both sides of it state.
    """
    union = our_union(session)
    publish(session, union, hint_document(union.uri), Recipients(expand=(NETWORK,)))


def receive_hint(ctx: InboxContext, change: vocab.Update, listing: vocab.CollectionDocument) -> None:
    """Another union's relations changed: all lists are asked for again, soon and once for many hints."""
    if listing.id != list_uri_of(ctx.sender.uri):
        raise NotAllowed("changes a list that is not its own", reason="not-its-own")
    if not trust_of(ctx.session, ctx.sender.host):
        raise Irrelevant("is by a union that ours has nothing to do with")
    enqueue(ctx.session, LEARN, key=LEARN)
