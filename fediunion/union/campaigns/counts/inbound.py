"""Update of a union's sum, as received."""

from fediunion.activitypub import vocab
from fediunion.inbox.rules import InboxContext
from fediunion.union.campaigns.counts.documents import UnionCountDocument
from fediunion.union.campaigns.counts.received import record_count


def receive_count(ctx: InboxContext, change: vocab.Update, count: UnionCountDocument) -> None:
    """Another union states how many of its members signed, or pledged."""
    record_count(ctx.session, ctx.sender, count)
