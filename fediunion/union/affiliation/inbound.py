"""Offer, Accept, Reject, Undo and Update of relations between unions, as received."""

from fediunion.activitypub import vocab
from fediunion.db.known_uris import KnownUri
from fediunion.inbox.rules import InboxContext
from fediunion.union.affiliation.documents import RelationshipDocument
from fediunion.union.affiliation.service import received


def receive_offer(ctx: InboxContext, offer: vocab.Offer, relation: RelationshipDocument) -> None:
    """Another union offers ours a relation."""
    received.record_offer(ctx.session, ctx.sender, offer.id, ctx.document, relation)


def receive_accept(ctx: InboxContext, accept: vocab.Accept, known: KnownUri) -> None:
    """Another union accepts what we offered."""
    row = received.find_ours(ctx.session, known.row_id)
    received.check_present(row, known.uri)
    received.record_acceptance(ctx.session, ctx.sender, row, ctx.document)


def receive_reject(ctx: InboxContext, reject: vocab.Reject, known: KnownUri) -> None:
    """Another union refuses what we offered, at once or later."""
    row = received.find_ours(ctx.session, known.row_id)
    received.check_present(row, known.uri)
    received.record_rejection(ctx.session, ctx.sender, row)


def receive_undo(ctx: InboxContext, undo: vocab.Undo, known: KnownUri) -> None:
    """Another union takes back its Offer or its Accept."""
    row = received.find_ours(ctx.session, known.row_id)
    received.record_withdrawal(ctx.session, ctx.sender, row, of=known.uri)


def receive_statement(ctx: InboxContext, change: vocab.Update, relation: RelationshipDocument) -> None:
    """Another union says how a relation with ours stands for it now."""
    received.record_statement(ctx.session, ctx.sender, relation)
