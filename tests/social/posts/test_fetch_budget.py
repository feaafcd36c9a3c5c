"""Row F31: what strangers make us ask others for has a rate, and what finds no room waits its turn."""

from collections.abc import Callable

import pytest

from fediunion.inbox import origin
from fediunion.kit.errors import Unreachable
from fediunion.social.posts.fetching import fetch_document, fetch_post
from fediunion.social.posts.jobs.threads import want_thread
from fediunion.social.posts.models import Post
from tests.fakes.stranger import Json, StrangeActor, Stranger
from tests.social.posts.scene import BASE, Scene

A_MINUTE = 5
SHARE = A_MINUTE // 4
VICTIM = "https://victim.example"


@pytest.fixture(autouse=True)
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that few posts are enough to use up what one domain may be asked."""
    monkeypatch.setattr(origin, "MOST_FROM_ONE_DOMAIN", A_MINUTE)


async def _later(scene: Scene) -> None:
    scene.clock.advance(minutes=6)
    await scene.settle()


def _reply(actor: StrangeActor, uri: str) -> Json:
    return _to_ana(actor, inReplyTo=uri)


def _quote(actor: StrangeActor, uri: str) -> Json:
    return _to_ana(actor, quote=uri, quoteUri=uri)


def _to_ana(actor: StrangeActor, **more: str) -> Json:
    ana = f"{BASE}/actors/ana"
    return actor.note("Hi", to=[ana], cc=[], tag=[{"type": "Mention", "href": ana, "name": "@ana"}], **more)


@pytest.mark.parametrize("naming", [_reply, _quote], ids=["replies", "quotes"])
async def test_F31_a_third_server_is_not_asked_as_often_as_a_stranger_writes(
    scene: Scene, naming: Callable[[StrangeActor, str], Json]
) -> None:
    victim = await Stranger(scene.internet, "victim.example", clock=scene.clock).start()
    named = [f"{VICTIM}/search?q={number}" for number in range(3 * SHARE)]
    for uri in named:
        await scene.receive(scene.mallory.create(naming(scene.mallory, uri)))
    for number in (SHARE, 2 * SHARE, len(named), len(named)):
        assert len(victim.fetches()) == number
        await _later(scene)
    assert sorted(victim.fetches()) == sorted(named)


@pytest.mark.parametrize("naming", [_reply, _quote], ids=["replies", "quotes"])
async def test_F31_what_one_stranger_writes_leaves_room_for_what_others_write(
    scene: Scene, naming: Callable[[StrangeActor, str], Json]
) -> None:
    victim = await Stranger(scene.internet, "victim.example", clock=scene.clock).start()
    for number in range(2 * A_MINUTE):
        named = naming(scene.mallory, f"{VICTIM}/search?q={number}")
        await scene.receive(scene.mallory.create(named))
    note = f"{VICTIM}/notes/1"
    await scene.receive(scene.bob.create(naming(scene.bob, note)))
    assert victim.fetches(note) == [note]


async def test_F31_a_chain_of_replies_goes_on_where_the_room_ended(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    notes = [scene.bob.note("0")]
    for number in range(1, 2 * A_MINUTE):
        notes.append(scene.bob.note(str(number), inReplyTo=notes[-1]["id"]))
    await scene.receive(scene.bob.create(notes[-1]))
    assert len(scene.good.fetches(notes[0]["id"])) == 0
    for _ in range(3):
        await _later(scene)
    assert await scene.post(notes[0]["id"]) is not None


async def test_F31_replies_that_found_no_room_are_fetched_later(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    url = f"{scene.bob.uri}/replies"
    note = scene.bob.note("Root", replies=url)
    replies = [scene.bob.note(str(number), inReplyTo=note["id"])["id"] for number in range(2 * A_MINUTE)]
    scene.good.serve(
        url,
        {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": url,
            "type": "Collection",
            "items": replies,
        },
    )
    await scene.receive(scene.bob.create(note))
    root = await scene.stored(note["id"])
    await scene.write(lambda session: want_thread(session, session.get_one(Post, root.id)))
    for _ in range(5):
        await _later(scene)
    assert [each for each in replies if await scene.post(each) is None] == []


async def test_what_a_member_asks_for_does_not_wait_for_strangers(scene: Scene) -> None:
    world, notes = scene.union.world, [scene.bob.note(str(number)) for number in range(A_MINUTE + 2)]
    for note in notes[:A_MINUTE]:
        await fetch_document(world, note["id"])
    with pytest.raises(Unreachable):
        await fetch_post(world, notes[A_MINUTE]["id"])
    assert (await fetch_post(world, notes[-1]["id"], for_member=True)).uri == notes[-1]["id"]
