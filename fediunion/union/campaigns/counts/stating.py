"""What our union counts of its own members for another's call: stated with its proof, and told."""

from datetime import timedelta
from typing import Final

import orjson
from sqlalchemy.orm import Session

from fediunion.actors.queries import find_actor_by_uri
from fediunion.db import now_of, settings_of
from fediunion.kit.ids import new_id
from fediunion.outbox.publish import Recipients, publish
from fediunion.union.affiliation.proofs import proved
from fediunion.union.affiliation.queries import our_union
from fediunion.union.campaigns.counts.documents import count_document, statement_document
from fediunion.union.campaigns.counts.queries import find_count
from fediunion.union.campaigns.counts.rounding import told
from fediunion.union.campaigns.counts.service import note_change
from fediunion.union.campaigns.events import PledgesChanged, SignaturesChanged
from fediunion.union.campaigns.models import CampaignCall, CountKind, SponsorState, UnionCount
from fediunion.union.campaigns.queries import call_lock
from fediunion.union.campaigns.signing import totals
from fediunion.union.campaigns.sponsors.queries import find_own
from fediunion.union.campaigns.thunderclap import pledging
from fediunion.union.campaigns.thunderclap.queries import find_thunderclap

_SECOND: Final = timedelta(seconds=1)


def signatures_changed(session: Session, event: SignaturesChanged) -> None:
    """Reaction: somebody signed or withdrew here; a union that leads the call is told some time."""
    note_change(session, event.call, CountKind.SIGNATURES)


def pledges_changed(session: Session, event: PledgesChanged) -> None:
    """Reaction: somebody pledged or withdrew here; a union that leads the call is told some time."""
    note_change(session, event.call, CountKind.PLEDGES)


def state_own_count(session: Session, call_id: int, kind: CountKind) -> None:
    """State to the union that leads a call what ours counts now; nothing where that is what it was told last.

    It may run any number of times.
    """
    if session.get(CampaignCall, call_id) is None:
        return
    call = call_lock(session, call_id)
    row = find_own(session, call)
    found = _own_number(session, call, kind)
    if call.local or row is None or row.state != SponsorState.ACCEPTED or found is None:
        return
    ours, lead = our_union(session), find_actor_by_uri(session, row.lead_uri)
    if lead is None or lead.deleted_at is not None:
        return
    about, number = found
    earlier = find_count(session, call, ours.host, kind)
    if (earlier.number if earlier is not None else 0) == number:
        return
    now = now_of(session).replace(microsecond=0)
    if earlier is not None:
        # A clock that was set back must not make of news what is old.
        now = max(now, earlier.stated_at + _SECOND)
    document = count_document(kind, _own_uri(session, call, kind), ours.uri, about, number, now)
    statement = proved(session, ours, document)
    if earlier is None:
        earlier = UnionCount(
            id=new_id(), call_id=call.id, host=ours.host, kind=kind.value, union_uri=ours.uri
        )
        session.add(earlier)
    earlier.number, earlier.stated_at = number, now
    earlier.statement = orjson.dumps(statement).decode()
    update = statement_document(statement, ours.uri, lead.uri, now)
    publish(session, ours, update, Recipients(actor_ids=(lead.id,)))


def _own_number(session: Session, call: CampaignCall, kind: CountKind) -> tuple[str, int] | None:
    """Return what our sum is about, and what is told of it; None where there is nothing to count."""
    if kind is CountKind.SIGNATURES:
        return str(call.uri), told(kind, totals.own_count(session, call))
    clap = find_thunderclap(session, call.id)
    if clap is None or clap.uri is None:
        return None
    match kind:
        case CountKind.PLEDGES:
            number = pledging.own_count(session, clap)
        case CountKind.BOOSTS:
            number = clap.delivered_count
        case CountKind.FAILED_BOOSTS:
            number = clap.failed_count
    return clap.uri, told(kind, number)


def _own_uri(session: Session, call: CampaignCall, kind: CountKind) -> str:
    return f"{settings_of(session).base_url}/campaigns/{call.slug}/counts/{kind.value}"
