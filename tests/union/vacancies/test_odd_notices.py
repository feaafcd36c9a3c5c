"""Notices of peers that come in odd order, or hold odd values: stored or refused, and nothing breaks."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests.union.vacancies.conftest import Halls, vacancies
from tests.union.vacancies.peers import INBOX, ask, board_of, own, tell
from tests.union.vacancies.samples import notice, posting


@pytest.mark.parametrize(
    "order", ["update-create", "delete-create", "create-delete-update", "update-old", "create-create"]
)
async def test_A39_order_and_repetition_change_nothing(halls: Halls, order: str) -> None:
    good = await board_of(halls, "good.example")
    note = good.note("x", vacancy=posting("V-01"), updated="2026-12-01T09:00:00Z")
    new = note | {"updated": "2026-12-01T08:59:00Z", "vacancy": posting("V-01", title="Older")}
    acts = {
        "create": good.create(note),
        "update": good.activity("Update", note, to=note["to"], cc=note["cc"]),
        "old": good.activity("Update", new, to=note["to"], cc=note["cc"]),
        "delete": good.activity("Delete", {"id": note["id"], "type": "Tombstone"}, to=note["to"]),
    }
    for name in order.split("-"):
        halls.clock.advance(seconds=5)
        sent = dict(acts[name])
        sent["id"] = f"{sent['id']}/{halls.clock.now():%s}"
        assert (await good.post(INBOX, sent)).status == 202
        await halls.settle()
    found = [each for each in await vacancies(halls.nairobi) if each.state in ("open", "extended")]
    assert [each.title for each in found] == ([] if "delete" in order else [notice("V-01").title])


ODD: dict[str, dict[str, Any]] = {
    "far-future": {"validThrough": "9999-12-31T23:59:59-14:00"},
    "far-future-day": {"validThrough": "9999-12-31"},
    "beyond-all-clocks": {
        "validThrough": "9999-12-31T23:59:00Z",
        "fu:closingZone": "Pacific/Kiritimati",
        "jobLocation": None,
    },
    "year-one": {"validThrough": "0001-01-01T00:00:00+14:00"},
    "gap": {"validThrough": "2027-03-28T02:30:00", "fu:closingZone": "Europe/Paris"},
    "negative-pay": {"baseSalary": {"currency": "USD", "value": {"value": -5}}},
    "huge-pay": {"baseSalary": {"currency": "USD", "value": {"value": 1e300}}},
    "exponent": {"baseSalary": {"currency": "USD", "value": {"value": "1e999999"}}},
    "multiplier": {"fu:postAdjustmentMultiplier": "1e999999999"},
    "places": {"jobLocation": [{"address": {"addressLocality": f"C{n}"}} for n in range(10_000)]},
    "long-text": {"description": "<p>" + "x " * 400_000},
    "markup": {"description": "<div>" * 90_000},
    "deep": {"benefits": [[[[[[[[[[[[[[[[[[[[["x"]]]]]]]]]]]]]]]]]]]]]},
    "zone-path": {"validThrough": "2027-01-01", "fu:closingZone": "../../../etc/passwd"},
    "script-url": {"url": "javascript:alert(1)"},
    "twin-url": {"url": "https://\u0441areers.example/x"},
    "language": {"inLanguage": "x" * 500, "fu:languageRequirements": [{"language": {"a": 1}}, 5, "xx-"]},
    "posted": {"datePosted": "9999-12-31"},
    "lists": {"title": ["A", ["B"]], "identifier": [{"value": ["Q"]}], "employmentType": [1, 2]},
    "types": {"description": 5, "totalJobOpenings": -1, "fu:rnrWeeks": 1e9, "jobStartDate": []},
    "text-directions": {"title": "Nurse\u202e\u200b\u2066 fdp.exe"},
}


@pytest.mark.parametrize("changed", ODD.values(), ids=ODD.keys())
async def test_P15_an_odd_notice_of_a_peer_is_stored_or_refused_and_breaks_nothing(
    halls: Halls, changed: dict[str, Any]
) -> None:
    from fediunion.inbox.models import InboxActivity

    board = await board_of(halls, "odd.example")
    await tell(halls, board, posting("V-01", **changed))
    outcomes = await ask(halls, lambda session: list(session.scalars(select(InboxActivity.outcome))))
    assert outcomes
    assert all(each and not each.startswith(("failed", "error")) for each in outcomes)
    for each in await vacancies(halls.nairobi):
        assert not set(each.title) & set("\u202e\u200b\u2066")
        assert each.source_url.startswith("https://")
        assert len(str(each.posting)) < 120_000
        assert each.closes_at < datetime(9999, 1, 1, tzinfo=UTC)
    await halls.settle()


async def test_two_spellings_of_the_member_are_read_as_one(halls: Halls) -> None:
    board = await board_of(halls, "odd.example")
    other = own("odd.example")
    spelled: dict[str, Any] = {"fu:vacancy": other, "https://w3id.org/fediunion/ns#vacancy": other}
    await tell(halls, board, posting("V-01"), **spelled)
    (one,) = await vacancies(halls.nairobi)
    assert one.source_url == notice("V-01").source_url
