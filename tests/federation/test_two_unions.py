"""Two unions in one process: following, posting and deleting across servers, with real signatures."""

from collections.abc import AsyncIterator

import pytest

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Reach
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.union import TestUnion, settle


@pytest.fixture
async def unions(databases: Databases, clock: FakeClock) -> AsyncIterator[tuple[TestUnion, TestUnion]]:
    internet = FakeInternet()
    nurses = await TestUnion.start(internet, "nurses.test", databases.with_tables(), clock)
    clerks = await TestUnion.start(internet, "clerks.test", databases.with_tables(), clock)
    await nurses.member("ana")
    await clerks.member("ben")
    yield nurses, clerks
    await nurses.close()
    await clerks.close()


async def test_a_post_reaches_the_home_timeline_of_a_follower_elsewhere(
    unions: tuple[TestUnion, TestUnion],
) -> None:
    nurses, clerks = unions
    await clerks.follow("ben", "ana@nurses.test")
    await settle(nurses, clerks)
    await nurses.post("ana", "Night shifts are too long")
    await settle(nurses, clerks)
    assert await clerks.home("ben") == ["Night shifts are too long"]


async def test_a_followers_only_post_reaches_a_follower_and_nobody_else(
    unions: tuple[TestUnion, TestUnion],
) -> None:
    nurses, clerks = unions
    await clerks.member("eve")
    await clerks.follow("ben", "ana@nurses.test")
    await settle(nurses, clerks)
    await nurses.post("ana", "For those who follow me", audience=Audience.FOLLOWERS)
    await settle(nurses, clerks)
    assert await clerks.home("ben") == ["For those who follow me"]
    assert await clerks.home("eve") == []


async def test_a_reply_from_elsewhere_reaches_the_one_who_was_answered(
    unions: tuple[TestUnion, TestUnion], clock: FakeClock
) -> None:
    nurses, clerks = unions
    await clerks.follow("ben", "ana@nurses.test")
    await nurses.follow("ana", "ben@clerks.test")
    await settle(nurses, clerks)
    question = await nurses.post("ana", "Who works on Sunday?")
    await settle(nurses, clerks)
    clock.advance(seconds=60)
    answer = await clerks.post("ben", "@ana@nurses.test I do", in_reply_to=question.uri)
    await settle(nurses, clerks)
    stored = await nurses.find_post(answer.uri)
    assert stored is not None
    assert stored.in_reply_to_id == question.id
    assert await nurses.home("ana") == ["@ana I do", "Who works on Sunday?"]


async def test_a_hidden_member_cannot_be_followed_from_elsewhere(
    unions: tuple[TestUnion, TestUnion],
) -> None:
    nurses, clerks = unions
    await nurses.member("heron", reach=Reach.HIDDEN)
    with pytest.raises(Exception, match=r"not found|does not exist"):
        await clerks.follow("ben", "heron@nurses.test")
