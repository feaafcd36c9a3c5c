"""What a call says: one value, one form of it as JSON, and its limits."""

from typing import Any

import pytest

from fediunion.kit.errors import Invalid
from fediunion.union.campaigns.asks.boost_pledge import BoostPledgeAsk
from fediunion.union.campaigns.asks.registry import ASKS, find_ask
from fediunion.union.campaigns.asks.sign import SignAsk
from fediunion.union.campaigns.asks.write_to_target import WriteToTargetAsk
from fediunion.union.campaigns.models import SigningMode
from fediunion.union.campaigns.terms.call import CallTerms, Channel
from fediunion.union.campaigns.terms.checking import check_terms
from tests.union.campaigns.samples import CALLS, call_terms

LETTER = {"template": {"en": "I ask you to…", "fr": "Je vous demande de…", "es": "Le pido que…"}}


@pytest.mark.parametrize("sample", sorted(CALLS), ids=str)
def test_every_sample_reads_as_it_was_written(sample: str) -> None:
    terms = check_terms(CallTerms.from_json(CALLS[sample]))
    assert CallTerms.from_json(terms.to_json()) == terms


def test_a_call_says_what_its_sample_says() -> None:
    terms = call_terms(pledges=True)
    assert (terms.goal, terms.language, terms.hashtags) == (5000, "en", ("StaffRightsNow",))
    assert terms.targets[0].channel is Channel.EMAIL
    assert terms.ask(SignAsk) == SignAsk(modes=tuple(SigningMode), goal=5000)
    assert terms.ask(BoostPledgeAsk) is not None
    letter = terms.ask(WriteToTargetAsk)
    assert letter is not None
    assert letter.template["fr"] == "Je vous demande de…"


def test_every_call_can_be_signed_and_kinds_of_elsewhere_are_left_out() -> None:
    terms = CallTerms.from_json({"asks": [{"type": "donate"}, {"type": "solidarity"}], "goal": 12})
    assert [ask.kind for ask in terms.asks] == ["sign", "solidarity"]
    assert terms.goal == 12


def test_a_kind_of_ask_has_other_names_in_files() -> None:
    assert find_ask("photo/message of solidarity") is ASKS["solidarity"]
    assert find_ask("write-to-target") is ASKS["email-target"]
    assert find_ask("donate") is None


def test_the_case_is_given_in_the_readers_language_or_the_calls() -> None:
    terms = call_terms(case={"en": "Why.", "fr": "Pourquoi."})
    assert terms.case_in("fr-CA") == ("Pourquoi.", "fr")
    assert terms.case_in("ar") == ("Why.", "en")
    assert call_terms(case={"de": "Warum."}).case_in("fr") == ("Warum.", "de")
    assert CallTerms(title="", demand="").case_in("fr") == ("", "en")


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"title": 7, "demand": {}, "asks": "sign", "targets": 3, "languages": {"en": 1}},
        {"asks": [None, 7, {"type": []}, "sign"], "targets": [None, "Registrar", {"role": 7}]},
        {"case": ["x"], "hashtags": [1, "#a"], "evidence": [{"url": "javascript:x"}, 7], "background": 1},
    ],
    ids=["nothing", "other-types", "odd-entries", "odd-texts"],
)
def test_what_is_of_another_type_is_left_out(odd: dict[str, Any]) -> None:
    terms = CallTerms.from_json(odd)
    assert terms.ask(SignAsk) is not None
    assert terms.evidence == ()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " \u200b "}, "title"),
        ({"title": "x" * 151}, "title"),
        ({"demand": ""}, "demand"),
        ({"demand": "x" * 401}, "demand"),
        ({"case": {"en": "x" * 20_001}}, "case"),
        ({"case": {"en": "a\x00b"}}, "case"),
        ({"targets": [{"role": "x"}] * 21}, "targets"),
        ({"targets": [{"role": "x", "address": "a@b.example", "personal": True}]}, "targets"),
        ({"hashtags": ["two words"]}, "hashtags"),
        ({"hashtags": [f"tag{number}" for number in range(9)]}, "hashtags"),
        ({"languages": ["no language"]}, "languages"),
        ({"languages": [f"x{number:02}" for number in range(13)]}, "languages"),
        ({"asks": [{"type": "sign", "goal": 0}]}, "goal"),
        ({"asks": [{"type": "email-target", "template": {"en": "x" * 5001}}]}, "asks"),
        ({"evidence": [f"https://x.example/{number}" for number in range(21)]}, "evidence"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_over_a_limit_is_named_by_its_field(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_terms(call_terms(**changed))
    assert refused.value.field == field


def test_lines_are_cleaned_of_what_disturbs_them() -> None:
    terms = check_terms(call_terms(title="Restore\n\u202e rights", demand=" Talk \u200bto us. "))
    assert terms.title == "Restore rights"
    assert terms.demand == "Talk to us."
