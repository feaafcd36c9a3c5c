"""Fetching what an activity needs: it holds up nobody else, and loses and reorders nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Collection

import pytest
from sqlalchemy.orm import Session

from fediunion.inbox.collector import PROCESS_JOB
from fediunion.inbox.fetching import FETCH_JOB, PATIENT_JOB, InboxFetcher
from fediunion.inbox.rules import Rules
from fediunion.inbox.runs import Wiring
from fediunion.inbox.turns import Pace, SlowServers
from fediunion.jobs.models import Job
from fediunion.jobs.run import Runner, run_due
from fediunion.kit.asgi import Message, Receive, Send
from tests.fakes.stranger import StrangeActor, Stranger
from tests.inbox.rig import ALICE, RULES, SHARED, Rig

UNHURRIED = Pace(seconds=600.0, at_once=8, at_once_of_a_domain=2, waits=True)


class Reluctant:
    """What a stranger becomes that answers no GET until `open` is set; `most` is how many waited at once."""

    def __init__(self, stranger: Stranger) -> None:
        self._stranger = stranger
        self.open = asyncio.Event()
        self.waiting = self.most = 0
        stranger.internet.join(stranger.authority, self)

    async def is_asked(self) -> bool:
        """Return whether somebody waits for an answer."""
        return self.waiting > 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request, some time."""
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        await self.open.wait()
        self.waiting -= 1
        await self._stranger(scope, receive, send)


async def known(rig: Rig, *actors: StrangeActor) -> None:
    """Let actors and their keys be known."""
    for actor in actors:
        assert (await actor.post(SHARED, actor.activity("Follow", ALICE))).status == 202
    await rig.settle()


async def settle(rig: Rig, kinds: Collection[str]) -> None:
    """Run the jobs of some kinds alone until none is due."""
    handlers = {kind: handler for kind, handler in rig.handlers.items() if kind in kinds}
    while await run_due(rig.world, handlers):
        pass


async def kinds_of_jobs(rig: Rig) -> list[str]:
    """Return the kind of each job of the inbox, in order."""

    def read(session: Session) -> list[str]:
        of_inbox = session.query(Job).filter(Job.kind.startswith("inbox."))
        return [job.kind for job in of_inbox.order_by(Job.id)]

    return await rig.world.db.read(read)


async def until(happened: Callable[[], Awaitable[bool]]) -> None:
    """Return once something has happened."""
    async with asyncio.timeout(60):
        while not await happened():  # noqa: ASYNC110  # rows and requests come without an event
            await asyncio.sleep(0.02)


async def test_a_server_that_does_not_answer_holds_up_nobodys_inbox(
    rig: Rig, alice: StrangeActor, mallory: StrangeActor
) -> None:
    await known(rig, alice, mallory)
    evil = Reluctant(mallory.server)
    for number in range(33):
        create = mallory.activity("Create", f"https://evil.example/notes/{number}", to=[ALICE])
        assert (await mallory.post(SHARED, create)).status == 202
    stop = asyncio.Event()
    worker = asyncio.create_task(Runner(rig.world, rig.handlers).run_forever(stop))
    try:
        await until(evil.is_asked)
        honest = alice.create(alice.note())
        assert (await alice.post(SHARED, honest)).status == 202

        async def is_done() -> bool:
            return await rig.outcome(honest["id"]) == "done"

        await until(is_done)
    finally:
        evil.open.set()
        stop.set()
        await worker


async def test_what_needs_the_network_leaves_the_lane_of_all(rig: Rig, alice: StrangeActor) -> None:
    await known(rig, alice)
    fetches = len(alice.server.fetches())
    announce = alice.activity("Announce", alice.note()["id"])
    assert (await alice.post(SHARED, announce)).status == 202
    await settle(rig, [PROCESS_JOB])
    assert len(alice.server.fetches()) == fetches
    assert await rig.outcome(announce["id"]) == ""
    assert await kinds_of_jobs(rig) == [FETCH_JOB]
    await rig.settle()
    assert await rig.outcome(announce["id"]) == "done"


async def test_a_domain_is_asked_twice_at_once_and_others_beside_it(
    rig: Rig, alice: StrangeActor, mallory: StrangeActor, victim: StrangeActor
) -> None:
    await known(rig, alice, mallory)
    fetcher = InboxFetcher(Wiring(Rules(RULES), rig.rejections), UNHURRIED)
    evil, asked = Reluctant(mallory.server), victim.note()
    announces = [mallory.activity("Announce", mallory.note()["id"]) for _ in range(6)]
    for announce in (*announces, alice.activity("Announce", asked["id"])):
        actor = alice if announce["actor"] == alice.uri else mallory
        assert (await actor.post(SHARED, announce)).status == 202
    rows = [row.id for row in await rig.rows() if row.activity_type == "Announce"]
    payloads = [{"ids": [row], "attempt": 0} for row in rows]
    running = asyncio.create_task(fetcher.handle(rig.world, payloads))

    async def others_are_asked() -> bool:
        return evil.waiting == 2 and victim.server.fetches(victim.uri) != []

    try:
        await until(others_are_asked)
    finally:
        evil.open.set()
    assert await running == [None] * 7
    assert evil.most == 2
    assert {row.outcome for row in await rig.rows()} == {"done"}


