"""A union that is away for a day: what was sent to it waits, what it missed is asked for."""

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.jobs.queue import enqueue
from fediunion.kit.asgi import Message, Receive, Send
from fediunion.kit.errors import Unreachable
from tests.fakes.union import TestUnion
from tests.federation import acts
from tests.federation.conftest import ThreeUnions


async def test_a_union_that_was_down_for_a_day_gets_everything_in_order(unions: ThreeUnions) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    await clerks.follow("ben", "ana@nurses.test")
    await drivers.follow("chris", "ana@nurses.test")
    await unions.settle()

    unions.internet.fail("drivers.test", Unreachable("drivers.test is down", reason="refused"))
    first = await nurses.post("ana", "First", audience=Audience.FOLLOWERS)
    await unions.pass_time(hours=8)
    second = await nurses.post("ana", "Second", audience=Audience.FOLLOWERS)
    await acts.edit(nurses, "ana", first.uri, "First, mended")
    await unions.pass_time(hours=8)
    await nurses.post("ana", "Third", audience=Audience.FOLLOWERS)
    await acts.withdraw(nurses, "ana", second.uri)
    await unions.pass_time(hours=8)
    assert await clerks.home("ben") == ["Third", "First, mended"]
    assert await drivers.home("chris") == []

    unions.internet.mend("drivers.test")
    await unions.pass_time(hours=24)
    assert await drivers.home("chris") == ["Third", "First, mended"]
    assert not await acts.sees(drivers, "chris", second.uri)


async def test_a_union_that_is_down_costs_the_others_a_few_knocks_only(unions: ThreeUnions) -> None:
    nurses, drivers = unions.nurses, unions.drivers
    await drivers.follow("chris", "ana@nurses.test")
    await unions.settle()
    unions.internet.fail("drivers.test", Unreachable("drivers.test is down", reason="refused"))
    with acts.listening(unions.internet) as delivered:
        for number in range(24):
            await nurses.post("ana", f"Number {number}")
            await unions.pass_time(hours=1)
    assert 5 <= len(delivered) <= 60

    unions.internet.mend("drivers.test")
    await unions.pass_time(hours=24)
    assert await drivers.home("chris") == [f"Number {number}" for number in reversed(range(24))]


async def test_what_was_given_up_meanwhile_is_read_from_outboxes_after_our_own_outage(
    unions: ThreeUnions,
) -> None:
    nurses, drivers = unions.nurses, unions.drivers
    await drivers.follow("chris", "ana@nurses.test")
    await unions.settle()
    await _look_for_an_outage(drivers)
    await unions.settle()

    # A server that gives up within minutes, as some do: what it delivered meanwhile is lost.
    unions.internet.fail("drivers.test", 404)
    await nurses.post("ana", "While you were out")
    for _ in range(14):
        unions.clock.advance(hours=12)
        while await nurses.work():
            pass
    unions.internet.mend("drivers.test")
    assert await drivers.home("chris") == []

    await _look_for_an_outage(drivers)
    await unions.pass_time(hours=1, step_hours=0.25)
    assert await drivers.home("chris") == ["While you were out"]


async def test_a_delivery_that_comes_twice_is_shown_once(unions: ThreeUnions) -> None:
    nurses, clerks = unions.nurses, unions.clerks
    await clerks.follow("ben", "ana@nurses.test")
    await unions.settle()
    answers_lost = _LostAnswers(clerks)
    unions.internet.join("clerks.test", answers_lost)
    await nurses.post("ana", "Twice is too often")
    await unions.pass_time(hours=2)
    assert answers_lost.lost == 1
    unions.internet.join("clerks.test", clerks.app)
    assert await clerks.home("ben") == ["Twice is too often"]


class _LostAnswers:
    """A server whose first answer to a delivery does not come through, though it was processed."""

    def __init__(self, union: TestUnion) -> None:
        self.lost = 0
        self._app = union.app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST" or self.lost:
            await self._app(scope, receive, send)
            return
        self.lost += 1

        async def forget(_message: Message) -> None:
            pass

        await self._app(scope, receive, forget)
        raise Unreachable("the connection was lost", reason="reset")


async def _look_for_an_outage(union: TestUnion) -> None:
    """Run what a worker does every ten minutes."""

    def ask(session: Session) -> None:
        enqueue(session, "posts.notice_outage")

    await union.world.db.write(ask)
