"""Following, blocking and moving, as members do it."""

import asyncio

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.kit.errors import FediUnionError, NotAllowed
from fediunion.social.follows import restrictions, service
from fediunion.social.follows.models import Block, Follow
from tests.social.posts.scene import BASE, Scene, ours


def _follow(session: Session, follower: str, followed: str) -> None:
    service.request_follow(session, ours(session, follower), ours(session, followed))


def _block(session: Session, blocker: str, blocked: str) -> None:
    restrictions.block(session, ours(session, blocker), ours(session, blocked))


async def test_a_follow_between_members_is_counted_and_ended(scene: Scene) -> None:
    await scene.write(_follow, "ana", "cleo")
    await scene.write(_follow, "ana", "cleo")
    ana, cleo = await scene.union.actor("ana"), await scene.union.actor("cleo")
    assert (ana.following_count, cleo.followers_count) == (1, 1)
    await scene.write(lambda session: service.unfollow(session, ours(session, "ana"), ours(session, "cleo")))
    ana, cleo = await scene.union.actor("ana"), await scene.union.actor("cleo")
    assert (ana.following_count, cleo.followers_count, await scene.count(Follow)) == (0, 0, 0)


async def test_nobody_follows_oneself_or_across_a_block(scene: Scene) -> None:
    with pytest.raises(NotAllowed):
        await scene.write(_follow, "ana", "ana")
    await scene.write(_block, "cleo", "ana")
    for follower, followed in (("ana", "cleo"), ("cleo", "ana")):
        with pytest.raises(NotAllowed):
            await scene.write(_follow, follower, followed)


async def test_A22_whoever_blocks_and_whoever_follows_first_nobody_follows_while_blocked(
    scene: Scene,
) -> None:
    for number in range(10):
        name = f"fan{number}"
        await scene.member(name)
        acts = [scene.write(_follow, name, "ana"), scene.write(_block, "ana", name)]
        results = await asyncio.gather(*acts[:: 1 if number % 2 else -1], return_exceptions=True)
        assert all(result is None or isinstance(result, FediUnionError) for result in results)
    assert (await scene.count(Follow), await scene.count(Block)) == (0, 10)


async def test_A22_parallel_follows_are_one(scene: Scene) -> None:
    await asyncio.gather(*(scene.write(_follow, "ana", "cleo") for _ in range(8)))
    assert await scene.count(Follow) == 1
    assert (await scene.union.actor("cleo")).followers_count == 1


async def test_a_follow_that_somebody_else_ended_meanwhile_is_counted_down_once(scene: Scene) -> None:
    await scene.write(_follow, "ana", "cleo")

    def end_what_is_gone(session: Session) -> None:
        follow = session.scalars(select(Follow)).one()
        gone = delete(Follow).execution_options(synchronize_session=False)
        session.execute(gone)
        service.end_follow(session, follow)

    await scene.write(end_what_is_gone)
    ana, cleo = await scene.union.actor("ana"), await scene.union.actor("cleo")
    assert (ana.following_count, cleo.followers_count) == (1, 1)


async def test_ending_a_follow_many_times_at_once_is_ending_it_once(scene: Scene) -> None:
    def unfollow(session: Session) -> None:
        service.unfollow(session, ours(session, "ana"), ours(session, "cleo"))

    await scene.write(_follow, "ana", "cleo")
    await asyncio.gather(*(scene.write(unfollow) for _ in range(8)))
    ana, cleo = await scene.union.actor("ana"), await scene.union.actor("cleo")
    assert (ana.following_count, cleo.followers_count, await scene.count(Follow)) == (0, 0, 0)


async def test_a_block_removes_a_remote_follower_and_is_not_told(scene: Scene) -> None:
    await scene.followed_by("ana", scene.bob)
    bob = await scene.known(scene.bob)
    await scene.write(lambda session: restrictions.block(session, ours(session, "ana"), bob))
    assert [sent["type"] for sent in await scene.sent()] == ["Accept", "Reject"]


def _moved_to(scene: Scene, *aliases: str, **more: object) -> None:
    scene.mallory.more |= {"alsoKnownAs": list(aliases), **more}
    scene.mallory.serve()


async def _move(scene: Scene, **more: object) -> str:
    move = scene.bob.activity("Move", scene.bob.uri, target=scene.mallory.uri, **more)
    return await scene.receive(move)


async def test_followers_go_along_with_a_move_that_both_sides_confirm(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    _moved_to(scene, scene.bob.uri)
    assert await _move(scene) == "done"
    follows = [(sent["type"], sent["object"]) for sent in await scene.sent()]
    assert follows[-1] == ("Follow", scene.mallory.uri)
    mallory = await scene.known(scene.mallory)
    assert await scene.count(Follow, Follow.followed_id == mallory.id) == 1
    assert await scene.count(Follow) == 1


async def test_a_move_comes_after_an_update_that_tells_of_it_as_mastodon_sends_both(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    _moved_to(scene, scene.bob.uri)
    scene.bob.more |= {"movedTo": scene.mallory.uri}
    scene.bob.serve()
    assert await scene.receive(scene.bob.activity("Update", scene.bob.document())) == "done"
    assert (await scene.known(scene.bob)).moved_to_uri == scene.mallory.uri
    assert await _move(scene) == "done"
    mallory = await scene.known(scene.mallory)
    assert await scene.count(Follow, Follow.followed_id == mallory.id) == 1


async def test_A25_a_move_without_alias_of_others_or_to_oneself_is_refused(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    assert (await _move(scene)).startswith("refused")
    _moved_to(scene, scene.bob.uri)
    forged = scene.mallory.activity("Move", scene.bob.uri, target=scene.mallory.uri)
    assert (await scene.receive(forged)).startswith("refused")
    itself = scene.bob.activity("Move", scene.bob.uri, target=scene.bob.uri)
    assert (await scene.receive(itself)).startswith("refused")
    bob = await scene.known(scene.bob)
    assert await scene.count(Follow, Follow.followed_id == bob.id) == 1


async def test_A26_a_chain_and_a_second_move_within_thirty_days_are_refused(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    _moved_to(scene, scene.bob.uri, movedTo=f"{BASE}/actors/cleo")
    assert (await _move(scene)).startswith("refused")
    _moved_to(scene, scene.bob.uri, movedTo=None)
    assert await _move(scene) == "done"
    scene.clock.advance(days=29)
    assert (await _move(scene)).startswith("refused")


async def test_A26_many_followers_move_some_at_a_time(scene: Scene) -> None:
    names = [f"fan{number}" for number in range(105)]

    def add(session: Session) -> None:
        bob = session.get_one(Actor, bob_id)
        for name in names:
            fan = Actor(
                uri=f"{BASE}/actors/{name}",
                local=True,
                kind="member",
                wire_type="Person",
                username=name,
                username_key=name,
                host="union.test",
                handle_host="union.test",
                inbox_url=f"{BASE}/actors/{name}/inbox",
                created_at=scene.clock.now(),
            )
            session.add(fan)
            session.flush()
            session.add(Follow(follower_id=fan.id, followed_id=bob.id, created_at=scene.clock.now()))

    bob_id = (await scene.known(scene.bob)).id
    await scene.write(add)
    await scene.follow("ana", scene.bob)
    _moved_to(scene, scene.bob.uri)
    await _move(scene)
    assert await scene.count(Follow, Follow.followed_id == bob_id) == 6
    scene.clock.advance(minutes=2)
    await scene.settle()
    assert await scene.count(Follow, Follow.followed_id == bob_id) == 0
