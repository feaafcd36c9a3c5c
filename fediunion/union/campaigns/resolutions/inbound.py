"""Join, Leave and Undo of organisations, as received: `signing` hands them on."""

from fediunion.activitypub import vocab
from fediunion.activitypub.values import uri
from fediunion.db.known_uris import KnownUri, find_known_uri
from fediunion.inbox.rules import InboxContext
from fediunion.kit.errors import FediUnionError, Irrelevant, NotAllowed, Refused
from fediunion.kit.html import html_to_text
from fediunion.outbox.publish import Recipients, publish
from fediunion.union.campaigns.models import CampaignCall, Resolution
from fediunion.union.campaigns.queries import lead_of
from fediunion.union.campaigns.resolutions.service import RESOLUTION, record_join, withdraw_join
from fediunion.union.campaigns.signing.documents import answer_document, with_reason
from fediunion.union.campaigns.signing.floods import count_from
from fediunion.union.campaigns.signing.rules import check_signer


def receive_join(ctx: InboxContext, join: vocab.Join, call: CampaignCall) -> None:
    """An organisation supports a call of ours. It is answered; the same once more changes nothing.

    Raises NotAllowed for who is kept out and for a flood, Refused for an id that names something else.
    """
    known = find_known_uri(ctx.session, join.id)
    if known is not None and known.kind == RESOLUTION:
        return
    if known is not None:
        raise Refused("its id names something else", reason="id-in-use")
    check_signer(ctx.session, call, ctx.sender)
    count_from(ctx.session, call, ctx.sender.host)
    said = html_to_text(join.content or "")
    try:
        record_join(
            ctx.session, call, ctx.sender, join_uri=join.id, text=said, url=uri(ctx.document.get("url")) or ""
        )
    except FediUnionError as error:
        _answer(ctx, call, join.id, error)
        ctx.remarks.append(Refused(str(error), reason=error.reason))
        return
    _answer(ctx, call, join.id, None)


def receive_leave(ctx: InboxContext, leave: vocab.Leave, call: CampaignCall) -> None:
    """An organisation supports a call no more."""
    if not withdraw_join(ctx.session, call, ctx.sender):
        raise Irrelevant("leaves a call that it did not support")


def receive_undo(ctx: InboxContext, undo: vocab.Undo, known: KnownUri) -> None:
    """An organisation takes its Join back."""
    row = ctx.session.get(Resolution, known.row_id)
    if row is None:
        return
    if row.actor_id != ctx.sender.id:
        raise NotAllowed("undoes what another organisation did", reason="not-its-own")
    withdraw_join(ctx.session, ctx.session.get_one(CampaignCall, row.call_id), ctx.sender)


def _answer(ctx: InboxContext, call: CampaignCall, join_uri: str, refusal: FediUnionError | None) -> None:
    lead = lead_of(ctx.session, call)
    kind = "Accept" if refusal is None else "Reject"
    document = answer_document(kind, lead, join_uri, ctx.sender, call)
    if refusal is not None:
        document = with_reason(document, refusal.reason, str(refusal))
    publish(ctx.session, lead, document, Recipients(actor_ids=(ctx.sender.id,)))
