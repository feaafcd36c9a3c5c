"""Calls as they travel: a Question that carries a `campaignCall` is claimed, and read."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from fediunion.activitypub import values
from fediunion.activitypub.vocab import DocumentClaim, Question, extend_document
from fediunion.kit.errors import BadDocument, Invalid
from fediunion.kit.json import JsonObject
from fediunion.union.campaigns.models import CallState, OutcomeStatus
from fediunion.union.campaigns.posting import call_in
from fediunion.union.campaigns.terms.call import CallTerms
from fediunion.union.campaigns.terms.checking import check_terms
from fediunion.union.campaigns.terms.moments import FIRST_MOMENT, LAST_MOMENT

BAD_CALL: Final = "bad-call"
LONGEST_OUTCOME: Final = 2_000
_LONGEST_DAY: Final = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class CallDocument(Question):
    """A Question that puts a call: what it says, when it opens and closes, and how it ended.

    `outcome_status` is "" while that is not known, `outcome_on` an ISO 8601 day. `call` is the member in
    plain names, for those who read more in it (`amplify`).
    """

    type_name: ClassVar[str] = "CampaignCall"

    terms: CallTerms
    call: JsonObject
    opens_at: datetime
    closes_at: datetime
    ended: bool = False
    outcome_status: str = ""
    outcome_text: str = ""
    outcome_on: str = ""


def _build(question: Question) -> CallDocument:
    call = call_in(question.raw)
    assert call is not None  # claimed by it
    try:
        terms = check_terms(CallTerms.from_json(call))
    except Invalid as error:
        raise BadDocument(f"{error.field}: {error}", reason=BAD_CALL) from error
    closes_at = values.instant(call.get("closesAt")) or question.end_time
    opens_at = values.instant(call.get("opensAt")) or question.published
    if closes_at is None or opens_at is None or opens_at >= closes_at:
        raise BadDocument("closesAt: a call opens before it closes", reason=BAD_CALL)
    if opens_at < FIRST_MOMENT or closes_at >= LAST_MOMENT:
        raise BadDocument("closesAt: nobody lives to see that", reason=BAD_CALL)
    if len(question.options) < 2 or question.multiple:
        raise BadDocument("oneOf: a call is signed by one vote of at least two", reason=BAD_CALL)
    outcome = call.get("outcome")
    told = outcome if isinstance(outcome, dict) else {}
    status = told.get("status")
    return extend_document(
        question,
        CallDocument,
        terms=terms,
        call=call,
        opens_at=opens_at,
        closes_at=closes_at,
        ended=call.get("status") == CallState.CLOSED or question.closed is not None,
        outcome_status=status if status in tuple(OutcomeStatus) else "",
        outcome_text=values.text(told.get("text"), LONGEST_OUTCOME) or "",
        outcome_on=values.text(told.get("date"), _LONGEST_DAY) or "",
    )


CLAIM: Final = DocumentClaim(Question, lambda document: call_in(document) is not None, _build)
