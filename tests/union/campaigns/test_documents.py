"""Questions of elsewhere that put calls: which are claimed, and how they are read."""

from datetime import UTC, datetime
from typing import Any

import pytest

from fediunion.activitypub.parse import parse_object
from fediunion.activitypub.vocab import Object, Question
from fediunion.union.campaigns.asks.sign import SignAsk
from fediunion.union.campaigns.documents import CLAIM, CallDocument
from fediunion.union.campaigns.models import OutcomeStatus, SigningMode
from tests.union.campaigns.peers import member
from tests.union.campaigns.samples import CLOSES, OPENS

LONG = "x" * 5000
OPTIONS = [{"type": "Note", "name": name} for name in ("Sign", "Just following")]


def read(call: dict[str, Any] | None, name: str = "campaignCall", **more: Any) -> Object:
    """Return a Question with a call as it is read."""
    document = {
        "id": "https://gftu.example/posts/1",
        "type": "Question",
        "attributedTo": "https://gftu.example/actors/campaigns",
        "content": "<p>Talk to us</p>",
        "published": "2026-11-10T00:00:00Z",
        "endTime": "2027-02-28T23:59:59Z",
        "oneOf": OPTIONS,
    }
    return parse_object(document | ({} if call is None else {name: call}) | more, claims=[CLAIM])


@pytest.mark.parametrize(
    "name",
    ["campaignCall", "fu:campaignCall", "https://w3id.org/fediunion/ns#campaignCall"],
    ids=["term", "prefix", "address"],
)
def test_a_call_is_read_under_each_of_its_names(name: str) -> None:
    found = read(member(), name)
    assert isinstance(found, CallDocument)
    assert (found.opens_at, found.closes_at, found.ended) == (OPENS, CLOSES, False)
    assert found.terms.ask(SignAsk) == SignAsk(modes=(SigningMode.PUBLIC, SigningMode.COUNTED), goal=5000)


def test_names_without_a_prefix_or_as_addresses_are_read_too() -> None:
    plain = {name.removeprefix("fu:"): value for name, value in member().items()}
    full = {f"https://w3id.org/fediunion/ns#{name}": value for name, value in plain.items()}
    for call in (plain, full):
        found = read(call)
        assert isinstance(found, CallDocument)
        assert found.terms.title == "Restore negotiation rights for staff unions"


def test_a_question_without_a_call_is_a_poll() -> None:
    assert type(read(None)) is Question
    assert type(read(None, campaignCall="https://gftu.example/calls/1")) is Question


def test_without_its_times_a_call_has_those_of_its_question() -> None:
    found = read(member(**{"fu:opensAt": None, "fu:closesAt": None}))
    assert isinstance(found, CallDocument)
    assert (found.opens_at, found.closes_at) == (OPENS, CLOSES)


def test_an_outcome_in_other_words_than_ours_is_none() -> None:
    found = read(member(**{"fu:outcome": {"fu:status": "great", "fu:text": "Talks."}}))
    assert isinstance(found, CallDocument)
    assert found.outcome_status == ""
    told = {"fu:status": "won", "fu:date": "2026-11-19", "fu:text": "Signed."}
    found = read(member(**{"fu:status": "closed", "fu:outcome": told}))
    assert isinstance(found, CallDocument)
    assert (found.ended, found.outcome_status) == (True, OutcomeStatus.WON)
    found = read(member(), closed="2026-12-01T00:00:00Z")
    assert isinstance(found, CallDocument)
    assert found.ended


@pytest.mark.parametrize(
    "changed",
    [
        {"fu:title": None},
        {"fu:title": LONG},
        {"fu:demand": ["no", "sentence"]},
        {"fu:demand": LONG},
        {"fu:case": {"en": "x" * 30_000}},
        {"fu:case": {"not a language": "x"}},
        {"fu:targets": [{"fu:role": "x"}] * 25},
        {"fu:targets": [{"fu:org": "x"}]},
        {"fu:hashtags": ["not a tag"]},
        {"fu:languages": ["<script>"]},
        {"fu:asks": [{"type": "fu:sign", "fu:goal": 0}]},
        {"fu:closesAt": "2020-01-01T00:00:00Z"},
        {"fu:evidence": [f"https://x.example/{number}" for number in range(25)]},
    ],
    ids=[
        "no-title",
        "long-title",
        "demand-is-a-list",
        "long-demand",
        "long-case",
        "odd-language-of-the-case",
        "many-targets",
        "target-without-role",
        "no-hashtag",
        "no-language",
        "goal-of-nothing",
        "closes-before-it-opens",
        "much-evidence",
    ],
)
def test_what_cannot_be_read_as_a_call_is_a_poll_and_says_why(changed: dict[str, Any]) -> None:
    found = read(member(**changed))
    assert type(found) is Question
    assert found.claim_refused


def test_a_poll_of_several_choices_or_of_one_puts_no_call() -> None:
    for options in ({"oneOf": None, "anyOf": OPTIONS}, {"oneOf": OPTIONS[:1]}):
        found = read(member(), **options)
        assert type(found) is Question
        assert found.claim_refused


def test_instants_of_a_call_are_those_that_it_says() -> None:
    found = read(member(**{"fu:closesAt": "2027-01-31T12:00:00+02:00"}))
    assert isinstance(found, CallDocument)
    assert found.closes_at == datetime(2027, 1, 31, 10, tzinfo=UTC)
