"""What an event costs: it is read once for all who listen, and rendered once for all who see the same."""

from collections import Counter
from collections.abc import Callable
from typing import Any, cast

from sqlalchemy.orm import Session

from fediunion.api.streaming import audience
from fediunion.db import Database
from fediunion.social.timelines.messages import STREAM, Kind
from fediunion.world import World
from tests.api.rig import Client, Rig
from tests.api.streaming.listening import Socket, told
from tests.social.plans import full_scans, plan_of, statements_of


class CountingDatabase:
    """A database that counts the units that read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.reads: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def read(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Read, and count it."""
        self.reads[work.__name__] += 1
        return await self._database.read(work, *arguments)


async def readers_of(rig: Rig, author: Client, count: int) -> list[Client]:
    readers = [await rig.member(f"reader{number}") for number in range(count)]
    for reader in readers:
        await reader.post(f"/api/v1/accounts/{author.id}/follow")
    return readers


async def test_a_post_is_read_and_rendered_once_however_many_listen(rig: Rig, ana: Client) -> None:
    readers = await readers_of(rig, ana, 12)
    counting = CountingDatabase(rig.world.db)
    world = World(rig.world.settings, rig.clock, cast("Database", counting), rig.world.client)
    sockets = [
        await Socket.open(world, query={"access_token": each.bearer, "stream": "user"}) for each in readers
    ]
    sockets += [await Socket.open(world, query={"stream": "public"}) for _ in range(5)]
    counting.reads.clear()
    await ana.publish("Hello")
    frames = [await socket.frames() for socket in sockets]
    assert [told(each) for each in frames] == [[("user", "update")]] * 12 + [[("public", "update")]] * 5
    # Once for who gets it; then what it shows, once for members and once for strangers.
    # And who has filters, which is asked again only when somebody changes theirs.
    assert counting.reads == {"reach_of": 1, "gather": 2, "make_parts": 2, "find_owners": 1}
    for socket in sockets:
        await socket.leave()


async def test_whom_a_post_reaches_is_found_by_indexes_in_as_many_statements_for_all(
    rig: Rig, ana: Client
) -> None:
    readers = await readers_of(rig, ana, 8)
    post = (await rig.posts(ana, ["Hello"]))[0]

    def unit(session: Session) -> None:
        def reach(count: int) -> Callable[[Session], audience.Reached]:
            ids = [each.actor_id for each in readers[:count]]
            present = audience.Present(homes=ids, public=ids, strangers=True, tokens=[1])
            return lambda session: audience.reach_of(session, post.id, present)

        few, ran_for_few = statements_of(session, reach(2))
        many, ran_for_many = statements_of(session, reach(8))
        assert (len(few.homes), len(many.homes)) == (2, 8)
        assert len(ran_for_few) == len(ran_for_many) <= 12
        assert full_scans(plan_of(session, reach(8))) == []

    await rig.world.db.read(unit)


async def test_a_message_is_numbers_and_far_below_what_a_notification_carries(rig: Rig, ana: Client) -> None:
    heard: list[str] = []
    rig.world.db.subscribe(STREAM, heard.append)
    status = await ana.publish("Words that stay in the database #tag")
    await ana.ask("DELETE", f"/api/v1/statuses/{status['id']}")
    kinds = {text.split(" ")[1] for text in heard}
    assert {Kind.UPDATE, Kind.DELETE} <= kinds
    for text in heard:
        number, _, *ids = text.split(" ")
        assert all(part.isdigit() for part in (number, *ids))
        assert len(text) < 200


async def test_nothing_is_read_while_nobody_listens(rig: Rig, ana: Client) -> None:
    counting = CountingDatabase(rig.world.db)
    world = World(rig.world.settings, rig.clock, cast("Database", counting), rig.world.client)
    socket = await Socket.open(world, query={"stream": "public"})
    await socket.leave()
    counting.reads.clear()
    await ana.publish("Hello")
    await socket.hub.settle()
    assert counting.reads == {}
