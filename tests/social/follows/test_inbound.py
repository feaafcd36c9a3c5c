"""Follow, Accept, Reject, Undo and Block as others send them."""

import pytest

from fediunion.actors.models import Reach
from fediunion.social.follows import restrictions, service
from fediunion.social.follows.models import Block, Follow, FollowState
from tests.fakes.stranger import Json
from tests.social.posts.scene import BASE, Scene, ours

ANA = f"{BASE}/actors/ana"
ACCEPTED = (Follow.state == FollowState.ACCEPTED,)


async def test_a_follow_of_a_public_member_is_accepted_and_told_once_for_each_ask(scene: Scene) -> None:
    follow = scene.bob.activity("Follow", ANA)
    assert await scene.receive(follow) == "done"
    assert await scene.count(Follow, *ACCEPTED) == 1
    (accept,) = await scene.sent("Accept")
    assert (accept["object"]["id"], accept["object"]["actor"]) == (follow["id"], scene.bob.uri)
    assert await scene.receive(scene.bob.activity("Follow", ANA)) == "done"
    assert await scene.count(Follow) == 1


@pytest.mark.parametrize("reach", [Reach.PUBLIC, Reach.FOLLOWABLE])
async def test_A21_a_follow_of_who_decides_waits_also_after_a_refusal(scene: Scene, reach: Reach) -> None:
    await scene.member("flora", reach, locked=True)
    flora = f"{BASE}/actors/flora"
    for _ in range(2):
        assert await scene.receive(scene.bob.activity("Follow", flora)) == "done"
        assert await scene.count(Follow, *ACCEPTED) == 0
        assert await scene.sent("Accept") == []
        bob = await scene.known(scene.bob)
        await scene.write(
            lambda session, bob: service.remove_follower(session, ours(session, "flora"), bob), bob
        )
    assert len(await scene.sent("Reject")) == 2


async def test_a_hidden_member_cannot_be_followed_and_nothing_is_answered(scene: Scene) -> None:
    await scene.member("heron", Reach.HIDDEN)
    assert (await scene.receive(scene.bob.activity("Follow", f"{BASE}/actors/heron"))).startswith("refused")
    assert (await scene.count(Follow), await scene.sent()) == (0, [])


async def test_A23_a_follow_by_whom_one_blocks_is_silently_refused(scene: Scene) -> None:
    bob = await scene.known(scene.bob)
    await scene.write(lambda session: restrictions.block(session, ours(session, "ana"), bob))
    assert (await scene.receive(scene.bob.activity("Follow", ANA))).startswith("refused")
    assert (await scene.count(Follow), await scene.sent()) == (0, [])


async def test_A16_nobody_undoes_the_follow_of_another(scene: Scene) -> None:
    follow = scene.bob.activity("Follow", ANA)
    await scene.receive(follow)
    for undone in (follow, follow["id"], {**follow, "actor": scene.mallory.uri}):
        assert await scene.receive(scene.mallory.activity("Undo", undone)) != "done"
    assert await scene.count(Follow, *ACCEPTED) == 1


async def test_A17_the_copy_in_an_undo_is_matched_by_id_and_actor_only(scene: Scene) -> None:
    follow = scene.bob.activity("Follow", ANA)
    await scene.receive(follow)
    await scene.receive(scene.bob.activity("Follow", f"{BASE}/actors/cleo"))
    copy = {**follow, "object": f"{BASE}/actors/cleo"}
    assert await scene.receive(scene.bob.activity("Undo", copy)) == "done"
    cleo = (await scene.union.actor("cleo")).id
    assert await scene.count(Follow, Follow.followed_id == cleo) == 1
    assert await scene.count(Follow) == 1


async def test_an_undo_under_an_id_of_its_own_ends_a_follow_of_long_ago(scene: Scene) -> None:
    """Lemmy's Undo embeds a Follow with a new id."""
    await scene.receive(scene.bob.activity("Follow", ANA))
    scene.clock.advance(hours=2)
    await scene.receive(scene.bob.activity("Undo", scene.bob.activity("Follow", ANA)))
    assert await scene.count(Follow) == 0


async def _asked(scene: Scene) -> Json:
    await scene.union.follow("ana", "bob@good.example")
    (follow,) = await scene.sent("Follow")
    return follow


@pytest.mark.parametrize("by_id", [False, True])
async def test_A20_our_follow_counts_once_it_is_accepted(scene: Scene, by_id: bool) -> None:
    follow = await _asked(scene)
    assert await scene.count(Follow, *ACCEPTED) == 0
    for _ in range(2):
        accept = scene.bob.activity("Accept", follow["id"] if by_id else follow)
        assert await scene.receive(accept) == "done"
    assert await scene.count(Follow, *ACCEPTED) == 1
    assert (await scene.union.actor("ana")).following_count == 1


async def test_an_answer_to_an_earlier_ask_counts_too(scene: Scene) -> None:
    first = await _asked(scene)
    scene.clock.advance(hours=2)
    await scene.union.follow("ana", "bob@good.example")
    assert len(await scene.sent("Follow")) == 2
    assert await scene.receive(scene.bob.activity("Accept", first["id"])) == "done"
    assert await scene.count(Follow, *ACCEPTED) == 1


async def test_A18_an_accept_that_we_never_asked_for_changes_nothing(scene: Scene) -> None:
    follow = await _asked(scene)
    invented = {"id": f"{ANA}#follows/1", "type": "Follow", "actor": ANA, "object": scene.mallory.uri}
    for answered in (follow, follow["id"], invented):
        assert await scene.receive(scene.mallory.activity("Accept", answered)) != "done"
    assert await scene.count(Follow, *ACCEPTED) == 0


async def test_a_reject_ends_our_follow_before_and_after_it_was_accepted(scene: Scene) -> None:
    follow = await _asked(scene)
    await scene.receive(scene.bob.activity("Accept", follow))
    assert (await scene.receive(scene.mallory.activity("Reject", follow))).startswith("refused")
    assert await scene.receive(scene.bob.activity("Reject", follow)) == "done"
    assert await scene.count(Follow) == 0
    assert (await scene.union.actor("ana")).following_count == 0


@pytest.mark.parametrize("by_id", [False, True])
async def test_a_block_ends_follows_both_ways_until_it_is_undone(scene: Scene, by_id: bool) -> None:
    await scene.followed_by("ana", scene.bob)
    await scene.follow("ana", scene.bob)
    block = scene.bob.activity("Block", ANA)
    assert await scene.receive(block) == "done"
    assert (await scene.count(Follow), await scene.count(Block)) == (0, 1)
    assert (await scene.receive(scene.mallory.activity("Undo", block))) != "done"
    assert await scene.receive(scene.bob.activity("Undo", block["id"] if by_id else block)) == "done"
    assert await scene.count(Block) == 0


@pytest.mark.parametrize("type", ["Follow", "Block"])
async def test_an_id_in_use_for_something_else_is_refused(scene: Scene, type: str) -> None:
    assert (await scene.receive(scene.bob.activity(type, ANA, id=scene.bob.uri))).startswith("refused")
    assert (await scene.count(Follow), await scene.count(Block)) == (0, 0)
