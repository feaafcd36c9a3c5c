"""Threads across unions: who opens one gets what is elsewhere, a moment later."""

from sqlalchemy.orm import Session

from fediunion.social.posts.jobs.threads import want_thread
from fediunion.social.posts.queries import find_post_by_uri
from tests.fakes.union import TestUnion
from tests.federation.conftest import ThreeUnions


async def test_opening_a_thread_fetches_the_replies_of_people_nobody_here_follows(
    unions: ThreeUnions,
) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    await clerks.follow("ben", "ana@nurses.test")
    await drivers.follow("chris", "ana@nurses.test")
    await unions.settle()
    asked = await nurses.post("ana", "Who has the night shift?")
    await unions.settle()
    answered = await drivers.post("chris", "I have", in_reply_to=asked.uri)
    await unions.settle()
    assert await clerks.find_post(answered.uri) is None

    await _open_thread(clerks, asked.uri)
    await unions.settle()
    fetched = await clerks.find_post(answered.uri)
    assert fetched is not None
    assert fetched.in_reply_to_uri == asked.uri
    assert await clerks.home("ben") == ["Who has the night shift?"]


async def test_opening_a_thread_twice_in_a_quarter_of_an_hour_asks_once(unions: ThreeUnions) -> None:
    nurses, clerks = unions.nurses, unions.clerks
    await clerks.follow("ben", "ana@nurses.test")
    await unions.settle()
    post = await nurses.post("ana", "Who has the night shift?")
    await unions.settle()
    await _open_thread(clerks, post.uri)
    await unions.settle()
    before = len(unions.internet.requests_to("nurses.test"))
    await _open_thread(clerks, post.uri)
    await unions.settle()
    assert len(unions.internet.requests_to("nurses.test")) == before
    unions.clock.advance(16 * 60)
    await _open_thread(clerks, post.uri)
    await unions.settle()
    assert len(unions.internet.requests_to("nurses.test")) > before


async def _open_thread(union: TestUnion, uri: str) -> None:
    def work(session: Session) -> None:
        post = find_post_by_uri(session, uri)
        assert post is not None
        want_thread(session, post)

    await union.world.db.write(work)
