"""Who sees what others address to collections that are not theirs."""

import pytest

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Reach
from fediunion.actors.viewer import ANONYMOUS, Viewer
from fediunion.social.posts.models import PostMention
from fediunion.social.posts.queries import list_thread
from fediunion.social.posts.visibility import may_see
from tests.fakes.stranger import PUBLIC, Json
from tests.social.posts.scene import BASE, Scene, ours

ANA = f"{BASE}/actors/ana"


async def seen_by(scene: Scene, uri: str) -> set[str]:
    """Return which of ana, cleo, anybody, bob, mallory may see a post."""
    post = await scene.stored(uri)
    viewers = {
        name: Viewer((await scene.read(ours, name)).id, is_member=True) for name in ("ana", "cleo")
    } | {"anybody": ANONYMOUS}
    for actor in (scene.bob, scene.mallory):
        viewers[actor.name] = Viewer((await scene.known(actor)).id, actor.server.authority)
    return {name for name, viewer in viewers.items() if await scene.read(may_see, post, viewer)}


@pytest.mark.parametrize("collection", ["bob", "ana", "following"])
@pytest.mark.parametrize("field", ["to", "cc"])
async def test_a_reply_to_somebody_elses_followers_is_for_those_named_alone(
    scene: Scene, collection: str, field: str
) -> None:
    await scene.follow("ana", scene.bob)
    await scene.follow("cleo", scene.bob)
    await scene.follow("cleo", scene.mallory)
    uri = {
        "bob": scene.bob.followers,
        "ana": f"{ANA}/followers",
        "following": f"{scene.mallory.uri}/following",
    }[collection]
    parent = scene.bob.note("For my followers", to=[scene.bob.followers], cc=[scene.bob.followers])
    assert await scene.receive(scene.bob.create(parent)) == "done"
    reply = scene.mallory.note(
        "Not for everybody", **{"to": [ANA], "cc": [ANA], field: [uri, ANA]}, inReplyTo=parent["id"]
    )
    assert await scene.receive(scene.mallory.create(reply)) == "done"
    stored = await scene.stored(reply["id"])
    assert stored.audience == Audience.DIRECT
    assert await scene.count(PostMention, PostMention.post_id == stored.id) == 1
    assert await seen_by(scene, reply["id"]) == {"ana", "mallory"}
    assert await scene.union.home("cleo") == ["For my followers"]


async def test_the_thread_shows_it_to_those_named_and_to_nobody_else(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    await scene.follow("cleo", scene.bob)
    parent = scene.bob.note("For my followers", to=[scene.bob.followers], cc=[scene.bob.followers])
    await scene.receive(scene.bob.create(parent))
    reply = scene.mallory.note(
        "For ana", to=[scene.bob.uri, ANA], cc=[scene.bob.followers], inReplyTo=parent["id"]
    )
    await scene.receive(scene.mallory.create(reply))
    top = await scene.stored(parent["id"])
    answer = await scene.stored(reply["id"])
    for name, expected in (("ana", [answer.id]), ("cleo", [])):
        viewer = Viewer((await scene.read(ours, name)).id, is_member=True)
        _, below = await scene.read(list_thread, top, viewer)
        assert below == expected


async def test_what_names_nobody_here_but_a_collection_is_seen_by_nobody_here(scene: Scene) -> None:
    await scene.follow("ana", scene.mallory)
    note = scene.mallory.note("Whose?", to=[scene.bob.followers], cc=[scene.bob.followers])
    assert await scene.receive(scene.mallory.create(note)) == "done"
    assert await seen_by(scene, note["id"]) == {"mallory"}
    assert await scene.union.home("ana") == []


@pytest.mark.parametrize("spelling", ["upper", "slash", "query", "fragment", "port"])
async def test_V05_only_just_the_authors_own_collection_is_for_its_followers(
    scene: Scene, spelling: str
) -> None:
    await scene.follow("ana", scene.mallory)
    uri = {
        "upper": scene.mallory.followers.replace("evil", "EVIL"),
        "slash": f"{scene.mallory.followers}/",
        "query": f"{scene.mallory.followers}?page=1",
        "fragment": f"{scene.mallory.followers}#x",
        "port": scene.mallory.followers.replace(".example", ".example:443"),
    }[spelling]
    note = scene.mallory.note("Nearly", to=[uri], cc=[uri])
    await scene.receive(scene.mallory.create(note))
    assert (await scene.stored(note["id"])).audience == Audience.DIRECT


async def test_an_edit_makes_it_no_more_public(scene: Scene) -> None:
    reply = scene.mallory.note("Psst", to=[ANA], cc=[scene.bob.followers])
    await scene.receive(scene.mallory.create(reply))
    scene.clock.advance(60)
    changed: Json = {**reply, "to": [PUBLIC], "cc": [], "updated": scene.clock.now().isoformat()}
    await scene.receive(scene.mallory.activity("Update", changed))
    assert (await scene.stored(reply["id"])).audience == Audience.DIRECT
    assert "anybody" not in await seen_by(scene, reply["id"])


async def test_a_hidden_member_who_is_named_beside_it_is_not_shown_it(scene: Scene) -> None:
    hidden = await scene.member("una", Reach.HIDDEN)
    note = scene.mallory.note("Una?", to=[hidden.uri, ANA], cc=[scene.bob.followers])
    await scene.receive(scene.mallory.create(note))
    post = await scene.stored(note["id"])
    assert not await scene.read(may_see, post, Viewer(hidden.id, is_member=True))
