"""What an actor can do to others on its own host, and with proofs and groups: nothing."""

from datetime import timedelta
from typing import Any

import pytest

from fediunion.actors.domains import set_domain_rule
from fediunion.actors.models import DomainAction
from fediunion.inbox.models import InboxActivity
from tests.fakes.stranger import StrangeActor
from tests.inbox.rig import ALICE, PERSONAL, SHARED, Rig

MAIN = "https://good.example/users/alice"
SPELLINGS = [
    f"{MAIN}/",
    f"{MAIN}?",
    f"{MAIN}?x=1",
    "https://GOOD.example/users/alice",
    "https://good.example./users/alice",
    "https://good.example:443/users/alice",
    "https://good.example/users/Alice",
    "https://good.example/users/%61lice",
    "https://good.example//users/alice",
    "https://good.example/users/../users/alice",
    "https://ｇood.example/users/alice",
]


@pytest.fixture
def neighbour(alice: StrangeActor) -> StrangeActor:
    """Another actor on the host of alice, who may send what it likes, signed with its own key."""
    return alice.server.add_actor("neighbour")


async def send(rig: Rig, actor: StrangeActor, activity: dict[str, Any]) -> str:
    """Deliver an activity, process it, and return what became of it."""
    assert (await actor.post(SHARED, activity)).status == 202
    await rig.settle()
    row = await rig.row(activity["id"])
    return row.outcome if row is not None else (await rig.rows())[-1].outcome


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_S31_another_spelling_of_an_actor_is_another_actor(
    rig: Rig, alice: StrangeActor, neighbour: StrangeActor, inbox: str, spelling: str
) -> None:
    await send(rig, alice, alice.activity("Follow", ALICE))
    for sender in (alice, neighbour):
        follow = sender.activity("Follow", ALICE, actor=spelling)
        answer = await sender.post(inbox, follow)
        assert answer.status in (400, 401)
    assert await rig.count(InboxActivity) == 1


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("kind", ["Delete", "Update"])
async def test_A03_another_spelling_of_an_actor_is_not_deleted_or_updated(
    rig: Rig, alice: StrangeActor, neighbour: StrangeActor, kind: str, spelling: str
) -> None:
    await send(rig, alice, alice.activity("Follow", ALICE))
    claimed = {**alice.document(), "id": spelling, "name": "Forged"}
    answer = await neighbour.post(SHARED, neighbour.activity(kind, claimed))
    assert answer.status in (202, 400)
    await rig.settle()
    actor = await rig.actor(alice.uri)
    assert actor is not None
    assert (actor.deleted_at, actor.display_name) == (None, "Alice")
    assert await rig.kind_of(alice.uri) == "actor"


@pytest.mark.parametrize("kind", ["Delete", "Undo"])
async def test_A39_nobody_buries_what_a_neighbour_has_still_to_send(
    rig: Rig, alice: StrangeActor, neighbour: StrangeActor, kind: str
) -> None:
    note, follow = alice.note(), alice.activity("Follow", ALICE)
    for uri in (note["id"], follow["id"]):
        await send(rig, neighbour, neighbour.activity(kind, uri))
        assert await rig.kind_of(uri) == "tombstone"
    assert await send(rig, alice, alice.create(note)) == "done"
    assert await send(rig, alice, follow) == "done"
    assert (await rig.kind_of(note["id"]), await rig.kind_of(follow["id"])) == ("post", "follow")


async def test_A39_what_an_actor_buried_itself_stays_deleted(
    rig: Rig, alice: StrangeActor, neighbour: StrangeActor
) -> None:
    note, follow = alice.note(), alice.activity("Follow", ALICE)
    await send(rig, alice, alice.activity("Delete", note["id"]))
    await send(rig, alice, alice.activity("Undo", follow["id"]))
    await send(rig, neighbour, neighbour.activity("Delete", note["id"]))
    assert (await send(rig, alice, alice.create(note))).startswith("ignored")
    assert (await send(rig, alice, follow)).startswith("ignored")
    assert await rig.kind_of(note["id"]) == await rig.kind_of(follow["id"]) == "tombstone"


