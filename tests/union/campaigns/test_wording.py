"""How a call reads on servers that know nothing of calls."""

from datetime import UTC, datetime

import pytest

from fediunion.kit.html import clean_html, html_to_text
from fediunion.union.campaigns.models import CallState, CampaignCall, OutcomeStatus
from fediunion.union.campaigns.terms.call import CallTerms
from fediunion.union.campaigns.thunderclap.models import Thunderclap, ThunderclapState
from fediunion.union.campaigns.wording import CallView, composed_call, poll_options
from tests.union.campaigns.samples import CLOSES, OPENS, call_terms

AT = datetime(2026, 12, 10, 12, tzinfo=UTC)


def told(terms: CallTerms, *, clap: ThunderclapState | None = None, **columns: object) -> CallView:
    """Return an open call with other columns, and a thunderclap in a state."""
    call = CampaignCall(
        **{
            "slug": "c-01",
            "state": CallState.OPEN,
            "url": "https://ccisua.example/campaigns/c-01",
            "opens_at": OPENS,
            "closes_at": CLOSES,
            "ended_at": None,
            "outcome_status": "",
            "outcome_text": "",
            "outcome_on": "",
        }
        | columns
    )
    thunderclap = None
    if clap is not None:
        thunderclap = Thunderclap(state=clap, threshold=300, release_at=AT, window_seconds=180)
    base_url = "https://ccisua.example"
    return CallView(
        call=call, terms=terms, lead=f"{base_url}/actors/union", base_url=base_url, thunderclap=thunderclap
    )


def text_of(asked: CallView) -> list[str]:
    """Return the paragraphs of a call's post."""
    return html_to_text(composed_call(asked).html).split("\n\n")


def test_its_paragraphs_say_in_turn_what_is_demanded_of_whom_and_how_one_signs() -> None:
    found = text_of(told(call_terms(pledges=True), clap=ThunderclapState.COLLECTING))
    demand, vote, boost = found[1], found[3], found[4]
    assert demand.startswith("Reinstate good-faith negotiation")
    assert vote.startswith("Vote below to sign: your vote goes only to us, and is not shown to anybody.")
    assert vote.endswith("Open until 28 February 2027, 23:59 (UTC).")
    assert boost.startswith("Boost together on 10 December 2026, 12:00 (UTC), if 300 have pledged by then")
    assert [each for each in found if each not in (demand, vote, boost)] == [
        "Restore negotiation rights for staff unions",
        "To: Executive Head, Relief Coordination Office; Chair, budget committee, Member States Assembly",
        "ccisua.example/campaigns/c-01",
        "#StaffRightsNow",
    ]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ThunderclapState.RELEASED, "Boosted together on 10 December"),
        (ThunderclapState.NOT_REACHED, "did not take place; nothing was posted"),
        (ThunderclapState.WITHDRAWN, "did not take place; nothing was posted"),
        (ThunderclapState.MISSED, "did not take place; nothing was posted"),
    ],
    ids=str,
)
def test_what_became_of_the_boost_is_said(state: ThunderclapState, said: str) -> None:
    assert said in text_of(told(call_terms(pledges=True), clap=state))[4]


@pytest.mark.parametrize(
    ("status", "mark"),
    [
        ("", "[Closed]"),
        (OutcomeStatus.WON, "[Won]"),
        (OutcomeStatus.PARTLY_WON, "[Partly won]"),
        (OutcomeStatus.LOST, "[Lost]"),
        (OutcomeStatus.WITHDRAWN, "[Withdrawn]"),
    ],
    ids=["closed", "won", "partly-won", "lost", "withdrawn"],
)
def test_what_is_over_begins_with_how_it_ended(status: str, mark: str) -> None:
    words = "Talks begin." if status else ""
    ended = told(call_terms(), state=CallState.CLOSED, ended_at=AT, outcome_status=status, outcome_text=words)
    found = text_of(ended)
    assert found[0] == f"{mark} Restore negotiation rights for staff unions"
    assert not any("Vote below" in each for each in found)
    assert "Closed on 10 December 2026, 12:00 (UTC)" in found
    assert not words or words in found


def test_the_options_are_in_the_language_of_the_call_and_short_enough_for_every_client() -> None:
    assert poll_options(call_terms(pledges=True)) == ["Sign", "Sign and pledge the boost", "Just following"]
    for language in ("fr", "ar"):
        options = poll_options(call_terms(pledges=True, languages=[language]))
        assert len(set(options)) == 3
        assert options[0] != "Sign"
        assert all(len(option) <= 50 for option in options)
    assert poll_options(call_terms(languages=["bn"]))[0] == "Sign"


def test_hostile_words_are_text_and_the_markup_is_what_servers_keep() -> None:
    hostile = call_terms(
        title='<img src=x onerror="alert(1)">', demand="&lt;script&gt;", targets=[{"role": "<b>Head</b>"}]
    )
    html = composed_call(told(hostile)).html
    assert "<img" not in html
    assert "<b>" not in html
    assert "&amp;lt;script&amp;gt;" in html
    assert html_to_text(clean_html(html)) == html_to_text(html)
