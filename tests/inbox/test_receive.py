"""What an inbox takes, and when it says so."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fediunion.config import Federation, FederationMode
from fediunion.inbox.models import InboxActivity
from tests.databases import Databases
from tests.fakes.settings import settings_for
from tests.fakes.stranger import StrangeActor
from tests.inbox.rig import ALICE, DOMAIN, SHARED, Rig


@pytest.mark.parametrize("scheme", ["cavage", "rfc9421"])
async def test_a_signed_activity_is_stored_before_it_is_acknowledged(
    rig: Rig, alice: StrangeActor, inbox: str, scheme: str
) -> None:
    activity = alice.create(alice.note())
    answer = await alice.post(inbox, activity, scheme=scheme)
    assert (answer.status, answer.body) == (202, b"")
    row = await rig.row(activity["id"])
    assert row is not None
    assert (row.sender_uri, row.actor_uri, row.activity_type) == (alice.uri, alice.uri, "Create")
    assert (row.object_uri, row.believed, row.outcome) == (activity["object"]["id"], True, "")
    assert await rig.jobs() == 1
    assert rig.rejected() == 0


async def test_an_ed25519_key_signs_as_well(rig: Rig, alice: StrangeActor, inbox: str) -> None:
    answer = await alice.post(inbox, alice.create(alice.note()), key=alice.ed25519)
    assert answer.status == 202


async def test_S38_a_repeated_delivery_changes_nothing(rig: Rig, alice: StrangeActor, inbox: str) -> None:
    activity = alice.create(alice.note())
    for _ in range(3):
        assert (await alice.post(inbox, activity)).status == 202
    await rig.settle()
    rig.clock.advance(days=31)
    alice.server.serve(alice.uri, alice.document())
    assert (await alice.post(inbox, activity)).status == 202
    await rig.settle()
    assert [row.outcome for row in await rig.rows()] == ["done"]


async def test_S38_a_replay_after_13_hours_is_refused(rig: Rig, alice: StrangeActor, inbox: str) -> None:
    at = rig.clock.now()
    rig.clock.advance(hours=13)
    answer = await alice.post(inbox, alice.create(alice.note()), at=at)
    await rig.assert_rejected(answer, 401, "date-skew")


async def test_L19_ten_deliveries_to_both_inboxes_have_one_effect(rig: Rig, alice: StrangeActor) -> None:
    activity = alice.create(alice.note())
    for address in (SHARED, f"{ALICE}/inbox") * 5:
        assert (await alice.post(address, activity)).status == 202
    await rig.settle()
    assert await rig.count(InboxActivity) == 1
    assert await rig.jobs() == 0


async def test_nobody_and_a_hidden_member_have_the_same_inbox(rig: Rig, alice: StrangeActor) -> None:
    answers = [
        await alice.post(f"https://{DOMAIN}/actors/{name}/inbox", alice.create(alice.note()))
        for name in ("nobody", "harriet")
    ]
    assert [(each.status, each.body, dict(each.headers)) for each in answers] == [
        (404, answers[0].body, dict(answers[0].headers))
    ] * 2
    assert await rig.count(InboxActivity) == 0


async def test_S45_with_federation_off_there_is_no_inbox_and_no_key_code_runs(
    databases: Databases, tmp_path: Path, inbox: str
) -> None:
    settings = replace(settings_for(DOMAIN, tmp_path), federation=Federation(mode=FederationMode.OFF))
    rig = await Rig.start(databases.with_tables(), tmp_path, settings=settings)
    alice = (await rig.stranger("good.example")).add_actor("alice")
    answer = await alice.post(inbox, alice.create(alice.note()))
    await rig.assert_rejected(answer, 404)
    assert alice.server.fetches() == []
    await rig.close()


async def test_an_unknown_type_of_activity_is_taken_and_recorded(
    rig: Rig, alice: StrangeActor, inbox: str
) -> None:
    activity = alice.activity("Juggle", "https://good.example/balls")
    assert (await alice.post(inbox, activity)).status == 202
    await rig.settle()
    assert await rig.outcome(activity["id"]) == "not handled: nobody here knows activities of type Juggle"


async def test_a_delete_of_a_stranger_is_taken_without_fetching(
    rig: Rig, alice: StrangeActor, inbox: str
) -> None:
    alice.server.withdraw(alice.uri)
    answer = await alice.post(inbox, alice.activity("Delete", alice.uri))
    assert answer.status == 202
    assert alice.server.fetches() == []
    assert await rig.count(InboxActivity) == 0


async def test_a_delete_of_a_stranger_without_signature_is_refused(
    rig: Rig, alice: StrangeActor, inbox: str
) -> None:
    answer = await alice.post(inbox, alice.activity("Delete", alice.uri), scheme="none")
    await rig.assert_rejected(answer, 401, "no-signature")


async def test_a_key_that_cannot_be_fetched_now_is_503_with_retry_after(
    rig: Rig, alice: StrangeActor, inbox: str
) -> None:
    rig.internet.fail("good.example", 502)
    answer = await alice.post(inbox, alice.create(alice.note()))
    await rig.assert_rejected(answer, 503)
    assert int(answer.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("fault", [404, 410])
async def test_a_key_that_is_definitively_absent_is_401(
    rig: Rig, alice: StrangeActor, inbox: str, fault: int
) -> None:
    alice.server.withdraw(alice.uri, status=fault)
    answer = await alice.post(inbox, alice.create(alice.note()))
    await rig.assert_rejected(answer, 401)


async def test_P20_bto_and_bcc_are_never_stored(rig: Rig, alice: StrangeActor, inbox: str) -> None:
    activity = alice.create(alice.note(bcc=["https://good.example/users/secret"]), bto=[ALICE])
    assert (await alice.post(inbox, activity)).status == 202
    row = await rig.row(activity["id"])
    assert row is not None
    assert row.body is not None
    assert "bto" not in row.body
    assert "secret" not in row.body


@pytest.mark.parametrize(
    "more",
    [
        {"object": ["https://evil.example/1"] * 1000},
        {"to": [f"https://evil.example/{n}" for n in range(10_000)]},
        {"to": [{"id": {"x": []}}, 7, None], "cc": {"a": 1}},
        {"__proto__": {}, "constructor": 1, "_sa_instance_state": 1, "self": 1, "metadata": {"session": 1}},
        {"published": "0000-00-00T99:99:99+25:00"},
    ],
    ids=["P14 many objects", "P16 many recipients", "P16 no recipients", "P24 keys", "P15 published"],
)
async def test_P14_P15_P16_P24_odd_members_do_no_harm(
    rig: Rig, mallory: StrangeActor, inbox: str, more: dict[str, Any]
) -> None:
    activity = mallory.activity("Follow", ALICE) | more
    assert (await mallory.post(inbox, activity)).status in (202, 400)
    await rig.settle()
    assert all(row.outcome for row in await rig.rows())
