"""Rows L19 and L20: whatever the order and however often, the same activities end in the same state."""

import itertools
from collections.abc import Sequence

import pytest

from fediunion.social.follows.models import Block, Follow
from fediunion.social.posts.models import Favourite, Post
from fediunion.social.timelines.models import HomeEntry
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.stranger import PUBLIC, Json
from tests.social.posts.scene import BASE, Scene
from tests.social.posts.staging import staged

_LATE = {"hours": 30}


async def _play(scene: Scene, script: Sequence[Json], *, repeated: bool = False) -> None:
    for activity in script:
        await scene.receive(activity)
        if repeated:
            await scene.receive({**activity, "id": f"{activity['id']}/again"})
    scene.clock.advance(**_LATE)
    await scene.settle()


def _edit(scene: Scene, note: Json) -> Json:
    return scene.bob.activity(
        "Update", {**note, "content": "<p>Second</p>", "updated": "2026-03-02T09:05:00Z"}
    )


@pytest.mark.slow
async def test_L20_create_update_like_and_delete_end_alike_in_all_orders(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    scene.clock.advance(minutes=10)
    for order in itertools.permutations(range(4)):
        note = scene.bob.note("First", published="2026-03-02T09:00:00Z")
        like = scene.mallory.activity("Like", note["id"])
        script = [scene.bob.create(note), _edit(scene, note), like, scene.bob.activity("Delete", note["id"])]
        await _play(scene, [script[step] for step in order])
        assert await scene.post(note["id"]) is None, order
        assert await scene.count(Favourite) == 0, order
    assert await scene.union.home("ana") == []


@pytest.mark.slow
async def test_L20_create_update_like_and_announce_end_alike_in_all_orders(
    databases: Databases, clock: FakeClock
) -> None:
    states = set()
    async with staged(databases, clock) as scene:
        await scene.follow("ana", scene.bob)
        await scene.follow("ana", scene.mallory)
        scene.clock.advance(minutes=10)
        for order in itertools.permutations(range(4)):
            note = scene.bob.note("First", published="2026-03-02T09:00:00Z")
            announce = scene.mallory.activity("Announce", note["id"], to=[PUBLIC])
            script = [scene.bob.create(note), _edit(scene, note)]
            script += [scene.mallory.activity("Like", note["id"]), announce]
            await _play(scene, [script[step] for step in order])
            post = await scene.stored(note["id"])
            states.add((post.content, post.favourites_count, post.boosts_count, post.live, post.edited_at))
    assert len(states) == 1, states
    assert {state[:4] for state in states} == {("<p>Second</p>", 1, 1, True)}


@pytest.mark.slow
async def test_L20_announce_and_undo_twice_end_alike_in_all_orders(scene: Scene) -> None:
    for order in itertools.permutations(range(4)):
        post = await scene.union.post("ana", "Pass it on")
        first = scene.bob.activity("Announce", post.uri, to=[PUBLIC], published="2026-03-02T09:00:00Z")
        second = scene.bob.activity("Announce", post.uri, to=[PUBLIC], published="2026-03-02T09:01:00Z")
        undo = scene.bob.activity("Undo", first)
        like = scene.bob.activity("Like", post.uri)
        script = [first, undo, second, like]
        scene.clock.advance(minutes=2)
        for step in order:
            await scene.receive(script[step])
        stored = await scene.stored(post.uri)
        assert (stored.boosts_count, stored.favourites_count) == (1, 1), order
        boosts = (Post.boost_of_id == post.id, Post.deleted_at.is_(None), Post.uri == second["id"])
        assert await scene.count(Post, *boosts) == 1, order


@pytest.mark.slow
async def test_L20_follow_undo_and_follow_undo_again_end_alike_in_all_orders(scene: Scene) -> None:
    ana = f"{BASE}/actors/ana"
    for number, order in enumerate(itertools.permutations(range(4))):
        fan = scene.good.add_actor(f"fan{number}")
        await scene.known(fan)
        first, second = fan.activity("Follow", ana), fan.activity("Follow", ana)
        script = [first, fan.activity("Undo", first), second, fan.activity("Undo", second["id"])]
        for step in order:
            await scene.receive(script[step])
        assert await scene.count(Follow) == 0, order


@pytest.mark.slow
async def test_L20_follow_block_and_their_undos_end_alike_in_all_orders(scene: Scene) -> None:
    ana = f"{BASE}/actors/ana"
    for number, order in enumerate(itertools.permutations(range(4))):
        fan = scene.good.add_actor(f"fan{number}")
        await scene.known(fan)
        follow, block = fan.activity("Follow", ana), fan.activity("Block", ana)
        script = [follow, fan.activity("Undo", follow), block, fan.activity("Undo", block)]
        for step in order:
            await scene.receive(script[step])
        assert (await scene.count(Follow), await scene.count(Block)) == (0, 0), order


async def test_L19_everything_delivered_twice_counts_once(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    note = scene.bob.note("First", published="2026-03-02T09:00:00Z")
    post = await scene.union.post("ana", "Ours")
    script = [scene.bob.create(note), scene.bob.activity("Like", post.uri)]
    script.append(scene.bob.activity("Announce", post.uri, to=[PUBLIC]))
    await _play(scene, script, repeated=True)
    ours = await scene.stored(post.uri)
    assert (ours.favourites_count, ours.boosts_count) == (1, 1)
    assert await scene.count(Post, Post.uri == note["id"]) == 1


async def test_L20_a_reply_that_came_first_hangs_itself_under_its_parent(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    parent = scene.bob.note("Question")
    scene.good.withdraw(parent["id"], status=503)
    reply = scene.bob.note("Answer", inReplyTo=parent["id"])
    await scene.receive(scene.bob.create(reply))
    assert (await scene.stored(reply["id"])).in_reply_to_id is None
    await scene.receive(scene.bob.create(parent))
    stored, above = await scene.stored(reply["id"]), await scene.stored(parent["id"])
    assert (stored.in_reply_to_id, stored.thread_id, above.replies_count) == (above.id, above.thread_id, 1)


async def test_V04_a_private_reply_that_came_first_hangs_under_its_parent_uncounted(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    parent = scene.bob.note("Question")
    scene.good.withdraw(parent["id"], status=503)
    replies = [scene.bob.note("Open", inReplyTo=parent["id"])]
    replies.append(scene.bob.note("Inner", inReplyTo=parent["id"], to=[scene.bob.followers], cc=[]))
    for reply in replies:
        await scene.receive(scene.bob.create(reply))
    assert await scene.count(HomeEntry) == 0
    await scene.receive(scene.bob.create(parent))
    above = await scene.stored(parent["id"])
    assert [(await scene.stored(reply["id"])).in_reply_to_id for reply in replies] == [above.id] * 2
    assert await scene.count(HomeEntry) == 3
    assert above.replies_count == 1
