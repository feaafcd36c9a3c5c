"""Rows S33, R01, R02, R10 and L21 at the front door: floods cost the others next to nothing."""

import asyncio
from collections import Counter
from pathlib import Path

from fediunion.actors.key_fetches import SenderKeys
from fediunion.actors.models import Actor, Instance
from fediunion.app.metrics import Metrics
from fediunion.inbox.models import InboxRejection
from fediunion.inbox.rejections import OTHER_HOSTS
from tests.attacks.front import BASE, SHARED, Front, statements
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.stranger import StrangeActor

_JSON = [("content-type", "application/activity+json")]


async def test_S33_a_thousand_keys_on_dead_hosts_do_not_keep_an_honest_peer_out(
    front: Front, gail: StrangeActor, mallory: StrangeActor
) -> None:
    assert (await gail.post(SHARED, gail.activity("Like", "https://x.example/0"))).status == 202
    already = len(front.internet.requests)
    codes: Counter[int] = Counter()
    honest: list[int] = []
    for number in range(1000):
        key_id = f"https://dead{number}.example/u#main-key"
        answer = await mallory.post(SHARED, b'{"id":"https://evil.example/1"}', key_id=key_id)
        codes[answer.status] += 1
        assert answer.headers["retry-after"]
        if number % 100 == 0:
            like = gail.activity("Like", f"https://x.example/{number}")
            honest.append((await gail.post(SHARED, like)).status)
    tried = [each for each in front.internet.requests[already:] if "/dead" in each.url]
    assert codes == {503: 1000}
    assert len(tried) <= 60
    assert honest == [202] * 10
    assert await front.count(Actor, Actor.host.startswith("dead")) == 0
    assert await front.count(Instance, Instance.host.startswith("dead")) == 0


async def test_R01_who_sends_too_much_is_told_to_wait_and_others_are_not(
    databases: Databases, tmp_path: Path, clock: FakeClock
) -> None:
    limits = {"enabled": True, "inbox_per_host_per_minute": 30}
    front = await Front.open(databases.with_tables(), tmp_path, clock, **limits)
    mallory = await front.stranger("evil.example", "mallory")
    other = await front.stranger("sub.evil.example", "twin")
    gail = await front.stranger("good.example", "gail")
    deletes = [mallory.activity("Delete", f"https://evil.example/{number}") for number in range(60)]
    answers = [await mallory.post(SHARED, delete) for delete in deletes]
    assert Counter(answer.status for answer in answers) == {202: 30, 429: 30}
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in answers[30:])
    assert (await other.post(SHARED, other.activity("Like", "https://x.example/1"))).status == 429
    assert (await gail.post(SHARED, gail.activity("Like", "https://x.example/1"))).status == 202
    await front.settle()
    assert all([await front.outcome(delete["id"]) != "" for delete in deletes[:30]])
    await front.close()


async def test_R02_an_unsigned_flood_reaches_neither_database_nor_keys(front: Front) -> None:
    with statements() as executed:
        for path in ("/inbox", "/actors/ana/inbox", "/actors/nobody/inbox"):
            for _ in range(100):
                answer = await front.ask("POST", path, headers=_JSON, body=b"{}")
                assert answer.status == 401
    assert executed == []
    assert front.union.world.part(SenderKeys).waiting == 0


async def test_R10_a_day_of_made_up_hosts_makes_a_bounded_number_of_rows(front: Front) -> None:
    rejections = front.union.world.part(Metrics).rejections
    for burst in range(14):
        for number in range(900):
            rejections.count("key-absent", f"h{burst}-{number}.example")
        await rejections.flush()
    assert await front.count(InboxRejection) <= 10_001
    assert await front.count(InboxRejection, InboxRejection.host == OTHER_HOSTS) == 1
    front.clock.advance(days=1)
    rejections.count("key-absent", "tomorrow.example")
    await rejections.flush()
    assert await front.count(InboxRejection, InboxRejection.host == "tomorrow.example") == 1


async def test_R10_what_is_remembered_of_made_up_names_is_bounded(
    front: Front, mallory: StrangeActor
) -> None:
    assert (await mallory.post(SHARED, mallory.activity("Like", "https://x.example/1"))).status == 202
    with statements() as executed:
        like = mallory.activity("Like", "https://x.example/1")
        answer = await mallory.post(f"{BASE}/actors/{'q' * 3000}/inbox", like)
    assert answer.status == 404
    assert executed == []


async def test_L21_a_herd_that_wants_one_note_leaves_the_inbox_free(front: Front, gail: StrangeActor) -> None:
    """Three hundred in one process; five thousand hosts are in the benchmarks (row R05)."""
    post = await front.union.post("ana", "Everybody wants this")
    path = post.uri.removeprefix(BASE)
    assert (await front.ask("GET", path, by=gail)).status == 200
    with statements() as executed:
        answers = await asyncio.gather(*(front.ask("GET", path, by=gail) for _ in range(300)))
        assert (await gail.post(SHARED, gail.activity("Like", post.uri))).status == 202
    assert Counter(answer.status for answer in answers) == {200: 300}
    assert len(executed) < 30
