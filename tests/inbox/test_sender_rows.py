"""Rows S20 to S34 and S40 to S44 of docs/develop/attacks.md: keys and actors that are not who they seem."""

from typing import Any

import pytest

from fediunion.actors.domains import set_domain_rule
from fediunion.actors.models import DomainAction
from fediunion.inbox.models import InboxActivity
from tests.calls import counted_calls
from tests.fakes.signing import public_pem, rsa_key
from tests.fakes.stranger import StrangeActor, Stranger
from tests.inbox.rig import ALICE, Rig


async def refused(rig: Rig, sender: StrangeActor, inbox: str, activity: Any = None, **forging: Any) -> None:
    """Check that a delivery is REJ with 401."""
    activity = activity or sender.create(sender.note())
    await rig.assert_rejected(await sender.post(inbox, activity, **forging), 401)


def with_pem(actor: StrangeActor, pem: str) -> None:
    """Let an actor publish something else as its key."""
    actor.more["publicKey"] = {"id": actor.key_id, "owner": actor.uri, "publicKeyPem": pem}
    actor.serve()


@pytest.mark.parametrize("bits", [1024])
async def test_S20_a_short_key_is_refused(rig: Rig, mallory: StrangeActor, inbox: str, bits: int) -> None:
    mallory.rsa = rsa_key(0, bits)
    mallory.serve()
    await refused(rig, mallory, inbox)


async def test_S21_a_huge_key_is_never_parsed(rig: Rig, mallory: StrangeActor, inbox: str) -> None:
    pem = public_pem(mallory.rsa)
    with_pem(mallory, pem.replace("\n-----END", "\n" + ("A" * 64 + "\n") * 10_000 + "-----END"))
    with counted_calls() as calls:
        answer = await mallory.post(inbox, mallory.create(mallory.note()))
    await rig.assert_rejected(answer, 401)
    assert calls["load_public_pem"] > 0
    assert calls["load_der_public_key"] == calls["RSAPublicKey.verify"] == 0


@pytest.mark.parametrize("pem", ["", "garbage", "PRIVATE", "CERTIFICATE", "TWO"])
async def test_S22_what_is_no_public_key_is_refused(
    rig: Rig, mallory: StrangeActor, inbox: str, pem: str
) -> None:
    good = public_pem(mallory.rsa)
    made = {
        "PRIVATE": good.replace("PUBLIC KEY", "PRIVATE KEY"),
        "CERTIFICATE": good.replace("PUBLIC KEY", "CERTIFICATE"),
        "TWO": good + public_pem(rsa_key(49)),
    }
    with_pem(mallory, made.get(pem, pem))
    await refused(rig, mallory, inbox)


async def test_S23_a_key_that_claims_to_be_anothers_is_refused(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor, inbox: str
) -> None:
    key_url = "https://evil.example/key"
    key = {"id": key_url, "owner": victim.uri, "publicKeyPem": public_pem(mallory.rsa)}
    mallory.server.serve(key_url, {"@context": "https://w3id.org/security/v1", "type": "Key", **key})
    await refused(rig, mallory, inbox, victim.activity("Follow", ALICE), key_id=key_url)


async def test_S25_a_key_document_with_another_id_is_refused(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor, inbox: str
) -> None:
    mallory.server.serve(mallory.uri, {**mallory.document(), "id": victim.uri})
    await refused(rig, mallory, inbox)


async def test_S27_S28_somebody_elsewhere_is_not_spoken_for(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor, inbox: str
) -> None:
    note = victim.note("genuine")
    forged = victim.create({**note, "content": "<p>forged</p>"})
    assert (await mallory.post(inbox, forged)).status == 202
    await rig.settle()
    assert await rig.kind_of(f"{note['id']}#said:<p>forged</p>") is None
    assert await rig.kind_of(f"{note['id']}#said:<p>genuine</p>") == "text"
    assert len(victim.server.fetches(note["id"])) == 1


async def test_S27_what_the_origin_does_not_have_is_dropped(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor, inbox: str
) -> None:
    await rig.know(f"{victim.uri}/statuses/1")
    for activity in (
        victim.activity("Follow", ALICE),
        victim.activity("Delete", victim.uri),
        victim.activity("Like", f"{ALICE}/posts/x", id=f"{victim.uri}/likes/1"),
        victim.create(victim.note(id=f"{victim.uri}/statuses/77")),
    ):
        victim.server.withdraw(f"{victim.uri}/statuses/77", status=404)
        assert (await mallory.post(inbox, activity)).status == 202
    await rig.settle()
    assert [row.outcome.partition(":")[0] for row in await rig.rows()] == ["refused"] * 4
    assert not any(row.believed for row in await rig.rows())


