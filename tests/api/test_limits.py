"""How often the client interface may be called, and what answers say about it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import httpx
import pytest

from fediunion.api.limits import RateLimits
from fediunion.config import DatabaseSettings, Settings
from tests.api.rig import Client, Rig, rig_for
from tests.api.streaming.listening import Socket
from tests.databases import Databases
from tests.fakes.clock import FakeClock

MOST = 5
HOME = "/api/v1/timelines/home"


@pytest.fixture
async def rig(databases: Databases, settings: Settings, clock: FakeClock) -> AsyncIterator[Rig]:
    """An instance that lets members and addresses call five times in five minutes."""
    limits = replace(
        settings.limits,
        enabled=True,
        requests_per_5_minutes=MOST,
        anonymous_requests_per_5_minutes=MOST,
        posts_per_hour=2,
    )
    database = DatabaseSettings(url=databases.with_tables())
    async with rig_for(replace(settings, database=database, limits=limits), clock) as opened:
        yield opened


def told(answer: httpx.Response) -> tuple[int, int]:
    """Return how many calls there are in a window, and how many are left."""
    return int(answer.headers["x-ratelimit-limit"]), int(answer.headers["x-ratelimit-remaining"])


async def calls(client: Client, path: str, times: int) -> list[httpx.Response]:
    return [await client.ask("GET", path) for _ in range(times)]


async def test_every_answer_says_how_much_is_left_and_until_when(rig: Rig, ana: Client) -> None:
    rig.clock.advance(61)
    for remaining, path in enumerate((HOME, "/api/v1/statuses/1", "/api/v1/preferences")):
        answer = await ana.ask("GET", path)
        assert told(answer) == (MOST, MOST - 1 - remaining), path
    reset = datetime.fromisoformat(answer.headers["x-ratelimit-reset"])
    assert 0 < (reset - rig.clock.now()).total_seconds() <= 300
    assert reset.timestamp() % 300 == 0


async def test_whoever_calls_too_often_is_told_when_to_come_back(rig: Rig, ana: Client) -> None:
    assert {each.status_code for each in await calls(ana, HOME, MOST)} == {200}
    for _ in range(2):
        answer = await ana.ask("GET", HOME)
        assert (answer.status_code, answer.json()) == (429, {"error": "Too many requests"})
        assert told(answer) == (MOST, 0)
    rig.clock.advance(int(answer.headers["retry-after"]))
    assert (await ana.ask("GET", HOME)).status_code == 200


async def test_O19_members_are_counted_apart_and_all_tokens_of_one_together(
    rig: Rig, ana: Client, ben: Client
) -> None:
    other = await rig.token(ana, "read")
    await calls(ana, HOME, MOST - 1)
    assert [each.status_code for each in await calls(other, HOME, 2)] == [200, 429]
    assert (await ben.ask("GET", HOME)).status_code == 200
    assert (await rig.anonymous.ask("GET", "/api/v2/instance")).status_code == 200


async def test_O19_whoever_shows_no_token_or_a_wrong_one_is_counted_by_address(rig: Rig, ana: Client) -> None:
    wrong = Client(rig.http, rig.clock, bearer="wrong")
    answers = [*await calls(wrong, HOME, 3), *await calls(rig.anonymous, "/api/v2/instance", 3)]
    assert [each.status_code for each in answers] == [401, 401, 401, 200, 200, 429]
    assert told(answers[0]) == (MOST, MOST - 1)
    assert (await wrong.ask("GET", HOME)).status_code == 429
    assert (await ana.ask("GET", HOME)).status_code == 200


@pytest.mark.parametrize(
    ("one", "another", "shared"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
    ],
)
async def test_O19_an_address_of_six_counts_with_its_network(
    rig: Rig, one: str, another: str, shared: bool
) -> None:
    limits = rig.world.part(RateLimits)
    first = dict(limits.count_address(one))
    second = dict(limits.count_address(another))
    same = first[b"x-ratelimit-remaining"] == second[b"x-ratelimit-remaining"]
    assert same is not shared


async def test_posting_has_a_limit_of_its_own(rig: Rig, ana: Client) -> None:
    await ana.publish("One")
    answer = await ana.ask("POST", "/api/v1/statuses", json={"status": "Two"})
    assert (answer.status_code, told(answer)) == (200, (2, 0))
    answer = await ana.ask("POST", "/api/v1/statuses", json={"status": "Three"})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) <= 3600
    assert (await ana.ask("GET", HOME)).status_code == 200


async def test_the_health_of_the_server_can_be_asked_as_often_as_needed(rig: Rig) -> None:
    answers = await calls(rig.anonymous, "/health", MOST * 2)
    assert {each.status_code for each in answers} == {200}


async def test_callers_that_are_remembered_are_bounded_in_number(rig: Rig) -> None:
    limits = rig.world.part(RateLimits)
    for number in range(20_100):
        limits.count_address(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(limits) == 20_000


async def test_nothing_is_counted_where_limits_are_off(
    databases: Databases, settings: Settings, clock: FakeClock
) -> None:
    off = replace(settings.limits, enabled=False, anonymous_requests_per_5_minutes=1)
    database = DatabaseSettings(url=databases.with_tables())
    async with rig_for(replace(settings, database=database, limits=off), clock) as rig:
        answers = await calls(rig.anonymous, "/api/v2/instance", 3)
    assert {each.status_code for each in answers} == {200}
    assert "x-ratelimit-limit" not in answers[0].headers


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/userinfo"])
async def test_O28_what_apps_ask_of_oauth_is_counted_and_answers_say_so(rig: Rig, path: str) -> None:
    answers = [await rig.http.post(path, data={"grant_type": "client_credentials"}) for _ in range(MOST + 1)]
    assert 429 not in {each.status_code for each in answers[:-1]}
    assert [told(each) for each in answers] == [*((MOST, MOST - 1 - n) for n in range(MOST)), (MOST, 0)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_O28_asking_who_somebody_is_with_a_bad_token_is_counted(rig: Rig) -> None:
    bad = {"authorization": "Bearer wrong"}
    answers = [await rig.http.get("/oauth/userinfo", headers=bad) for _ in range(MOST + 1)]
    assert [each.status_code for each in answers] == [401] * MOST + [429]


async def test_O25_a_handshake_with_a_bad_token_is_counted_as_any_request(rig: Rig, ana: Client) -> None:
    query = {"access_token": "wrong", "stream": "user"}
    refusals = [(await Socket.open(rig.world, query=query)).refusal for _ in range(MOST + 2)]
    assert refusals == [401] * MOST + [429] * 2
    elsewhere = await Socket.open(rig.world, query=query, address="198.51.100.8")
    assert elsewhere.refusal == 401
    assert (await ana.ask("GET", HOME)).status_code == 200


async def test_O25_a_member_who_connects_again_and_again_is_told_to_wait(rig: Rig, ana: Client) -> None:
    for _ in range(MOST):
        socket = await Socket.open(rig.world, header=ana.bearer)
        assert socket.accepted
        await socket.leave()
    assert (await Socket.open(rig.world, header=ana.bearer)).refusal == 429
    assert (await ana.ask("GET", HOME)).status_code == 429
