"""Calls as they travel: the members that make a Question one, and how such a Question is read.

The terms are those of vocabulary 2.2 with the prefix of our namespace; texts by language keep the language
tags as names. How many signed is not in it: the tally of the Question says that, and is told again with every
change of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from fediunion.activitypub import values
from fediunion.activitypub.contexts import NAMESPACE
from fediunion.activitypub.vocab import DocumentClaim, Question, activity_document, extend_document
from fediunion.actors.models import Actor
from fediunion.kit.catalogues import translated
from fediunion.kit.clock import format_instant
from fediunion.kit.errors import BadDocument, Invalid
from fediunion.kit.ids import new_slug
from fediunion.kit.json import JsonObject
from fediunion.union.campaigns.asks.registry import ASKS
from fediunion.union.campaigns.models import CallState, CampaignCall, OutcomeStatus
from fediunion.union.campaigns.terms.call import CallTerms
from fediunion.union.campaigns.terms.checking import check_terms
from fediunion.union.campaigns.terms.moments import FIRST_MOMENT, LAST_MOMENT

MEMBER: Final = "campaignCall"
BAD_CALL: Final = "bad-call"
LONGEST_OUTCOME: Final = 2_000
_LONGEST_DAY: Final = 10
_SPELLINGS: Final = (MEMBER, f"fu:{MEMBER}", f"{NAMESPACE}{MEMBER}")
_KEPT: Final = frozenset({"type", "id"})
_BY_LANGUAGE: Final = frozenset({"case", "template", "subject"})


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


def call_members(
    call: CampaignCall,
    terms: CallTerms,
    *,
    language: str,
    lead: str,
    co_sponsors: Sequence[str],
    amplify: JsonObject | None,
) -> JsonObject:
    """Return what makes the Question of a call one, beside its words.

    That is the link to our page, the asks as actions of schema.org, and the call for programs to read.
    """
    return {
        "attachment": [
            {"type": "Link", "href": call.url, "mediaType": "text/html", "name": terms.title},
        ],
        "potentialAction": _potential_actions(terms, call.url, language),
        MEMBER: _call_document(call, terms, lead=lead, co_sponsors=co_sponsors, amplify=amplify),
    }


def _call_document(
    call: CampaignCall,
    terms: CallTerms,
    *,
    lead: str,
    co_sponsors: Sequence[str],
    amplify: JsonObject | None,
) -> JsonObject:
    """Return the `campaignCall` member of the Question of a call, in the state that it is in now.

    Nothing of a person is in it: what `CallTarget` holds is read by no document. `lead` is the union's id.
    """
    told = terms.to_json()
    told.pop("coSponsors", None)
    told["targets"] = [
        {name: value for name, value in target.items() if name != "personal"}
        for target in told.get("targets", ())
    ]
    told |= {
        "status": call.state,
        "opensAt": format_instant(call.opens_at),
        "closesAt": format_instant(call.closes_at),
        "goal": terms.goal,
        "lead": lead,
        "coSponsors": list(co_sponsors),
        "outcome": _outcome_document(call),
    }
    document: JsonObject = {"type": "fu:CampaignCall", "id": f"{call.url}#call"}
    document |= _prefixed({name: value for name, value in told.items() if value})
    if amplify is not None:
        document["fu:amplify"] = amplify
    return document


def _potential_actions(terms: CallTerms, url: str, language: str) -> list[JsonObject]:
    """Return what can be done about a call as actions of schema.org, each with its address on our page."""
    return [
        {
            "type": f"sc:{ASKS[ask.kind].action}",
            "sc:name": translated(ASKS[ask.kind].label, language),
            "sc:target": f"{url}#{ask.kind}",
        }
        for ask in terms.asks
    ]


def _outcome_document(call: CampaignCall) -> JsonObject | None:
    """Return how a call ended in plain names; None where that is not known."""
    if not call.outcome_status:
        return None
    return {"status": call.outcome_status, "date": call.outcome_on, "text": call.outcome_text}


def _prefixed(value: Any) -> Any:
    if isinstance(value, list):
        return [_prefixed(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name if name in _KEPT else f"fu:{name}": f"fu:{inner}"
        if name == "type"
        else inner
        if name in _BY_LANGUAGE
        else _prefixed(inner)
        for name, inner in value.items()
    }


def call_in(document: JsonObject) -> JsonObject | None:
    """Return the `campaignCall` member of a document in plain names; None where there is none."""
    for name in _SPELLINGS:
        member = document.get(name)
        if isinstance(member, dict):
            plain: JsonObject = plain_names(member)
            return plain
    return None


def plain_names(value: Any) -> Any:
    """Return JSON with its names as our own vocabulary has them, without a prefix."""
    if isinstance(value, list):
        return [plain_names(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        _without_prefix(name): _without_prefix(inner)
        if name == "type" and isinstance(inner, str)
        else plain_names(inner)
        for name, inner in value.items()
    }


def _without_prefix(name: str) -> str:
    return name.removeprefix("fu:").removeprefix(NAMESPACE)


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


def message_document(
    author: Actor, recipient: Actor, content: str, language: str, *, published: str
) -> JsonObject:
    """Return the Create of a message to one actor, without `@context`. `content` is HTML that names them."""
    uri = f"{author.uri}/messages/{new_slug()}"
    note: JsonObject = {
        "id": uri,
        "type": "Note",
        "attributedTo": author.uri,
        "to": [recipient.uri],
        "cc": [],
        "published": published,
        "content": content,
        "contentMap": {language: content},
        "sensitive": False,
        "tag": [
            {
                "type": "Mention",
                "href": recipient.uri,
                "name": f"@{recipient.username}@{recipient.handle_host}",
            }
        ],
    }
    create = activity_document("Create", f"{uri}/activity", author.uri, note, to=[recipient.uri])
    return create | {"published": published}
