"""A call as the `campaignCall` member of its Question, and back into plain names.

The terms are those of vocabulary 2.2 with the prefix of our namespace; texts by language keep the language
tags as names. How many signed is not in it: the tally of the Question says that, and is told again with every
change of it.
"""

from collections.abc import Sequence
from typing import Any, Final

from fediunion.activitypub.contexts import NAMESPACE
from fediunion.kit.catalogues import translated
from fediunion.kit.clock import format_instant
from fediunion.kit.json import JsonObject
from fediunion.union.campaigns.asks.registry import ASKS
from fediunion.union.campaigns.models import CampaignCall
from fediunion.union.campaigns.terms.call import CallTerms

MEMBER: Final = "campaignCall"
_SPELLINGS: Final = (MEMBER, f"fu:{MEMBER}", f"{NAMESPACE}{MEMBER}")
_KEPT: Final = frozenset({"type", "id"})
_BY_LANGUAGE: Final = frozenset({"case", "template", "subject"})


def wire_call(
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
        "outcome": outcome_json(call),
    }
    document: JsonObject = {"type": "fu:CampaignCall", "id": f"{call.url}#call"}
    document |= _prefixed({name: value for name, value in told.items() if value})
    if amplify is not None:
        document["fu:amplify"] = amplify
    return document


def potential_actions(terms: CallTerms, url: str, language: str) -> list[JsonObject]:
    """Return what can be done about a call as actions of schema.org, each with its address on our page."""
    return [
        {
            "type": f"sc:{ASKS[ask.kind].action}",
            "sc:name": translated(ASKS[ask.kind].label, language),
            "sc:target": f"{url}#{ask.kind}",
        }
        for ask in terms.asks
    ]


def call_in(document: JsonObject) -> JsonObject | None:
    """Return the `campaignCall` member of a document in plain names; None where there is none."""
    for name in _SPELLINGS:
        member = document.get(name)
        if isinstance(member, dict):
            plain: JsonObject = plain_names(member)
            return plain
    return None


def outcome_json(call: CampaignCall) -> JsonObject | None:
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
