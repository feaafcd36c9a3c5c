"""Offer, Accept, Reject and Undo of co-sponsorships, as received."""

from fediunion.activitypub import vocab
from fediunion.db.known_uris import KnownUri
from fediunion.inbox.rules import InboxContext
from fediunion.union.campaigns.sponsors import received
from fediunion.union.campaigns.sponsors.documents import CoSponsorshipDocument


def receive_offer(ctx: InboxContext, offer: vocab.Offer, relation: CoSponsorshipDocument) -> None:
    """Another union asks ours to carry a call with it."""
    received.record_offer(ctx.session, ctx.sender, offer.id, ctx.document, relation)


def receive_accept(ctx: InboxContext, accept: vocab.Accept, known: KnownUri) -> None:
    """Another union agrees to carry our call."""
    row = received.find_known(ctx.session, known.row_id)
    received.check_present(row, known.uri)
    received.record_acceptance(ctx.session, ctx.sender, row, ctx.document)


def receive_reject(ctx: InboxContext, reject: vocab.Reject, known: KnownUri) -> None:
    """Another union will not carry our call."""
    row = received.find_known(ctx.session, known.row_id)
    received.check_present(row, known.uri)
    received.record_rejection(ctx.session, ctx.sender, row)


def receive_undo(ctx: InboxContext, undo: vocab.Undo, known: KnownUri) -> None:
    """Another union takes back its Offer or its Accept."""
    row = received.find_known(ctx.session, known.row_id)
    received.record_withdrawal(ctx.session, ctx.sender, row, of=known.uri)