async def test_A03_nobody_buries_a_neighbour_who_is_not_known_yet(
    rig: Rig, alice: StrangeActor, neighbour: StrangeActor
) -> None:
    await send(rig, neighbour, neighbour.activity("Delete", alice.uri))
    assert await rig.kind_of(alice.uri) == "tombstone"
    assert await send(rig, alice, alice.activity("Follow", ALICE)) == "done"
    assert await rig.kind_of(alice.uri) == "actor"


@pytest.mark.parametrize("objects", ["two", "own first", "own last", "nested"])
async def test_A01_a_delete_of_several_things_deletes_none(
    rig: Rig, alice: StrangeActor, neighbour: StrangeActor, objects: str
) -> None:
    note, own = alice.note(), neighbour.note()
    for actor, each in ((alice, note), (neighbour, own)):
        await send(rig, actor, actor.create(each))
    about = {
        "two": [note["id"], note["id"]],
        "own first": [own["id"], note["id"]],
        "own last": [note["id"], own["id"]],
        "nested": [[note["id"]]],
    }[objects]
    await neighbour.post(SHARED, neighbour.activity("Delete", about))
    await rig.settle()
    assert await rig.kind_of(note["id"]) == await rig.kind_of(own["id"]) == "post"


@pytest.mark.parametrize("kind", ["Delete", "Move", "Follow", "Accept", "Block", "Flag", "Undo"])
async def test_a_group_is_not_believed_about_people(rig: Rig, alice: StrangeActor, kind: str) -> None:
    group = alice.server.add_actor("group", type="Group")
    group.more["alsoKnownAs"] = [alice.uri]
    group.serve()
    follow = alice.activity("Follow", ALICE)
    await send(rig, alice, follow)
    about: Any = {"Delete": alice.uri, "Move": alice.uri, "Undo": follow}.get(kind, ALICE)
    inner = alice.activity(kind, about, target=group.uri)
    outcome = await send(rig, group, group.activity("Announce", inner))
    assert outcome.startswith("refused")
    actor = await rig.actor(alice.uri)
    assert actor is not None
    assert (actor.deleted_at, actor.moved_to_uri) == (None, None)
    assert await rig.kind_of(follow["id"]) == "follow"
    assert await rig.kind_of(inner["id"]) is None


@pytest.mark.parametrize("depth", [1, 2])
async def test_what_is_wrapped_in_several_activities_is_not_believed(
    rig: Rig, alice: StrangeActor, neighbour: StrangeActor, depth: int
) -> None:
    group = alice.server.add_actor("group", type="Group")
    note = alice.note("genuine")
    wrapped: dict[str, Any] = alice.create({**note, "content": "<p>forged</p>"}, id=f"{alice.uri}#x")
    for _ in range(depth):
        wrapped = neighbour.activity("Announce", wrapped)
    for outer in (group.activity("Announce", wrapped), neighbour.activity("Create", wrapped)):
        await group.post(SHARED, {**outer, "actor": group.uri})
        await neighbour.post(SHARED, {**outer, "actor": neighbour.uri, "id": f"{outer['id']}b"})
    await rig.settle()
    assert await rig.kind_of(f"{note['id']}#said:<p>forged</p>") is None


async def test_A05_a_group_does_not_change_the_poll_of_somebody_else(
    rig: Rig, alice: StrangeActor, victim: StrangeActor
) -> None:
    poll = victim.note("genuine", type="Question", oneOf=[{"type": "Note", "name": "a"}])
    group = alice.server.add_actor("group", type="Group")
    forged = {**poll, "content": "<p>forged</p>", "attributedTo": [group.uri, victim.uri]}
    for about in (forged, {**forged, "id": "https://good.example/polls/1"}):
        await send(rig, group, group.activity("Update", about))
    await send(rig, group, group.activity("Announce", victim.activity("Update", forged)))
    assert await rig.kind_of(f"{poll['id']}#said:<p>forged</p>") is None


async def test_S42_a_proof_by_another_actor_of_the_same_host_is_no_authority(
    rig: Rig, alice: StrangeActor, neighbour: StrangeActor, mallory: StrangeActor
) -> None:
    follow = neighbour.prove(alice.activity("Follow", ALICE))
    assert (await send(rig, mallory, follow)).startswith("refused")
    assert (await neighbour.post(SHARED, follow)).status == 401
    assert await rig.kind_of(follow["id"]) is None


