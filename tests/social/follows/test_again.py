"""Following, leaving, and following again, as servers do that name a Follow by who follows whom."""

import itertools
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.social.follows import service
from fediunion.social.follows.models import Block, Follow, FollowState
from tests.fakes.stranger import Json
from tests.social.posts.scene import BASE, Scene, ours

ANA = f"{BASE}/actors/ana"
ACCEPTED = (Follow.state == FollowState.ACCEPTED,)
PAIR = "https://good.example/follows/bob/ana"


async def _send(scene: Scene, activity: Json, *, at: datetime | None = None) -> None:
    assert (await scene.bob.post(f"{BASE}/inbox", activity, at=at)).status == 202
    await scene.settle()


def _leave(session: Session, name: str, followed: Actor) -> None:
    service.unfollow(session, ours(session, name), followed)


async def _moved_on(scene: Scene, **time: float) -> None:
    scene.clock.advance(**time)
    scene.good.serve(scene.bob.uri, scene.bob.document())


def _pixelfed(scene: Scene) -> tuple[Json, Json]:
    """Return a Follow and its Undo, which name the pair, each in its own way, and say no time."""
    follow = scene.bob.activity("Follow", ANA, id=f"{scene.bob.uri}#follow/7")
    undone = {**follow, "id": f"{scene.bob.uri}#follows/7"}
    return follow, scene.bob.activity("Undo", undone, id=f"{scene.bob.uri}#follow/7/undo")


def _misskey(scene: Scene, number: int) -> tuple[Json, Json]:
    """Return a Follow with an id of its own, and an Undo that names the pair."""
    undone = {"id": PAIR, "type": "Follow", "actor": scene.bob.uri, "object": ANA}
    follow = scene.bob.activity("Follow", ANA, id=f"https://good.example/follows/request{number}")
    more = {"published": scene.clock.now().isoformat()}
    return follow, scene.bob.activity("Undo", undone, id=f"{PAIR}/undo", **more)


async def test_who_follows_and_leaves_in_the_same_words_is_heard_each_time(scene: Scene) -> None:
    follow, undo = _pixelfed(scene)
    for turn, waits in enumerate(({"minutes": 1}, {"hours": 2}, {"days": 40}), start=1):
        await _send(scene, follow)
        assert await scene.count(Follow, *ACCEPTED) == 1
        assert len(await scene.sent("Accept")) == turn
        await _moved_on(scene, **waits)
        await _send(scene, undo)
        assert await scene.count(Follow) == 0
        await _moved_on(scene, **waits)
    assert (await scene.union.actor("ana")).followers_count == 0


@pytest.mark.parametrize("by_id", [False, True], ids=["embedded", "by id"])
@pytest.mark.parametrize("seconds", [-50, 0, 50])
async def test_who_follows_again_is_heard_though_its_clock_is_wrong(
    scene: Scene, seconds: int, by_id: bool
) -> None:
    """Both were signed by the clock of one server: what ours says has nothing to do with it."""
    follow, undo = _pixelfed(scene)
    if by_id:
        undo = scene.bob.activity("Undo", follow["id"], id=f"{follow['id']}/undo")
    for activity, number in ((follow, 1), (undo, 0), (follow, 1), (undo, 0), (follow, 1)):
        at = scene.clock.now() + timedelta(seconds=seconds)
        await _send(scene, activity, at=at)
        assert await scene.count(Follow, *ACCEPTED) == number
        scene.clock.advance(seconds=5)


async def test_who_follows_again_is_heard_before_the_undo_was_processed(scene: Scene) -> None:
    follow, undo = _pixelfed(scene)
    start = scene.clock.now()
    await _send(scene, follow, at=start)
    for seconds, activity in enumerate((undo, follow, undo, follow), start=1):
        await scene.bob.post(f"{BASE}/inbox", activity, at=start + timedelta(seconds=seconds))
    await scene.settle()
    assert await scene.count(Follow, *ACCEPTED) == 1
    assert len(await scene.sent("Accept")) == 3


async def test_S38_a_follow_that_is_repeated_while_an_undo_waits_has_no_effect(scene: Scene) -> None:
    follow, undo = _pixelfed(scene)
    start = scene.clock.now()
    await _send(scene, follow, at=start)
    for activity, seconds in ((undo, 1), (follow, 0), (undo, 1), (follow, 0)):
        await scene.bob.post(f"{BASE}/inbox", activity, at=start + timedelta(seconds=seconds))
    await scene.settle()
    await _send(scene, follow, at=start)
    assert await scene.count(Follow) == 0


@pytest.mark.parametrize("minutes", [0.1, 50, 1500])
async def test_who_leaves_by_an_id_of_the_pair_gets_nothing_more(scene: Scene, minutes: float) -> None:
    for number in (1, 2, 3):
        follow, undo = _misskey(scene, number)
        await _send(scene, follow)
        assert await scene.count(Follow, *ACCEPTED) == 1
        await _moved_on(scene, minutes=minutes)
        await _send(scene, undo)
        assert await scene.count(Follow) == 0
        await _moved_on(scene, minutes=minutes)
    scene.good.received.clear()
    await scene.union.post("ana", "Strike on Monday", audience=Audience.FOLLOWERS)
    await scene.settle()
    assert scene.good.received == []


