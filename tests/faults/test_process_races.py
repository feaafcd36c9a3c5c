"""Row L08: what members do in the same moment is counted as if one waited for the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.kit.errors import NotAllowed
from fediunion.social.posts.models import Post
from fediunion.social.posts.service import interactions
from fediunion.social.posts.service.publishing import edit_post, withdraw_post
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.union import TestUnion, running, settle
from tests.faults.ledger import verify_ledger

_AT_ONCE = 8


@pytest.fixture
async def union(databases: Databases, clock: FakeClock) -> AsyncIterator[TestUnion]:
    """A union with ana and some who like her."""
    started = await TestUnion.start(FakeInternet(), "us.example", databases.with_tables(), clock)
    async with running(started):
        await started.member("ana")
        yield started


async def _withdraw(union: TestUnion, author: Actor, post: Post) -> None:
    def work(session: Session) -> None:
        withdraw_post(session, session.get_one(Actor, author.id), session.get_one(Post, post.id))

    await union.world.db.write(work)


async def test_L08_posts_deleted_at_once_are_counted_off_one_by_one(union: TestUnion) -> None:
    ana = await union.actor("ana")
    posts = [await union.post("ana", f"Post {number}") for number in range(_AT_ONCE + 1)]
    await asyncio.gather(*(_withdraw(union, ana, post) for post in posts[1:]))
    assert (await union.actor("ana")).posts_count == 1


async def test_L08_a_reply_deleted_several_times_at_once_is_counted_off_once(union: TestUnion) -> None:
    ana = await union.actor("ana")
    parent = await union.post("ana", "Parent")
    replies = [await union.post("ana", f"Reply {n}", in_reply_to=parent.uri) for n in range(3)]
    await asyncio.gather(*(_withdraw(union, ana, replies[0]) for _ in range(_AT_ONCE)))
    await settle(union)
    found = await union.find_post(parent.uri)
    assert found is not None
    assert found.replies_count == 2
    assert (await union.actor("ana")).posts_count == 3
    assert await union.world.db.read(verify_ledger) == []


async def test_L08_favourites_and_boosts_at_once_are_counted_exactly(union: TestUnion) -> None:
    post = await union.post("ana", "Liked by all")
    fans = [await union.member(f"fan{number}") for number in range(_AT_ONCE)]

    async def like(fan: Actor) -> None:
        def work(session: Session) -> None:
            actor = session.get_one(Actor, fan.id)
            interactions.favourite(session, actor, post.id)
            interactions.boost(session, actor, post.id)

        await union.world.db.write(work)

    await asyncio.gather(*(like(fan) for fan in fans for _ in range(2)))
    await settle(union)
    found = await union.find_post(post.uri)
    assert found is not None
    assert (found.favourites_count, found.boosts_count) == (_AT_ONCE, _AT_ONCE)
    assert await union.world.db.read(verify_ledger) == []


async def test_L08_a_boost_taken_back_several_times_at_once_is_counted_off_once(union: TestUnion) -> None:
    post = await union.post("ana", "Boosted")
    ana = await union.actor("ana")

    def boost(session: Session) -> None:
        interactions.boost(session, session.get_one(Actor, ana.id), post.id)

    def unboost(session: Session) -> None:
        interactions.unboost(session, session.get_one(Actor, ana.id), post.id)

    await union.world.db.write(boost)
    await settle(union)
    await asyncio.gather(*(union.world.db.write(unboost) for _ in range(_AT_ONCE)))
    assert await union.world.db.read(verify_ledger) == []


async def test_L35_an_edit_in_the_moment_of_deletion_never_comes_after_it(union: TestUnion) -> None:
    await union.member("fan")
    ana = await union.actor("ana")
    posts = [await union.post("ana", f"Post {number}") for number in range(_AT_ONCE)]

    async def edit(post: Post) -> None:
        def work(session: Session) -> None:
            edit_post(
                session,
                session.get_one(Actor, ana.id),
                session.get_one(Post, post.id),
                text="Edited",
                content_warning="",
                sensitive=False,
                language=None,
            )

        with suppress(NotAllowed):
            await union.world.db.write(work)

    acts = [each for post in posts for each in (edit(post), _withdraw(union, ana, post), edit(post))]
    await asyncio.gather(*acts)
    for post in posts:
        found = await union.find_post(post.uri)
        assert found is not None
        assert (found.deleted_at is not None, found.content) == (True, "")
