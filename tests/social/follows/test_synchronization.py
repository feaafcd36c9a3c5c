"""FEP-8fcf received: rows L29 and V27."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, Reach
from fediunion.social.follows import synchronization
from fediunion.social.follows.models import Follow
from fediunion.social.follows.service import unfollow
from fediunion.social.follows.synchronization import read_synchronization
from tests.fakes.stranger import Json
from tests.social.follows.delivering import deliver
from tests.social.posts.scene import BASE, Scene, ours

DIGEST = "ab" * 32


def _header(scene: Scene, digest: str = DIGEST) -> str:
    url = f"{scene.bob.uri}/followers_synchronization"
    return f'collectionId="{scene.bob.followers}", url="{url}", digest="{digest}"'


def _serve(scene: Scene, followers: list[str], **more: object) -> None:
    url = f"{scene.bob.uri}/followers_synchronization"
    document: Json = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": url,
        "type": "OrderedCollection",
        "orderedItems": followers,
        **more,
    }
    scene.good.serve(url, document)


async def _deliver(scene: Scene) -> None:
    note = scene.bob.note("For followers", to=[scene.bob.followers])
    await deliver(scene, scene.bob.create(note), {"Collection-Synchronization": _header(scene)})
    await scene.settle()


async def _later(scene: Scene, **parts: float) -> None:
    scene.clock.advance(**parts)
    await scene.settle()


async def test_L29_a_follow_that_the_other_side_lost_ends_after_a_second_look_only(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    _serve(scene, [])
    await _deliver(scene)
    await _later(scene, minutes=6)
    assert await scene.count(Follow) == 1
    await _later(scene, hours=1, minutes=1)
    assert await scene.count(Follow) == 0


async def test_L29_a_follow_that_is_there_at_the_second_look_stays(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    _serve(scene, [])
    await _deliver(scene)
    await _later(scene, minutes=6)
    _serve(scene, [f"{BASE}/actors/ana"])
    await _later(scene, hours=2)
    assert await scene.count(Follow) == 1


async def test_L29_nothing_is_missing_in_a_list_that_goes_on_elsewhere(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    _serve(scene, [], next=f"{scene.bob.uri}/followers_synchronization?page=2")
    await _deliver(scene)
    await _later(scene, hours=3)
    assert await scene.count(Follow) == 1


async def _no_more(scene: Scene, name: str) -> None:
    """Let a member stop following bob, and a day go by."""

    def end(session: Session) -> None:
        bob = session.scalars(select(Actor).where(Actor.uri == scene.bob.uri)).one()
        unfollow(session, ours(session, name), bob)

    await scene.write(end)
    await _later(scene, days=1, minutes=1)


async def test_L29_a_follow_that_ended_here_is_taken_back_once_a_day_unless_hidden(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    await scene.member("heron", Reach.HIDDEN)
    await scene.follow("cleo", scene.bob)
    await _no_more(scene, "cleo")
    (said,) = await scene.sent("Undo")
    _serve(scene, [f"{BASE}/actors/{name}" for name in ("ana", "cleo", "heron", "nobody")])
    for number in (1, 1, 2):
        await _deliver(scene)
        await _later(scene, minutes=6)
        again = (await scene.sent("Undo"))[1:]
        assert [(sent["actor"], sent["object"]) for sent in again] == [
            (said["actor"], said["object"])
        ] * number
        await _later(scene, hours=12)


async def test_L29_nobody_takes_back_what_was_never_asked_for(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    _serve(scene, [f"{BASE}/actors/{name}" for name in ("ana", "cleo")])
    await _deliver(scene)
    await _later(scene, minutes=6)
    assert await scene.sent("Undo") == []


async def test_L29_few_are_taken_back_at_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synchronization, "_MOST_TAKEN_BACK", 1)
    for name in ("ana", "cleo"):
        await scene.follow(name, scene.bob)
        await _no_more(scene, name)
    _serve(scene, [f"{BASE}/actors/{name}" for name in ("ana", "cleo")])
    for number in (1, 2, 2):
        await _deliver(scene)
        await _later(scene, minutes=6)
        assert len(await scene.sent("Undo")) == 2 + number


async def test_an_accept_that_was_lost_is_made_up_for(scene: Scene) -> None:
    await scene.follow("cleo", scene.bob)
    await scene.union.follow("ana", "bob@good.example")
    _serve(scene, [f"{BASE}/actors/ana", f"{BASE}/actors/cleo"])
    await _deliver(scene)
    await _later(scene, minutes=6)
    assert await scene.count(Follow, Follow.state == "accepted") == 2


def test_collections_on_another_server_do_not_count() -> None:
    sender = "https://good.example/users/bob"
    header = 'collectionId="{0}/followers", url="{1}/sync", digest="' + DIGEST + '"'
    assert read_synchronization(header.format(sender, sender), sender) == (f"{sender}/sync", DIGEST)
    for collection, url in ((sender, "https://evil.example"), ("https://evil.example", sender)):
        assert read_synchronization(header.format(collection, url), sender) is None
    assert read_synchronization("nonsense", sender) is None