async def test_S38_a_captured_follow_does_not_follow_again(scene: Scene) -> None:
    follow, undo = _pixelfed(scene)
    signed_at = scene.clock.now()
    await _send(scene, follow, at=signed_at)
    await _moved_on(scene, minutes=5)
    left_at = scene.clock.now()
    await _send(scene, undo, at=left_at)
    await _moved_on(scene, minutes=5)
    await _send(scene, follow, at=signed_at)
    assert await scene.count(Follow) == 0
    again_at = scene.clock.now()
    await _send(scene, follow, at=again_at)
    await _send(scene, undo, at=left_at)
    assert await scene.count(Follow, *ACCEPTED) == 1
    await _moved_on(scene, minutes=5)
    await _send(scene, undo)
    for captured in (signed_at, again_at):
        await _send(scene, follow, at=captured)
    assert await scene.count(Follow) == 0


async def test_L20_the_follow_that_was_signed_last_stays_in_all_orders(scene: Scene) -> None:
    start = scene.clock.now()
    scene.clock.advance(minutes=10)
    for number, order in enumerate(itertools.permutations(range(3))):
        fan = scene.good.add_actor(f"fan{number}")
        await scene.known(fan)
        first, second = fan.activity("Follow", ANA), fan.activity("Follow", ANA)
        script = [first, fan.activity("Undo", first), second]
        for step in order:
            await scene.receive(script[step], signed_at=start + timedelta(minutes=step))
        assert await scene.count(Follow, Follow.uri == second["id"], *ACCEPTED) == 1, order
        assert await scene.count(Follow, Follow.uri == first["id"]) == 0, order


async def test_L20_an_undo_of_the_pair_that_was_signed_before_the_follow_leaves_it(scene: Scene) -> None:
    follow, undo = _misskey(scene, 1)
    signed_at = scene.clock.now()
    await scene.receive(follow, signed_at=signed_at)
    await scene.receive(undo, signed_at=signed_at - timedelta(minutes=1))
    assert await scene.count(Follow, *ACCEPTED) == 1
    await scene.receive(undo, signed_at=signed_at - timedelta(seconds=2))
    assert await scene.count(Follow) == 0


async def test_L19_a_follow_in_other_words_under_one_id_is_one_follow(scene: Scene) -> None:
    follow = scene.bob.activity("Follow", ANA)
    for more in ({}, {"to": [ANA]}, {"published": "2026-03-02T09:00:00Z"}):
        await _send(scene, {**follow, **more})
    assert await scene.count(Follow, *ACCEPTED) == 1
    assert (await scene.union.actor("ana")).followers_count == 1


async def test_who_was_removed_may_ask_again_under_the_same_id(scene: Scene) -> None:
    await scene.member("lock", locked=True)
    follow = scene.bob.activity("Follow", f"{BASE}/actors/lock", id=f"{scene.bob.uri}#follow/8")
    bob = await scene.known(scene.bob)
    for turn in (1, 2):
        await _send(scene, follow)
        assert await scene.count(Follow, Follow.state == FollowState.REQUESTED) == 1
        await scene.write(lambda session: service.remove_follower(session, ours(session, "lock"), bob))
        assert len(await scene.sent("Reject")) == turn
        await _moved_on(scene, hours=1)


async def test_two_of_ours_are_answered_under_one_id(scene: Scene) -> None:
    """Mastodon rejects a follow by itself as `#rejects/follows/`, without a number."""
    for answer in ("Accept", "Reject"):
        for name in ("ana", "cleo"):
            await scene.union.follow(name, "bob@good.example")
            follow = (await scene.sent("Follow"))[-1]
            await _send(scene, scene.bob.activity(answer, follow, id=f"{scene.bob.uri}#{answer}/follows/"))
            follows = await scene.count(Follow, Follow.uri == follow["id"], *ACCEPTED)
            assert follows == (1 if answer == "Accept" else 0)
        for name in ("ana", "cleo"):
            await scene.write(_leave, name, await scene.known(scene.bob))
        await _moved_on(scene, hours=1)


async def test_a_block_is_made_and_ended_again_under_the_same_id(scene: Scene) -> None:
    block = scene.bob.activity("Block", ANA, id="https://good.example/blocks/bob/ana")
    undo = scene.bob.activity("Undo", block, id=f"{block['id']}/undo")
    for _ in range(2):
        await _send(scene, block)
        assert await scene.count(Block) == 1
        await _moved_on(scene, minutes=1)
        await _send(scene, undo)
        assert await scene.count(Block) == 0
        await _moved_on(scene, minutes=1)
