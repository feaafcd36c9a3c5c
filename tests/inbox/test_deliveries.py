"""Which deliveries are the same one, which counts once, and which is another under a known id."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy.orm import Session

from fediunion.actors.queries import find_actor_by_uri
from fediunion.config import Limits
from fediunion.db.known_uris import undo_uri
from fediunion.inbox.collector import store_activities
from fediunion.inbox.models import InboxActivity
from tests.databases import Databases
from tests.fakes.settings import settings_for
from tests.fakes.stranger import StrangeActor
from tests.inbox.rig import ALICE, DOMAIN, PERSONAL, SHARED, Rig

MORE_SPACE = orjson.OPT_INDENT_2


def undone(session: Session, uri: str, actor_uri: str) -> None:
    """Let what an actor did be over."""
    actor = find_actor_by_uri(session, actor_uri)
    assert actor is not None
    undo_uri(session, uri, actor.id)


async def test_other_words_under_a_known_id_are_processed(rig: Rig, alice: StrangeActor, inbox: str) -> None:
    """GoToSocial's Updates of a post all have one id, and so have Friendica's."""
    note = alice.note("First")
    await alice.post(inbox, alice.create(note))
    for text in ("<p>Second</p>", "<p>Third</p>"):
        change = alice.activity("Update", {**note, "content": text}, id=f"{note['id']}/activity#Update")
        for address in (SHARED, PERSONAL):
            assert (await alice.post(address, change)).status == 202
        await rig.settle()
        assert await rig.kind_of(f"{note['id']}#said:{text}") == "text"
    assert [row.outcome for row in await rig.rows()] == ["done"] * 3


async def test_L19_one_post_written_in_two_ways_is_one_post(rig: Rig, alice: StrangeActor) -> None:
    create = alice.create(alice.note("Once"))
    for body in (orjson.dumps(create), orjson.dumps(create, option=MORE_SPACE)):
        assert (await alice.post(SHARED, body)).status == 202
    await rig.settle()
    assert [row.outcome for row in await rig.rows()] == ["done", "done"]
    assert await rig.kind_of(create["object"]["id"]) == "post"


async def test_L19_two_processes_at_once_keep_one_copy(rig: Rig, alice: StrangeActor, tmp_path: Path) -> None:
    other = await Rig.reopen(rig.world.settings.database.url, tmp_path / "other")
    create = alice.create(alice.note())
    row = {
        "uri": create["id"],
        "sender_uri": alice.uri,
        "actor_uri": alice.uri,
        "activity_type": "Create",
        "object_uri": create["object"]["id"],
        "body": orjson.dumps(create).decode(),
        "believed": True,
    }
    await asyncio.gather(*(each.world.db.write(store_activities, [row]) for each in (rig, other) * 5))
    await other.close()
    assert await rig.count(InboxActivity) == 1


async def test_S38_an_undo_in_the_same_words_counts_where_it_is_signed_anew(
    rig: Rig, alice: StrangeActor, inbox: str
) -> None:
    """Pixelfed writes each Undo of a follow as it wrote the last one."""
    undo = alice.activity("Undo", f"{alice.uri}#follow/7", id=f"{alice.uri}#follow/7/undo")
    first = rig.clock.now()
    for _ in range(2):
        await alice.post(inbox, undo, at=first)
    assert await rig.count(InboxActivity) == 1
    rig.clock.advance(hours=1)
    await alice.post(inbox, undo)
    await alice.post(inbox, undo, at=first)
    assert await rig.count(InboxActivity) == 2


async def test_S38_what_was_undone_is_not_done_again_by_a_replay(rig: Rig, alice: StrangeActor) -> None:
    """Nor where the clock of its server is ahead, so that it was signed after it was undone."""
    ahead = rig.clock.now() + timedelta(minutes=20)
    follow = alice.activity("Follow", ALICE)
    await alice.post(SHARED, follow, at=ahead)
    await rig.settle()
    await rig.world.db.write(undone, follow["id"], alice.uri)
    rig.clock.advance(minutes=5)
    for address in (SHARED, SHARED):
        assert (await alice.post(address, follow, at=ahead)).status == 202
    await rig.settle()
    assert await rig.kind_of(follow["id"]) == "undone"
    assert await rig.count(InboxActivity) == 1


async def test_what_was_undone_is_done_again_in_the_same_words(rig: Rig, alice: StrangeActor) -> None:
    """Pixelfed's Follow has one id for each pair, and no date."""
    follow = alice.activity("Follow", ALICE)
    await alice.post(SHARED, follow)
    await rig.settle()
    await rig.world.db.write(undone, follow["id"], alice.uri)
    rig.clock.advance(seconds=1)
    for _ in range(2):
        await alice.post(SHARED, follow)
        await rig.settle()
    assert await rig.kind_of(follow["id"]) == "follow"
    assert [row.outcome for row in await rig.rows()] == ["done", "done"]