async def test_a_server_known_to_be_slow_is_left_to_those_who_wait(rig: Rig, alice: StrangeActor) -> None:
    await known(rig, alice)
    note = alice.note()
    rig.world.part(SlowServers).slow.note("good.example", "good.example")
    assert (await alice.post(SHARED, alice.activity("Announce", note["id"]))).status == 202
    await settle(rig, [PROCESS_JOB, FETCH_JOB])
    assert await kinds_of_jobs(rig) == [PATIENT_JOB]
    assert alice.server.fetches(note["id"]) == []
    await rig.settle()
    assert await kinds_of_jobs(rig) == []
    assert await rig.kind_of(note["id"]) == "post"


async def test_what_takes_too_long_is_left_to_those_who_wait_and_then_tried_again(
    rig: Rig, alice: StrangeActor, mallory: StrangeActor
) -> None:
    await known(rig, alice, mallory)
    wiring = Wiring(Rules(RULES), rig.rejections)
    short = Pace(seconds=0.05, at_once=8, at_once_of_a_domain=2, waits=False)
    evil = Reluctant(mallory.server)
    announce = mallory.activity("Announce", mallory.note()["id"])
    assert (await mallory.post(SHARED, announce)).status == 202
    await settle(rig, [PROCESS_JOB])
    payloads = [{"ids": [(await rig.rows())[-1].id], "attempt": 0}]
    assert await InboxFetcher(wiring, short, if_slow=PATIENT_JOB).handle(rig.world, payloads) == [None]
    assert await kinds_of_jobs(rig) == [FETCH_JOB, PATIENT_JOB]
    assert await InboxFetcher(wiring, short).handle(rig.world, payloads) == [None]
    assert await kinds_of_jobs(rig) == [FETCH_JOB, PATIENT_JOB, PROCESS_JOB]
    evil.open.set()
    await rig.settle()
    assert await rig.outcome(announce["id"]) == "done"


async def test_L02_a_worker_that_dies_after_it_handed_on_a_fetch_neither_loses_nor_doubles_it(
    rig: Rig, alice: StrangeActor
) -> None:
    await known(rig, alice)
    announce = alice.activity("Announce", alice.note()["id"])
    assert (await alice.post(SHARED, announce)).status == 202
    row = (await rig.rows())[-1].id
    process = rig.handlers[PROCESS_JOB].handle
    for _ in range(2):
        assert await process(rig.world, [{"ids": [row]}]) == [None]
    assert await kinds_of_jobs(rig) == [PROCESS_JOB, FETCH_JOB]
    await rig.settle()
    assert await rig.outcome(announce["id"]) == "done"


@pytest.mark.parametrize("kind", ["Delete", "Undo"])
async def test_L20_what_is_taken_back_while_it_is_fetched_stays_away(
    rig: Rig, alice: StrangeActor, kind: str
) -> None:
    await known(rig, alice)
    note = alice.note()
    named = alice.activity("Create" if kind == "Delete" else "Announce", note["id"], to=[ALICE])
    back = alice.activity(kind, note["id"] if kind == "Delete" else named["id"])
    for activity in (named, back):
        assert (await alice.post(SHARED, activity)).status == 202
    await settle(rig, [PROCESS_JOB])
    assert await rig.outcome(back["id"]) != ""
    await rig.settle()
    assert (await rig.outcome(named["id"])).startswith("ignored")
    assert await rig.kind_of(note["id"] if kind == "Delete" else named["id"]) == "tombstone"


@pytest.mark.parametrize("at_once", [True, False], ids=["together", "one after the other"])
async def test_L20_what_comes_off_a_list_waits_for_what_goes_onto_it(
    rig: Rig, alice: StrangeActor, at_once: bool
) -> None:
    await known(rig, alice)
    note, featured = alice.note(), f"{alice.uri}/featured"
    add, remove = (alice.activity(kind, note["id"], target=featured) for kind in ("Add", "Remove"))
    for activity in (add, remove):
        assert (await alice.post(SHARED, activity)).status == 202
        if not at_once:
            await settle(rig, [PROCESS_JOB])
    await settle(rig, [PROCESS_JOB])
    rig.clock.advance(300)
    await settle(rig, [PROCESS_JOB])
    assert [await rig.outcome(each["id"]) for each in (add, remove)] == ["", ""]
    await settle(rig, [FETCH_JOB])
    assert await rig.outcome(add["id"]) != ""
    assert await rig.outcome(remove["id"]) == ""
    rig.clock.advance(300)
    await rig.settle()
    assert await rig.outcome(remove["id"]) != ""


async def test_what_comes_off_a_list_at_once_with_what_goes_onto_it_is_processed_with_it(
    rig: Rig, alice: StrangeActor
) -> None:
    note, featured = alice.note(), f"{alice.uri}/featured"
    await known(rig, alice)
    assert (await alice.post(SHARED, alice.create(note))).status == 202
    await rig.settle()
    add, remove = (alice.activity(kind, note["id"], target=featured) for kind in ("Add", "Remove"))
    for activity in (add, remove):
        assert (await alice.post(SHARED, activity)).status == 202
    await settle(rig, [PROCESS_JOB])
    assert "" not in [await rig.outcome(each["id"]) for each in (add, remove)]
