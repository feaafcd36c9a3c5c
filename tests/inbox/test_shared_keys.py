"""Row S31: the key of one actor, the name of another on the same host."""

from typing import Any

import pytest

from fediunion.inbox.models import InboxActivity
from tests.fakes.signing import public_pem, rsa_key
from tests.fakes.stranger import StrangeActor
from tests.inbox.rig import ALICE, Rig


def lists(actor: StrangeActor, *keys: Any) -> None:
    """Let an actor's document list these keys beside its own."""
    del actor.more["publicKey"]
    actor.more["publicKey"] = [actor.document()["publicKey"], *keys]
    actor.serve()


@pytest.fixture
def mallory2(mallory: StrangeActor) -> StrangeActor:
    """Another actor of the host of mallory."""
    other = mallory.server.add_actor("mallory2")
    other.more["publicKey"] = other.document()["publicKey"]
    return other


async def test_S31_another_person_of_the_same_host_is_refused_again_and_again(
    rig: Rig, mallory: StrangeActor, mallory2: StrangeActor, inbox: str
) -> None:
    for scheme in ("cavage", "rfc9421", "cavage"):
        answer = await mallory.post(inbox, mallory2.activity("Follow", ALICE), scheme=scheme)
        assert answer.status == 401
    assert rig.rejected("actor-mismatch") == 3
    assert await rig.count(InboxActivity) == 0
    assert len(mallory2.server.fetches(mallory2.uri)) == 1


@pytest.mark.parametrize("form", ["id", "object", "object of the owner", "with the key"])
async def test_S31_a_key_that_the_actors_own_document_lists_speaks_for_it_again_and_again(
    rig: Rig, mallory: StrangeActor, mallory2: StrangeActor, inbox: str, form: str
) -> None:
    lists(
        mallory2,
        {
            "id": mallory.key_id,
            "object": {"id": mallory.key_id, "owner": mallory2.uri},
            "object of the owner": {"id": mallory.key_id, "owner": mallory.uri},
            "with the key": mallory.document()["publicKey"],
        }[form]
        if form != "id"
        else mallory.key_id,
    )
    for scheme in ("cavage", "rfc9421"):
        follow = mallory2.activity("Follow", ALICE)
        assert (await mallory.post(inbox, follow, scheme=scheme)).status == 202
        await rig.settle()
        assert await rig.outcome(follow["id"]) == "done"
    assert len(mallory2.server.fetches(mallory2.uri)) == 1
    row = await rig.row(follow["id"])
    assert row is not None
    assert (row.sender_uri, row.actor_uri, row.believed) == (mallory.uri, mallory2.uri, True)


async def test_S31_the_signer_stays_the_owner_of_its_key(
    rig: Rig, mallory: StrangeActor, mallory2: StrangeActor, inbox: str
) -> None:
    lists(mallory2, {**mallory.document()["publicKey"], "owner": mallory2.uri})
    assert (await mallory.post(inbox, mallory2.activity("Follow", ALICE))).status == 202
    mine = mallory.activity("Follow", ALICE)
    assert (await mallory.post(inbox, mine)).status == 202
    answer = await mallory2.post(inbox, mallory.activity("Follow", ALICE))
    assert answer.status == 401  # mallory does not list the key of mallory2


async def test_S31_the_id_of_a_key_with_another_key_under_it_is_refused(
    rig: Rig, mallory: StrangeActor, mallory2: StrangeActor, inbox: str
) -> None:
    other = {"id": mallory.key_id, "owner": mallory2.uri, "publicKeyPem": public_pem(rsa_key(46))}
    lists(mallory2, other)
    answer = await mallory.post(inbox, mallory2.activity("Follow", ALICE))
    await rig.assert_rejected(answer, 401, "actor-mismatch")


async def test_S31_another_host_never_profits(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor, inbox: str
) -> None:
    victim.more["publicKey"] = victim.document()["publicKey"]
    lists(victim, mallory.key_id, {"id": mallory.key_id, "owner": victim.uri})
    for _ in range(2):
        follow = victim.activity("Follow", ALICE)
        assert (await mallory.post(inbox, follow)).status == 202
        await rig.settle()
        assert await rig.row(follow["id"]) is None
        assert await rig.kind_of(follow["id"]) is None
    assert [row.believed for row in await rig.rows()] == [False] * 2


async def test_S31_a_key_on_another_port_or_scheme_is_of_another_server(
    rig: Rig, mallory: StrangeActor, inbox: str
) -> None:
    elsewhere = (await rig.stranger("evil.example:8443")).add_actor("mallory2")
    elsewhere.more["publicKey"] = elsewhere.document()["publicKey"]
    lists(elsewhere, mallory.key_id)
    follow = elsewhere.activity("Follow", ALICE)
    await mallory.post(inbox, follow)
    plain = {**follow, "actor": "http://evil.example/users/mallory2", "id": "http://evil.example/1"}
    assert (await mallory.post(inbox, plain)).status == 401
    await rig.settle()
    assert await rig.kind_of(follow["id"]) is None


async def test_S31_a_document_that_cannot_be_had_now_is_asked_for_later(
    rig: Rig, mallory: StrangeActor, mallory2: StrangeActor, inbox: str
) -> None:
    lists(mallory2, mallory.key_id)
    assert (await mallory.post(inbox, mallory.activity("Follow", ALICE))).status == 202
    follow = mallory2.activity("Follow", ALICE)
    rig.internet.fail("evil.example", 503)
    assert (await mallory.post(inbox, follow)).status == 503
    rig.internet.mend("evil.example")
    assert (await mallory.post(inbox, follow)).status == 202


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_S31_a_document_that_is_not_there_lists_nothing(
    rig: Rig, mallory: StrangeActor, mallory2: StrangeActor, inbox: str, status: int
) -> None:
    mallory.server.withdraw(mallory2.uri, status=status)
    answer = await mallory.post(inbox, mallory2.activity("Follow", ALICE))
    await rig.assert_rejected(answer, 401, "actor-mismatch")


async def test_S31_a_key_that_is_listed_no_longer_ends_to_speak_within_five_minutes(
    rig: Rig, mallory: StrangeActor, mallory2: StrangeActor, inbox: str
) -> None:
    lists(mallory2, mallory.key_id)
    assert (await mallory.post(inbox, mallory2.activity("Follow", ALICE))).status == 202
    lists(mallory2)
    rig.clock.advance(301)
    assert (await mallory.post(inbox, mallory2.activity("Follow", ALICE))).status == 401


async def test_S33_one_host_does_not_use_up_the_fetches_of_keys_with_the_names_of_its_people(
    rig: Rig, mallory: StrangeActor, alice: StrangeActor, inbox: str
) -> None:
    for number in range(40):
        name = f"https://evil.example/users/nobody{number}"
        follow = mallory.activity("Follow", ALICE, actor=name)
        assert (await mallory.post(inbox, follow)).status in (401, 503)
    assert len(mallory.server.fetches()) <= 12
    assert (await alice.post(inbox, alice.activity("Follow", ALICE))).status == 202