async def test_what_is_done_again_in_one_group_with_its_undo_is_kept(rig: Rig, alice: StrangeActor) -> None:
    """Nobody has looked at the Undo yet; a copy that was signed before it is left out."""
    follow = alice.activity("Follow", ALICE)
    undo = alice.activity("Undo", alice.uri + "#of-the-pair")
    at = rig.clock.now()
    rows = [
        {
            "uri": activity["id"],
            "sender_uri": alice.uri,
            "actor_uri": alice.uri,
            "activity_type": activity["type"],
            "object_uri": activity["object"],
            "body": orjson.dumps(activity).decode(),
            "believed": True,
            "signed_at": at + timedelta(seconds=seconds),
        }
        for activity, seconds in ((follow, 0), (follow, 1), (undo, 2), (follow, 1), (follow, 3), (follow, 3))
    ]
    await rig.world.db.write(store_activities, rows)
    kept = [(row.activity_type, row.signed_at) for row in await rig.rows()]
    assert kept == [
        ("Follow", at),
        ("Undo", at + timedelta(seconds=2)),
        ("Follow", at + timedelta(seconds=3)),
    ]


async def test_A39_a_neighbour_does_not_do_again_what_somebody_undid(rig: Rig, alice: StrangeActor) -> None:
    neighbour = alice.server.add_actor("neighbour")
    follow = alice.activity("Follow", ALICE)
    await alice.post(SHARED, follow)
    await rig.settle()
    await rig.world.db.write(undone, follow["id"], alice.uri)
    rig.clock.advance(hours=1)
    await neighbour.post(SHARED, {**follow, "actor": neighbour.uri})
    await rig.settle()
    assert await rig.kind_of(follow["id"]) == "undone"
    assert (await rig.rows())[-1].outcome == "ignored: it was undone before it came"


@pytest.mark.parametrize(("days", "kind"), [(6, "tombstone"), (8, "follow")])
async def test_L20_what_an_undo_overtook_comes_for_a_week(
    rig: Rig, alice: StrangeActor, days: int, kind: str
) -> None:
    """A server that could not reach us signs anew each time that it tries."""
    follow = alice.activity("Follow", ALICE)
    await alice.post(SHARED, alice.activity("Undo", follow))
    await rig.settle()
    rig.clock.advance(days=days)
    alice.server.serve(alice.uri, alice.document())
    await alice.post(SHARED, follow)
    await rig.settle()
    assert await rig.kind_of(follow["id"]) == kind


async def test_S38_a_proven_activity_counts_once_however_it_is_written(
    rig: Rig, victim: StrangeActor, mallory: StrangeActor, alice: StrangeActor
) -> None:
    """A proof is about what a document says and not about its bytes: whoever has it can write it anew."""
    follow = victim.prove(victim.activity("Follow", ALICE))
    for sender in (mallory, alice, mallory):
        for body in (orjson.dumps(follow), orjson.dumps(follow, option=MORE_SPACE)):
            assert (await sender.post(SHARED, body)).status == 202
    await rig.settle()
    assert [(row.uri, row.outcome) for row in await rig.rows()] == [(follow["id"], "done")]


