"""FEP-8fcf received: rows L29 and V27."""

from fediunion.actors.models import Reach
from fediunion.social.follows.models import Follow
from fediunion.social.follows.synchronization import read_synchronization
from tests.fakes.stranger import Json
from tests.social.follows.delivering import deliver
from tests.social.posts.scene import BASE, Scene

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


async def test_L29_a_follower_that_we_do_not_know_of_is_taken_back_unless_hidden(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    await scene.member("heron", Reach.HIDDEN)
    _serve(scene, [f"{BASE}/actors/{name}" for name in ("ana", "cleo", "heron", "nobody")])
    await _deliver(scene)
    await _later(scene, minutes=6)
    undone = [sent["actor"] for sent in await scene.sent("Undo")]
    assert undone == [f"{BASE}/actors/cleo"]


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
