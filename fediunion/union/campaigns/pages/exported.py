"""Calls for programs: JSON with terms and counts, entries of feeds, and what search engines read."""

from typing import Any

from fediunion.kit.catalogues import translated
from fediunion.kit.clock import format_instant
from fediunion.kit.feeds import FeedEntry
from fediunion.kit.html import escape
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.union.campaigns.models import CallState
from fediunion.union.campaigns.pages.shown import OUTCOMES, ShownCall, case_html
from fediunion.union.campaigns.wording import title_mark
from fediunion.web.structured import absolute


def call_json(it: ShownCall, base_url: str) -> JsonObject:
    """Return a call as JSON: what it says and how many signed, never who.

    Addresses of targets are those of offices, as other servers are told them.
    """
    call = it.call
    told: JsonObject = {
        **it.terms.to_json(),
        "id": call.uri,
        "url": f"{base_url}{it.path}",
        "lead": it.lead_name,
        "state": call.state,
        "audience": call.audience,
        "opensAt": format_instant(call.opens_at),
        "closesAt": format_instant(call.closes_at),
        "goal": call.goal,
        "counts": {
            "signatures": call.signatures_count,
            "pledges": call.pledges_count,
            "following": call.followers_count,
        },
        "outcome": {"status": call.outcome_status, "text": call.outcome_text, "date": call.outcome_on}
        if call.outcome_status
        else None,
    }
    return told


def entry_of(it: ShownCall, base_url: str, language: str) -> FeedEntry:
    """Return a call as a feed reader shows it: demand, addressees, numbers and case."""
    call, terms = it.call, it.terms
    text, _ = terms.case_in(language)
    return FeedEntry(
        address=f"{base_url}{it.path}",
        title=f"{title_mark(call)} {call.title}".strip(),
        html=f"<p>{escape(call.demand)}</p>{_numbers(it, language)}{_outcome(it, language)}{case_html(text)}",
        author_name=it.lead_name,
        author_address=absolute(it.lead_path, base_url),
        published_at=call.opens_at,
        updated_at=max(call.updated_at, call.opens_at),
        language=terms.language,
        categories=list(terms.hashtags),
        more={"_campaign_call": call_json(it, base_url)},
    )


def petition_ld(it: ShownCall, base_url: str) -> dict[str, Any]:
    """Return a call for search engines, in the words of schema.org: an act of endorsing that one can do.

    Source: https://schema.org/EndorseAction, https://schema.org/InteractionCounter
    """
    call = it.call
    return {
        "@type": "EndorseAction",
        "name": call.title,
        "description": call.demand,
        "url": f"{base_url}{it.path}",
        "agent": {"@type": "Organization", "name": it.lead_name},
        "startTime": format_instant(call.opens_at),
        "endTime": format_instant(call.closes_at),
        "actionStatus": "ActiveActionStatus" if call.state == CallState.OPEN else "CompletedActionStatus",
        "object": {
            "@type": "CreativeWork",
            "name": call.title,
            "inLanguage": list(it.terms.languages),
            "interactionStatistic": {
                "@type": "InteractionCounter",
                "interactionType": "https://schema.org/EndorseAction",
                "userInteractionCount": call.signatures_count,
            },
        },
    }


def _numbers(it: ShownCall, language: str) -> str:
    count = it.call.signatures_count
    said = Sentence.counted("%(count)s signature", "%(count)s signatures", count=count)
    return f"<p>{escape(translated(said, language))}</p>"


def _outcome(it: ShownCall, language: str) -> str:
    found = OUTCOMES.get(it.call.outcome_status)
    if found is None:
        return ""
    return f"<p><b>{escape(translated(found[0], language))}</b> {escape(it.call.outcome_text)}</p>"