async def test_S38_an_old_proof_is_no_authority(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor
) -> None:
    old = victim.prove(victim.activity("Follow", ALICE))
    undated = victim.prove(victim.activity("Follow", ALICE))
    del undated["proof"]["created"]
    rig.clock.advance(hours=30 * 24 + 1)
    for follow in (old, undated):
        assert (await send(rig, mallory, follow)).startswith("refused")
        assert await rig.kind_of(follow["id"]) is None
    new = victim.prove(victim.activity("Follow", ALICE))
    assert await send(rig, mallory, new) == "done"


async def test_S44_what_a_blocked_server_serves_is_not_fetched_for_others(
    rig: Rig, alice: StrangeActor, mallory: StrangeActor
) -> None:
    await send(rig, mallory, mallory.activity("Follow", ALICE))
    await rig.world.db.write(set_domain_rule, "evil.example", DomainAction.BLOCK)
    before = mallory.server.fetches()
    outcome = await send(rig, alice, alice.activity("Announce", mallory.note()["id"]))
    assert outcome == "refused: evil.example is blocked"
    assert mallory.server.fetches() == before


@pytest.mark.parametrize("scheme", ["cavage", "rfc9421"])
async def test_S08_a_delivery_to_one_inbox_is_not_accepted_by_another(
    rig: Rig, alice: StrangeActor, scheme: str
) -> None:
    parts = ("@method", "@authority", "@path", "content-digest") if scheme == "rfc9421" else None
    for signed, sent in ((SHARED, PERSONAL), (PERSONAL, SHARED), (f"{SHARED}?x=1", SHARED)):
        for covered in {None, parts} if "?" not in signed else {None}:
            follow = alice.activity("Follow", ALICE)
            answer = await alice.post(sent, follow, signed_url=signed, scheme=scheme, covered=covered)
            assert answer.status == 401
    assert await rig.rows() == []


@pytest.mark.parametrize(("ahead", "status"), [(30, 202), (90, 401)])
@pytest.mark.parametrize("scheme", ["cavage", "rfc9421"])
async def test_S12_a_signature_made_in_the_future_is_refused(
    rig: Rig, alice: StrangeActor, inbox: str, scheme: str, ahead: int, status: int
) -> None:
    at = rig.clock.now() + timedelta(minutes=ahead)
    answer = await alice.post(inbox, alice.activity("Follow", ALICE), scheme=scheme, at=at)
    assert answer.status == status


@pytest.mark.parametrize("query", ["?", "?x=1", "?actor=victim"])
async def test_S25_a_key_id_with_a_query_is_another_key(
    rig: Rig, mallory: StrangeActor, inbox: str, query: str
) -> None:
    key_id = f"{mallory.uri}{query}#main-key"
    mallory.server.serve(f"{mallory.uri}{query}", mallory.document())
    for _ in range(2):
        answer = await mallory.post(inbox, mallory.activity("Follow", ALICE), key_id=key_id)
        assert answer.status == 401


@pytest.mark.parametrize("form", ["victim first", "mallory first", "object"])
async def test_S23_a_key_with_several_owners_is_not_the_victims(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor, inbox: str, form: str
) -> None:
    owner: Any = {
        "victim first": [victim.uri, mallory.uri],
        "mallory first": [mallory.uri, victim.uri],
        "object": {"id": victim.uri},
    }[form]
    mallory.more["publicKey"] = {**mallory.document()["publicKey"], "owner": owner}
    mallory.serve()
    await mallory.post(inbox, victim.activity("Follow", ALICE))
    await rig.settle()
    assert not any(row.believed for row in await rig.rows())


@pytest.mark.parametrize("name", ["id", "alias"])
async def test_an_activity_does_not_take_the_id_of_something_else(
    rig: Rig, alice: StrangeActor, neighbour: StrangeActor, name: str
) -> None:
    note = alice.note()
    await send(rig, alice, alice.create(note))
    uri = {"id": alice.uri, "alias": note["id"]}[name]
    await neighbour.post(SHARED, neighbour.activity("Create", neighbour.note(), id=uri))
    await rig.settle()
    assert await rig.kind_of(uri) == {"id": "actor", "alias": "post"}[name]
    assert await send(rig, alice, alice.activity("Follow", ALICE)) == "done"
