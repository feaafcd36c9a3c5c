"""What a thunderclap may say, in files and on the wire."""

from datetime import UTC, datetime
from typing import Any

import pytest

from fediunion.kit.errors import Invalid
from fediunion.union.campaigns.thunderclap.documents import read_amplification
from fediunion.union.campaigns.thunderclap.models import ThunderclapState
from fediunion.union.campaigns.thunderclap.terms import ThunderclapTerms, check

CALL = "https://ccisua.example/actors/campaigns/posts/c-01"
TOLD: dict[str, Any] = {
    "type": "Amplification",
    "id": "https://ccisua.example/campaigns/c-01#thunderclap",
    "message": {"en": "Talk to us."},
    "threshold": 300,
    "at": "2026-12-10T12:00:00Z",
    "windowSeconds": 120,
    "pledges": 280,
    "state": "collecting",
}


def test_the_sample_is_read_and_told_again_as_it_was() -> None:
    sample = {
        "message": {"en": "One", "fr": "Un"},
        "threshold": 300,
        "releaseAt": "2026-12-10T12:00:00Z",
        "jitterSeconds": 120,
        "state": "collecting",
    }
    terms = ThunderclapTerms.from_json(sample)
    check(terms)
    assert terms.ends_at == datetime(2026, 12, 10, 12, 2, tzinfo=UTC)
    assert ThunderclapTerms.from_json(terms.to_json()) == terms


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"message": {}}, "message"),
        ({"message": {"en": "x" * 501}}, "message"),
        ({"message": {"no language": "x"}}, "message"),
        ({"message": {"en": "a\x00b"}}, "message"),
        ({"message": {"en": "half \ud83d"}}, "message"),
        ({"threshold": 1}, "threshold"),
        ({"threshold": 2_000_000}, "threshold"),
        ({"threshold": "many"}, "threshold"),
        ({"windowSeconds": 29}, "windowSeconds"),
        ({"windowSeconds": 3601}, "windowSeconds"),
        ({"releaseAt": "tomorrow"}, "releaseAt"),
        ({"releaseAt": "2026-12-10T12:00:00"}, "releaseAt"),
        ({"releaseAt": 7}, "releaseAt"),
    ],
    ids=lambda value: str(value)[:24] if isinstance(value, dict) else value,
)
def test_what_cannot_be_one_is_refused_naming_its_field(changed: dict[str, Any], field: str) -> None:
    told = {"message": {"en": "x"}, "threshold": 2, "releaseAt": "2026-12-10T12:00:00Z", "windowSeconds": 60}
    with pytest.raises(Invalid) as refused:
        check(ThunderclapTerms.from_json(told | changed))
    assert refused.value.field == field


def test_a_thunderclap_is_read_from_a_call_in_plain_names() -> None:
    found = read_amplification(TOLD, CALL)
    assert found is not None
    assert (found.uri, found.state) == (TOLD["id"], ThunderclapState.COLLECTING)
    assert (found.terms.threshold, found.terms.window_seconds) == (300, 120)


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "https://evil.example/campaigns/c-01#thunderclap"},
        {"id": None},
        {"at": None},
        {"at": ["2026-12-10T12:00:00Z"]},
        {"threshold": -1},
        {"windowSeconds": 10**12},
        {"message": "x" * 501},
        {"message": [1, 2]},
    ],
    ids=["other-host", "no-id", "no-moment", "odd-moment", "negative", "endless", "too-long", "odd-message"],
)
def test_what_cannot_be_one_in_a_call_of_elsewhere_is_none(changed: dict[str, Any]) -> None:
    assert read_amplification(TOLD | changed, CALL) is None


@pytest.mark.parametrize(
    "told", [None, "", 7, [], "https://ccisua.example/x"], ids=lambda told: repr(told)[:12]
)
def test_what_is_no_object_is_none(told: object) -> None:
    assert read_amplification(told, CALL) is None


def test_a_state_that_nobody_knows_is_collecting() -> None:
    found = read_amplification(TOLD | {"state": "exploded"}, CALL)
    assert found is not None
    assert found.state == ThunderclapState.COLLECTING
