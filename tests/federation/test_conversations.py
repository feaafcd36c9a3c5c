"""Talking across three unions: replies, boosts, likes, polls, edits and deletions."""

from datetime import timedelta

from sqlalchemy.orm import Session

from fediunion.social.posts.models import Poll
from fediunion.social.posts.service.publishing import PollDraft
from tests.fakes.union import TestUnion
from tests.federation import acts
from tests.federation.conftest import ThreeUnions


async def test_a_boost_brings_a_post_to_a_third_union_and_counts_at_home(unions: ThreeUnions) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    await clerks.follow("ben", "ana@nurses.test")
    await drivers.follow("chris", "ben@clerks.test")
    await unions.settle()
    post = await nurses.post("ana", "Please pass this on")
    await unions.settle()

    await acts.boost(clerks, "ben", post.uri)
    await unions.settle()
    assert await drivers.home("chris") == ["Please pass this on"]
    assert await acts.counts(nurses, post.uri) == (0, 1, 0)

    await acts.favourite(drivers, "chris", post.uri)
    await unions.settle()
    assert await acts.counts(nurses, post.uri) == (0, 1, 1)

    await acts.unboost(clerks, "ben", post.uri)
    await unions.settle()
    assert await drivers.home("chris") == []
    assert await acts.counts(nurses, post.uri) == (0, 0, 1)


async def test_a_thread_of_three_unions_is_whole_where_it_began(unions: ThreeUnions) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    await clerks.follow("ben", "ana@nurses.test")
    await drivers.follow("chris", "ben@clerks.test")
    await unions.settle()
    question = await nurses.post("ana", "Who strikes on Monday?")
    await unions.settle()
    answer = await clerks.post("ben", "@ana@nurses.test we do", in_reply_to=question.uri)
    await unions.settle()
    second = await drivers.post("chris", "@ben@clerks.test @ana@nurses.test so do we", in_reply_to=answer.uri)
    await unions.settle()

    for union in (nurses, clerks, drivers):
        found = [await union.find_post(each.uri) for each in (question, answer, second)]
        assert all(found), union.domain
        first, reply, reply_to_reply = found
        assert first is not None
        assert reply is not None
        assert reply_to_reply is not None
        assert (reply.in_reply_to_id, reply_to_reply.in_reply_to_id) == (first.id, reply.id), union.domain
        assert {first.thread_id, reply.thread_id, reply_to_reply.thread_id} == {first.id}, union.domain


async def test_a_poll_is_answered_from_three_unions_and_ends_alike_in_all(unions: ThreeUnions) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    await clerks.follow("ben", "ana@nurses.test")
    await drivers.follow("chris", "ana@nurses.test")
    await unions.settle()
    ends_at = unions.clock.now() + timedelta(hours=6)
    poll = PollDraft(options=["Monday", "Tuesday"], ends_at=ends_at)
    question = await nurses.post("ana", "Which day?", poll=poll)
    await unions.settle()

    with acts.listening(unions.internet) as delivered:
        await acts.vote(clerks, "ben", question.uri, [1])
        await acts.vote(drivers, "chris", question.uri, [1])
        await acts.vote(nurses, "dora", question.uri, [0])
        await unions.settle()
    votes = [request.url for request in delivered if b'"Tuesday"' in (request.body or b"")]
    assert all(url.startswith("https://nurses.test/") for url in votes[:2])

    await unions.pass_time(hours=7)
    for union in (nurses, clerks, drivers):
        shown = await _poll_of(union, question.uri)
        assert [option["votes"] for option in shown.options] == [1, 2], union.domain
        assert shown.voters_count == 3
        assert shown.closed_at is not None


async def test_posts_of_one_minute_stay_in_order_though_only_the_minute_is_told(
    unions: ThreeUnions,
) -> None:
    nurses, clerks = unions.nurses, unions.clerks
    await clerks.follow("ben", "ana@nurses.test")
    await unions.settle()
    for number in range(8):
        unions.clock.advance(seconds=5)
        await nurses.post("ana", f"Part {number}")
        await unions.settle()
    assert await clerks.home("ben") == [f"Part {number}" for number in reversed(range(8))]


async def test_an_edit_and_a_deletion_reach_everybody_who_has_the_post(unions: ThreeUnions) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    await clerks.follow("ben", "ana@nurses.test")
    await nurses.actor("chris@drivers.test")
    await unions.settle()
    post = await nurses.post("ana", "@chris@drivers.test lift at six")
    await unions.settle()
    unions.clock.advance(minutes=5)
    await acts.edit(nurses, "ana", post.uri, "@chris@drivers.test lift at seven")
    await unions.settle()
    for union in (clerks, drivers):
        stored = await union.find_post(post.uri)
        assert stored is not None
        assert "seven" in stored.content
        assert stored.edited_at is not None

    with acts.listening(unions.internet) as delivered:
        await acts.withdraw(nurses, "ana", post.uri)
        await unions.settle()
    assert acts.hosts_told(delivered, "Delete", post.uri) == ["clerks.test", "drivers.test"]
    assert not await acts.sees(clerks, "ben", post.uri)
    assert not await acts.sees(drivers, "chris", post.uri)
    assert await clerks.home("ben") == []


async def test_who_liked_a_post_on_a_third_server_is_told_of_its_deletion(unions: ThreeUnions) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    await clerks.follow("ben", "ana@nurses.test")
    await drivers.follow("chris", "ben@clerks.test")
    await unions.settle()
    post = await nurses.post("ana", "I may regret this")
    await unions.settle()
    await acts.boost(clerks, "ben", post.uri)
    await unions.settle()
    await acts.favourite(drivers, "chris", post.uri)
    await unions.settle()

    await acts.withdraw(nurses, "ana", post.uri)
    await unions.settle()
    assert not await acts.sees(drivers, "chris", post.uri)
    assert await drivers.home("chris") == []


async def _poll_of(union: TestUnion, uri: str) -> Poll:
    post = await union.find_post(uri)
    assert post is not None
    post_id = post.id

    def load(session: Session) -> Poll:
        return session.get_one(Poll, post_id)

    return await union.world.db.read(load)
