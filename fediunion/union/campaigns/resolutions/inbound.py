"""The Undo of an organisation's Join, and the answers to ours, as received; Joins come through `signing`."""

from fediunion.activitypub import vocab
from fediunion.db.known_uris import KnownUri
from fediunion.inbox.rules import InboxContext
from fediunion.kit.errors import NotAllowed
from fediunion.union.campaigns.models import CampaignCall, Resolution
from fediunion.union.campaigns.resolutions.adopting import check_answered_by, note_refusal
from fediunion.union.campaigns.resolutions.service import withdraw_join


def receive_undo(ctx: InboxContext, undo: vocab.Undo, known: KnownUri) -> None:
    """An organisation takes its Join back."""
    row = ctx.session.get(Resolution, known.row_id)
    if row is None:
        return
    if row.actor_id != ctx.sender.id:
        raise NotAllowed("undoes what another organisation did", reason="not-its-own")
    withdraw_join(ctx.session, ctx.session.get_one(CampaignCall, row.call_id), ctx.sender)


def receive_accept(ctx: InboxContext, accept: vocab.Accept, known: KnownUri) -> None:
    """The union that leads a call takes our union's resolution, which is shown here already."""
    row = ctx.session.get(Resolution, known.row_id)
    if row is not None:
        check_answered_by(ctx.session, row, ctx.sender)


def receive_reject(ctx: InboxContext, reject: vocab.Reject, known: KnownUri) -> None:
    """The union that leads a call does not take our union's resolution, or does so no longer."""
    row = ctx.session.get(Resolution, known.row_id)
    if row is not None:
        note_refusal(ctx.session, row, ctx.sender)