async def test_S38_what_its_actor_sent_is_not_repeated_by_who_holds_a_proof_of_it(
    rig: Rig, victim: StrangeActor, mallory: StrangeActor
) -> None:
    follow = victim.prove(victim.activity("Follow", ALICE))
    await victim.post(SHARED, follow)
    await rig.settle()
    await rig.world.db.write(undone, follow["id"], victim.uri)
    rig.clock.advance(hours=1)
    await mallory.post(SHARED, orjson.dumps(follow, option=MORE_SPACE))
    await rig.settle()
    assert await rig.kind_of(follow["id"]) == "undone"
    assert await rig.count(InboxActivity) == 1


async def test_R02_variants_of_one_id_use_up_the_rate_of_who_sends_them(
    databases: Databases, tmp_path: Path
) -> None:
    limits = Limits(enabled=True, inbox_per_host_per_minute=3)
    settings = replace(settings_for(DOMAIN, tmp_path), limits=limits)
    rig = await Rig.start(databases.with_tables(), tmp_path, settings=settings)
    alice = (await rig.stranger("good.example")).add_actor("alice")
    note = alice.note()
    answers = [
        await alice.post(SHARED, alice.create({**note, "content": f"<p>{number}</p>"})) for number in range(5)
    ]
    assert [answer.status for answer in answers] == [202, 202, 202, 429, 429]
    assert await rig.count(InboxActivity) == 3
    await rig.close()


@pytest.mark.parametrize("type", ["Add", "Remove"])
async def test_a_pin_without_an_id_is_taken_as_often_as_it_is_signed(
    rig: Rig, alice: StrangeActor, inbox: str, type: str
) -> None:
    """Mastodon names neither Add nor Remove."""
    pin = _without_id(alice.activity(type, f"{alice.uri}/notes/1", target=f"{alice.uri}/featured"))
    at = rig.clock.now()
    for _ in range(2):
        assert (await alice.post(inbox, pin, at=at)).status == 202
    rig.clock.advance(minutes=1)
    await alice.post(inbox, pin)
    rows = await rig.rows()
    assert len(rows) == 2
    assert {row.uri.rpartition("/")[0] for row in rows} == {f"{alice.uri}#no-id"}


@pytest.mark.parametrize("type", ["Follow", "Like", "Announce", "Create", "Update", "Delete", "Undo", "Flag"])
async def test_what_is_named_later_needs_an_id(rig: Rig, alice: StrangeActor, inbox: str, type: str) -> None:
    activity = _without_id(alice.activity(type, alice.note() if type in ("Create", "Update") else ALICE))
    await rig.assert_rejected(await alice.post(inbox, activity), 400, "bad-id")


@pytest.mark.parametrize("bad", [7, "", "pin", {}, []], ids=["number", "empty", "word", "object", "list"])
async def test_a_bad_id_is_not_a_missing_one(rig: Rig, alice: StrangeActor, inbox: str, bad: object) -> None:
    pin = alice.activity("Add", f"{alice.uri}/notes/1", target=f"{alice.uri}/featured", id=bad)
    await rig.assert_rejected(await alice.post(inbox, pin), 400, "bad-id")


async def test_S27_nobody_sends_without_an_id_what_another_did(
    rig: Rig, alice: StrangeActor, mallory: StrangeActor, inbox: str
) -> None:
    pin = _without_id(alice.activity("Add", f"{alice.uri}/notes/1", target=f"{alice.uri}/featured"))
    await rig.assert_rejected(await mallory.post(inbox, alice.prove(pin)), 400, "bad-id")


def _without_id(activity: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in activity.items() if name != "id"}