async def test_a_forger_cannot_use_up_the_id_of_somebody_else(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor, inbox: str
) -> None:
    follow = victim.activity("Follow", ALICE)
    assert (await mallory.post(inbox, follow)).status == 202
    await rig.settle()
    assert (await victim.post(inbox, follow)).status == 202
    await rig.settle()
    assert await rig.outcome(follow["id"]) == "done"


@pytest.mark.parametrize("actor", [{"type": "Person"}, {"id": "VICTIM"}, ["VICTIM", "VICTIM"], 7, None])
async def test_S29_an_actor_that_is_no_plain_id_is_refused(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor, inbox: str, actor: Any
) -> None:
    filled = {"id": victim.uri} if actor == {"id": "VICTIM"} else actor
    answer = await mallory.post(inbox, mallory.activity("Follow", ALICE, actor=filled))
    assert answer.status in (400, 401)
    assert await rig.count(InboxActivity) == 0


async def test_S32_a_rotated_key_is_fetched_once(rig: Rig, alice: StrangeActor, inbox: str) -> None:
    assert (await alice.post(inbox, alice.create(alice.note()))).status == 202
    alice.change_key()
    before = len(alice.server.fetches(alice.uri))
    assert (await alice.post(inbox, alice.create(alice.note()))).status == 202
    assert len(alice.server.fetches(alice.uri)) == before + 1
    wrong = rsa_key(48)
    for _ in range(5):
        assert (await alice.post(inbox, alice.create(alice.note()), key=wrong)).status == 401
    assert len(alice.server.fetches(alice.uri)) == before + 1


async def test_S33_keys_on_dead_hosts_are_asked_for_within_limits(
    rig: Rig, mallory: StrangeActor, alice: StrangeActor, inbox: str
) -> None:
    assert (await alice.post(inbox, alice.create(alice.note()))).status == 202
    for number in range(150):
        key_id = f"https://dead{number}.example/users/x#main-key"
        answer = await mallory.post(inbox, b"{}", key_id=key_id, signature="AAAA")
        assert answer.status in (401, 503)
    asked = [each for each in rig.internet.requests if "//dead" in each.url]
    assert len(asked) <= 60
    assert (await alice.post(inbox, alice.create(alice.note()))).status == 202


async def test_S34_a_delete_whose_key_went_with_its_actor_is_believed(
    rig: Rig, alice: StrangeActor, inbox: str
) -> None:
    assert (await alice.post(inbox, alice.create(alice.note()))).status == 202
    await rig.settle()
    alice.server.withdraw(alice.uri, status=410)
    goodbye = alice.activity("Delete", alice.uri)
    new_key = f"{alice.uri}#another-key"
    assert (await alice.post(inbox, goodbye, key_id=new_key, key=rsa_key(47))).status == 202
    await rig.settle()
    actor = await rig.actor(alice.uri)
    assert actor is not None
    assert actor.deleted_at is not None


async def test_S26_a_key_id_that_nobody_would_ask_for_is_no_signature(
    rig: Rig, mallory: StrangeActor, inbox: str
) -> None:
    follow = mallory.activity("Follow", ALICE)
    answer = await mallory.post(inbox, follow, key_id="https://evil.example:99999/x#main-key")
    await rig.assert_rejected(answer, 401, "key-id-refused")


async def test_S34_what_is_gone_elsewhere_on_a_server_says_nothing_about_its_actors(
    rig: Rig, alice: StrangeActor, inbox: str
) -> None:
    assert (await alice.post(inbox, alice.create(alice.note()))).status == 202
    await rig.settle()
    stored = len(await rig.rows())
    alice.server.withdraw("https://good.example/users/gone", status=410)
    for number in range(3):
        goodbye = alice.activity("Delete", alice.uri, id=f"{alice.uri}#{number}")
        key_id = "https://good.example/users/gone#main-key"
        assert (await alice.post(inbox, goodbye, key_id=key_id, key=rsa_key(47))).status == 401
    assert len(await rig.rows()) == stored
    actor = await rig.actor(alice.uri)
    assert actor is not None
    assert actor.deleted_at is None


