"""People across three unions: asking to follow, blocking, moving, leaving, and not being there at all."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, Reach
from fediunion.actors.remote import refresh_actor
from fediunion.kit.errors import FediUnionError
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.posts.models import Post
from tests.fakes.union import TestUnion
from tests.federation import acts
from tests.federation.conftest import ThreeUnions


async def test_a_followable_member_is_read_by_whom_she_lets_in_and_nobody_else(unions: ThreeUnions) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    await acts.join(nurses, "flora", reach=Reach.FOLLOWABLE)
    await clerks.follow("ben", "flora@nurses.test")
    await drivers.follow("chris", "flora@nurses.test")
    await unions.settle()
    assert await _state(clerks, "ben", "flora@nurses.test") == FollowState.REQUESTED

    await acts.accept(nurses, "flora", "ben@clerks.test")
    await acts.refuse(nurses, "flora", "chris@drivers.test")
    await unions.settle()
    assert await _state(clerks, "ben", "flora@nurses.test") == FollowState.ACCEPTED
    assert await _state(drivers, "chris", "flora@nurses.test") is None

    post = await nurses.post("flora", "As public as I get", audience=Audience.PUBLIC)
    await unions.settle()
    assert post.audience == Audience.FOLLOWERS
    assert await clerks.home("ben") == ["As public as I get"]
    assert await drivers.find_post(post.uri) is None


async def test_a_removed_follower_gets_nothing_any_more(unions: ThreeUnions) -> None:
    nurses, clerks = unions.nurses, unions.clerks
    await clerks.follow("ben", "ana@nurses.test")
    await unions.settle()
    await acts.refuse(nurses, "ana", "ben@clerks.test")
    await unions.settle()
    await nurses.post("ana", "Just for those I trust", audience=Audience.FOLLOWERS)
    await unions.settle()
    assert await clerks.home("ben") == []
    assert await _state(clerks, "ben", "ana@nurses.test") is None


async def test_a_block_ends_follows_both_ways_and_is_not_sent(unions: ThreeUnions) -> None:
    nurses, clerks = unions.nurses, unions.clerks
    await clerks.follow("ben", "ana@nurses.test")
    await nurses.follow("ana", "ben@clerks.test")
    await unions.settle()
    with acts.listening(unions.internet) as delivered:
        await acts.block(nurses, "ana", "ben@clerks.test")
        await unions.settle()
    assert not [request for request in delivered if b'"Block"' in (request.body or b"")]
    assert await _state(clerks, "ben", "ana@nurses.test") is None
    assert await _state(nurses, "ana", "ben@clerks.test") is None

    await clerks.follow("ben", "ana@nurses.test")
    await clerks.post("ben", "@ana@nurses.test answer me")
    await unions.settle()
    assert await _state(clerks, "ben", "ana@nurses.test") != FollowState.ACCEPTED
    assert await nurses.home("ana") == []


async def test_followers_go_along_when_a_member_moves_to_another_union(unions: ThreeUnions) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    await acts.join(drivers, "ana")
    await clerks.follow("ben", "ana@nurses.test")
    await nurses.follow("dora", "ana@nurses.test")
    await unions.settle()

    await acts.alias(drivers, "ana", "ana@nurses.test")
    await acts.move(nurses, "ana", "ana@drivers.test")
    await unions.settle()
    for union, name in ((clerks, "ben"), (nurses, "dora")):
        assert await _state(union, name, "ana@drivers.test") == FollowState.ACCEPTED, name
        assert await _state(union, name, "ana@nurses.test") is None, name

    await drivers.post("ana", "Greetings from the depot")
    await unions.settle()
    assert await clerks.home("ben") == await nurses.home("dora") == ["Greetings from the depot"]


async def test_nobody_is_moved_to_an_account_that_does_not_name_the_old_one(unions: ThreeUnions) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    await clerks.follow("ben", "ana@nurses.test")
    await unions.settle()
    with pytest.raises(FediUnionError):
        await acts.move(nurses, "ana", "chris@drivers.test")
    await unions.settle()
    assert await _state(clerks, "ben", "ana@nurses.test") == FollowState.ACCEPTED
    assert await _state(clerks, "ben", "chris@drivers.test") is None
    assert await drivers.home("chris") == []


async def test_J10_a_member_who_leaves_is_deleted_exactly_where_she_was_known(unions: ThreeUnions) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    await clerks.follow("ben", "ana@nurses.test")
    await unions.settle()
    posts = [await nurses.post("ana", f"Number {number}") for number in range(12)]
    await unions.settle()
    assert len(await clerks.home("ben")) == 12
    await nurses.actor("chris@drivers.test")

    with acts.listening(unions.internet) as delivered:
        await acts.erase(nurses, "ana")
        await unions.settle()
    ana = "https://nurses.test/actors/ana"
    assert set(acts.hosts_told(delivered, "Delete", ana)) == {"clerks.test"}
    assert await drivers.find_post(posts[0].uri) is None
    assert await clerks.home("ben") == []
    assert await _words_left(clerks, ana) == []
    assert await _words_left(nurses, ana) == []
    with pytest.raises(FediUnionError, match=r"gone|deleted|Gone"):
        await refresh_actor(drivers.world, ana)


async def test_J10_a_server_that_is_down_hears_of_an_erasure_when_it_is_back(unions: ThreeUnions) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    await clerks.follow("ben", "ana@nurses.test")
    await drivers.follow("chris", "ana@nurses.test")
    await unions.settle()
    await nurses.post("ana", "Remember me")
    await unions.settle()

    unions.internet.fail("drivers.test", 503)
    await acts.erase(nurses, "ana")
    await unions.settle()
    assert await clerks.home("ben") == []
    assert await drivers.home("chris") == ["Remember me"]
    await unions.pass_time(hours=72, step_hours=6)
    unions.internet.mend("drivers.test")
    await unions.pass_time(hours=48, step_hours=6)
    assert await drivers.home("chris") == []


async def _state(union: TestUnion, follower: str, followed: str) -> str | None:
    follower_id, followed_id = (await union.actor(follower)).id, (await union.actor(followed)).id

    def load(session: Session) -> str | None:
        pair = (Follow.follower_id == follower_id, Follow.followed_id == followed_id)
        return session.scalar(select(Follow.state).where(*pair))

    return await union.world.db.read(load)


async def _words_left(union: TestUnion, author_uri: str) -> list[str]:
    """Return what a union still has of the words and the name of somebody."""

    def load(session: Session) -> list[str]:
        actor = session.scalar(select(Actor).where(Actor.uri == author_uri))
        if actor is None:
            return []
        contents = session.scalars(select(Post.content).where(Post.author_id == actor.id)).all()
        return [text for text in (*contents, actor.display_name, actor.summary) if text]

    return await union.world.db.read(load)
