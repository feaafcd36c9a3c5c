"""A stranger's reply to a post of ours reaches the author's followers, proven or fetched."""

import pytest

from fediunion.activitypub.audience import Audience
from fediunion.kit.errors import Unreachable
from tests.fakes.stranger import PUBLIC, StrangeActor, Stranger
from tests.federation import acts
from tests.federation.conftest import ThreeUnions

ANA = "https://nurses.test/actors/ana"


@pytest.fixture
async def alice(unions: ThreeUnions) -> StrangeActor:
    """Somebody on a server that is no union, whom Ben knows; he follows Ana too."""
    server = await Stranger(unions.internet, "elsewhere.example", clock=unions.clock).start()
    alice = server.add_actor("alice")
    await unions.clerks.actor("alice@elsewhere.example")
    await unions.clerks.follow("ben", "ana@nurses.test")
    await unions.settle()
    return alice


async def test_a_proven_reply_is_believed_though_its_origin_does_not_answer(
    unions: ThreeUnions, alice: StrangeActor
) -> None:
    post = await unions.nurses.post("ana", "What do you think?")
    await unions.settle()
    reply = alice.note("Well done", cc=[ANA, f"{ANA}/followers"], inReplyTo=post.uri)
    answer = await alice.post("https://nurses.test/inbox", alice.prove(alice.create(reply)))
    assert answer.status == 202
    # Nurses know Alice now; from here on her server is gone.
    while await unions.nurses.work():
        pass
    unions.internet.fail("elsewhere.example", Unreachable("down", reason="refused"))
    await unions.settle()
    assert await acts.sees(unions.clerks, "ben", reply["id"])
    stored = await unions.clerks.find_post(reply["id"])
    assert stored is not None
    assert stored.content == "<p>Well done</p>"


async def test_a_public_reply_without_proof_is_fetched_where_it_comes_from(
    unions: ThreeUnions, alice: StrangeActor
) -> None:
    post = await unions.nurses.post("ana", "What do you think?")
    await unions.settle()
    reply = alice.note("In public", cc=[ANA, f"{ANA}/followers"], inReplyTo=post.uri)
    asked_before = len(unions.internet.requests_to("elsewhere.example"))
    await alice.post("https://nurses.test/inbox", alice.create(reply))
    await unions.settle()
    stored = await unions.clerks.find_post(reply["id"])
    assert stored is not None
    assert stored.content == "<p>In public</p>"
    asked = unions.internet.requests_to("elsewhere.example")[asked_before:]
    assert any(request.url == reply["id"] or request.url.startswith(reply["id"]) for request in asked)


async def test_a_private_reply_without_proof_is_not_passed_on(
    unions: ThreeUnions, alice: StrangeActor
) -> None:
    post = await unions.nurses.post("ana", "What do you think?")
    await unions.settle()
    reply = alice.note("Between us", to=[ANA, f"{ANA}/followers"], cc=[ANA], inReplyTo=post.uri)
    with acts.listening(unions.internet) as delivered:
        await alice.post("https://nurses.test/inbox", alice.create(reply))
        await unions.settle()
    assert [request.url for request in delivered] == ["https://nurses.test/inbox"]
    assert await acts.sees(unions.nurses, "ana", reply["id"])
    assert await unions.clerks.find_post(reply["id"]) is None


async def test_whoever_forwards_cannot_change_the_words(unions: ThreeUnions, alice: StrangeActor) -> None:
    """A relay passes on a reply of Alice that it has altered: her server's words are shown."""
    post = await unions.nurses.post("ana", "What do you think?", audience=Audience.PUBLIC)
    await unions.settle()
    reply = alice.note("I agree", cc=[f"{ANA}/followers"], inReplyTo=post.uri)
    proven = alice.prove(alice.create(reply))
    forged = {**proven, "object": {**reply, "content": "<p>I resign</p>"}}
    relay = (await Stranger(unions.internet, "relay.example", clock=unions.clock).start()).add_actor("relay")
    answer = await relay.post("https://nurses.test/inbox", forged)
    assert answer.status == 202
    await unions.settle()
    stored = await unions.nurses.find_post(reply["id"])
    assert stored is not None
    assert stored.content == "<p>I agree</p>"


async def test_each_edit_under_one_id_is_passed_on_once(unions: ThreeUnions, alice: StrangeActor) -> None:
    """GoToSocial calls every Update of a post the same."""
    post = await unions.nurses.post("ana", "What do you think?")
    reply = alice.note("First", cc=[ANA, f"{ANA}/followers"], inReplyTo=post.uri)
    await alice.post("https://nurses.test/inbox", alice.create(reply))
    await unions.settle()
    for text in ("Second", "Third"):
        unions.clock.advance(minutes=5)
        edited = {**reply, "content": f"<p>{text}</p>", "updated": unions.clock.now().isoformat()}
        alice.server.serve(reply["id"], edited)
        update = alice.activity("Update", edited, id=f"{reply['id']}#update", to=[PUBLIC], cc=reply["cc"])
        with acts.listening(unions.internet) as delivered:
            for _ in range(2):
                await alice.post("https://nurses.test/inbox", update)
                await unions.settle()
        assert [request.url for request in delivered].count("https://clerks.test/inbox") == 1
        stored = await unions.clerks.find_post(reply["id"])
        assert stored is not None
        assert stored.content == f"<p>{text}</p>"
