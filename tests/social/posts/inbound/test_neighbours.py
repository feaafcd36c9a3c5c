"""What an actor says of things that belong to somebody else on its own host changes nothing."""

from typing import Any

import pytest

from fediunion.db.known_uris import find_known_uri
from tests.fakes.stranger import StrangeActor
from tests.social.posts.scene import BASE, Scene

ANA = f"{BASE}/actors/ana"


@pytest.fixture
def neighbour(scene: Scene) -> StrangeActor:
    """Another actor on the host of bob."""
    return scene.good.add_actor("neighbour")


async def kind_of(scene: Scene, uri: str) -> str | None:
    """Return what an id is known to name."""
    known = await scene.read(find_known_uri, uri)
    return known.kind if known else None


@pytest.mark.parametrize("kind", ["Like", "EmojiReact", "Follow", "Announce", "Block"])
@pytest.mark.parametrize("target", ["actor", "post", "follow", "favourite"])
async def test_A16_an_undo_does_not_bury_what_is_somebody_elses(
    scene: Scene, neighbour: StrangeActor, kind: str, target: str
) -> None:
    post = await scene.union.post("ana", "Like me")
    await scene.follow("ana", scene.bob)
    await scene.known(neighbour)
    note, follow, like = (
        scene.bob.note("Here"),
        scene.bob.activity("Follow", ANA),
        scene.bob.activity("Like", post.uri),
    )
    for activity in (scene.bob.create(note), follow, like):
        assert await scene.receive(activity) == "done"
    uri = {"actor": scene.bob.uri, "post": note["id"], "follow": follow["id"], "favourite": like["id"]}[
        target
    ]
    about = {"id": uri, "type": kind, "actor": neighbour.uri, "object": post.uri}
    for claimed in (about, {**about, "object": ANA}, uri):
        await scene.receive(neighbour.activity("Undo", claimed))
        assert await kind_of(scene, uri) == target
    assert (await scene.stored(post.uri)).favourites_count == 1
    answer = scene.bob.note("And more", inReplyTo=note["id"])
    assert await scene.receive(scene.bob.create(answer)) == "done"


@pytest.mark.parametrize("kind", ["Delete", "Undo"])
async def test_A39_nobody_buries_what_a_neighbour_has_still_to_send(
    scene: Scene, neighbour: StrangeActor, kind: str
) -> None:
    post = await scene.union.post("ana", "Boost me")
    await scene.follow("ana", scene.bob)
    await scene.known(neighbour)
    note = scene.bob.note("Still to come")
    sent: list[dict[str, Any]] = [
        scene.bob.create(note),
        scene.bob.activity("Follow", ANA),
        scene.bob.activity("Like", post.uri),
        scene.bob.activity("Announce", post.uri),
    ]
    for uri in (note["id"], *(each["id"] for each in sent)):
        await scene.receive(neighbour.activity(kind, uri))
        assert await kind_of(scene, uri) == "tombstone"
    for each in sent:
        assert await scene.receive(each) == "done"
    assert await scene.post(note["id"]) is not None


async def test_A39_a_post_that_a_neighbour_buried_is_still_had_by_a_boost(
    scene: Scene, neighbour: StrangeActor
) -> None:
    await scene.follow("ana", scene.mallory)
    await scene.known(neighbour)
    note = scene.bob.note("Still to come")
    await scene.receive(neighbour.activity("Delete", note["id"]))
    assert await scene.receive(scene.mallory.activity("Announce", note["id"])) == "done"
    assert await scene.post(note["id"]) is not None


async def test_A03_nobody_buries_a_neighbour_who_is_not_known_yet(
    scene: Scene, neighbour: StrangeActor
) -> None:
    await scene.known(neighbour)
    other = scene.good.add_actor("other")
    await scene.receive(neighbour.activity("Delete", other.uri))
    await scene.receive(neighbour.activity("Undo", {**neighbour.activity("Like", ANA), "id": other.uri}))
    assert (await scene.known(other)).deleted_at is None
    assert await scene.receive(other.activity("Follow", ANA)) == "done"


@pytest.mark.parametrize(
    "kind", ["Like", "EmojiReact", "Follow", "Announce", "Block", "Flag", "QuoteRequest"]
)
@pytest.mark.parametrize("target", ["actor", "post", "activity"])
async def test_an_activity_under_the_id_of_something_else_leaves_that_as_it_is(
    scene: Scene, neighbour: StrangeActor, kind: str, target: str
) -> None:
    post = await scene.union.post("ana", "Like me")
    await scene.follow("ana", scene.bob)
    await scene.known(neighbour)
    note, like = scene.bob.note("Here"), scene.bob.activity("Like", post.uri)
    for activity in (scene.bob.create(note), like):
        assert await scene.receive(activity) == "done"
    uri = {"actor": scene.bob.uri, "post": note["id"], "activity": f"{like['id']}/2"}[target]
    if target == "activity":
        assert await scene.receive(scene.bob.activity("Like", post.uri, id=uri)) == "done"
    before = await kind_of(scene, uri)
    about = ANA if kind in ("Follow", "Block") else post.uri
    claimed = neighbour.activity(kind, about, id=uri, instrument=neighbour.note("Quoting")["id"])
    if target != "activity":  # an id that came before is a repetition, which changes nothing anyway
        assert await scene.receive(claimed) != ""
    else:
        await scene.receive(claimed)
    assert await kind_of(scene, uri) == before