async def test_S34_a_goodbye_is_taken_as_often_as_it_comes_and_stored_never(
    rig: Rig, alice: StrangeActor, inbox: str
) -> None:
    assert (await alice.post(inbox, alice.create(alice.note()))).status == 202
    await rig.settle()
    stored = len(await rig.rows())
    alice.server.withdraw(alice.uri, status=410)
    for number in range(3):
        goodbye = alice.activity("Delete", alice.uri, id=f"{alice.uri}#{number}")
        key_id = f"{alice.uri}#key-{number}"
        assert (await alice.post(inbox, goodbye, key_id=key_id, key=rsa_key(47))).status == 202
    assert len(await rig.rows()) == stored
    actor = await rig.actor(alice.uri)
    assert actor is not None
    assert actor.deleted_at is not None


@pytest.mark.parametrize(("fault", "status"), [(404, 401), (502, 503)])
async def test_S34_a_delete_whose_key_is_merely_missing_is_not(
    rig: Rig, alice: StrangeActor, inbox: str, fault: int, status: int
) -> None:
    assert (await alice.post(inbox, alice.create(alice.note()))).status == 202
    alice.server.withdraw(alice.uri, status=fault)
    goodbye = alice.activity("Delete", alice.uri)
    answer = await alice.post(inbox, goodbye, key_id=f"{alice.uri}#another-key", key=rsa_key(47))
    assert answer.status == status
    await rig.settle()
    actor = await rig.actor(alice.uri)
    assert actor is not None
    assert actor.deleted_at is None


async def test_S40_an_ld_signature_of_the_victim_proves_nothing(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor, inbox: str
) -> None:
    signature = {"type": "RsaSignature2017", "creator": victim.key_id, "signatureValue": "AAAA"}
    activity = victim.activity("Follow", ALICE, signature=signature)
    assert (await mallory.post(inbox, activity)).status == 202
    await rig.settle()
    assert await rig.kind_of(activity["id"]) is None


@pytest.mark.parametrize("key", ["@graph", "@included", "@reverse", "@nest"])
async def test_S41_json_ld_tricks_are_refused(rig: Rig, mallory: StrangeActor, inbox: str, key: str) -> None:
    activity = mallory.activity("Follow", ALICE, **{key: [{"type": "Delete"}]})
    await rig.assert_rejected(await mallory.post(inbox, activity), 400, "json-ld-keyword")


async def test_a_proof_of_the_actor_makes_a_forwarded_activity_believed(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor, inbox: str
) -> None:
    follow = victim.prove(victim.activity("Follow", ALICE))
    assert (await mallory.post(inbox, follow)).status == 202
    await rig.settle()
    assert await rig.outcome(follow["id"]) == "done"
    row = await rig.row(follow["id"])
    assert row is not None
    assert (row.sender_uri, row.believed) == (mallory.uri, True)


async def test_S42_a_proof_by_another_key_or_over_other_words_is_no_authority(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor, inbox: str
) -> None:
    by_mallory = mallory.prove(victim.activity("Follow", ALICE))
    changed = {**victim.prove(victim.activity("Follow", f"{ALICE}/x")), "object": ALICE}
    without_context = victim.prove(victim.activity("Follow", ALICE))
    del without_context["@context"]
    for activity in (by_mallory, changed, without_context):
        assert (await mallory.post(inbox, activity)).status == 202
        assert await rig.row(activity["id"]) is None
    await rig.settle()
    assert [row.believed for row in await rig.rows()] == [False] * 3
    assert all(row.outcome.startswith("refused") for row in await rig.rows())


@pytest.mark.parametrize("host", ["evil.example", "sub.evil.example", "xn--bse-sna.example"])
async def test_S44_a_blocked_host_is_refused(rig: Rig, inbox: str, host: str) -> None:
    for blocked in ("EVIL.example.", "böse.example"):
        await rig.world.db.write(set_domain_rule, blocked, DomainAction.BLOCK)
    server = await Stranger(rig.internet, host, clock=rig.clock).start()
    sender = server.add_actor("mallory")
    answer = await sender.post(inbox, sender.create(sender.note()))
    await rig.assert_rejected(answer, 403, "blocked")
    assert server.fetches() == []
