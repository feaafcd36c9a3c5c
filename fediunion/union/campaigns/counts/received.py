"""What another union states for a call of ours: believed of who carries it, and of nobody else."""

from datetime import datetime, timedelta
from typing import Final

import orjson
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import emit, now_of
from fediunion.kit.errors import BadSignature, Refused
from fediunion.kit.ids import new_id
from fediunion.union.affiliation.proofs import check_proof
from fediunion.union.campaigns.counts.documents import UnionCountDocument
from fediunion.union.campaigns.counts.queries import find_count
from fediunion.union.campaigns.counts.rounding import may_be_told
from fediunion.union.campaigns.events import PledgesChanged
from fediunion.union.campaigns.models import CampaignCall, CountKind, SponsorState, UnionCount
from fediunion.union.campaigns.queries import call_lock, find_call_by_uri
from fediunion.union.campaigns.signing.totals import recount
from fediunion.union.campaigns.sponsors.queries import find_sponsorship
from fediunion.union.campaigns.thunderclap.queries import find_thunderclap_by_uri

_AHEAD: Final = timedelta(hours=1)
"""So far ahead of ours another union's clock may be."""


def record_count(session: Session, sender: Actor, document: UnionCountDocument) -> None:
    """Keep what a union that carries a call of ours states, in place of what it stated before.

    Raises Refused with its reason and changes nothing: "no-call", "not-co-sponsor", "call-closed" once the
    call has its outcome, "forged-count" without a proof of that union that holds, "bad-count" for what is no
    number, negative, absurd, or smaller than may be told, "old-count" for what is not newer than the last.
    """
    found = _call_of(session, document)
    if found is None or not found.local or found.uri is None:
        raise Refused("counts for no call of ours", reason="no-call")
    call = call_lock(session, found.id)
    sponsorship = find_sponsorship(session, str(call.uri), sender.uri)
    if sponsorship is None or sponsorship.state != SponsorState.ACCEPTED:
        raise Refused("is no union that carries this call", reason="not-co-sponsor")
    if call.outcome_status and document.kind in (CountKind.SIGNATURES, CountKind.PLEDGES):
        raise Refused("counts for a call that has its outcome", reason="call-closed")
    number, stated_at = _checked(session, sender, document)
    row = find_count(session, call, sender.host, document.kind)
    if row is not None and stated_at <= row.stated_at:
        raise Refused("states what is not newer than what it stated last", reason="old-count")
    if row is None:
        row = UnionCount(id=new_id(), call_id=call.id, host=sender.host, kind=document.kind.value)
        session.add(row)
    row.union_uri, row.number, row.stated_at = sender.uri, number, stated_at
    row.statement = orjson.dumps(document.raw).decode()
    session.flush()
    count_again(session, call, document.kind)


def count_again(session: Session, call: CampaignCall, kind: CountKind) -> None:
    """Bring up to date what follows from the sums of the unions that carry a call of ours."""
    if kind is CountKind.SIGNATURES:
        recount(session, call)
    elif kind is CountKind.PLEDGES:
        emit(session, PledgesChanged(call))


def _call_of(session: Session, document: UnionCountDocument) -> CampaignCall | None:
    if document.about is None:
        return None
    if document.kind is CountKind.SIGNATURES:
        return find_call_by_uri(session, document.about)
    clap = find_thunderclap_by_uri(session, document.about)
    return None if clap is None else session.get(CampaignCall, clap.call_id)


def _checked(session: Session, sender: Actor, document: UnionCountDocument) -> tuple[int, datetime]:
    """Return the number and when it was stated. Raises Refused."""
    if document.attributed_to != (sender.uri,):
        raise Refused("states what another union counts", reason="forged-count")
    try:
        check_proof(session, document.raw, sender.uri)
    except (Refused, BadSignature) as error:
        raise Refused(f"states a number that {error}", reason="forged-count") from error
    number, stated_at = document.number, document.stated_at
    if number is None or stated_at is None or not may_be_told(number):
        raise Refused("states what is no number that could be told", reason="bad-count")
    if stated_at > now_of(session) + _AHEAD:
        raise Refused("states what will be some day", reason="bad-count")
    return number, stated_at
