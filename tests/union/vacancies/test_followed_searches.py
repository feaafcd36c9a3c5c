"""Any search is an account: found, followed, told of what matches, forgotten when nobody cares."""

from datetime import timedelta
from typing import Any

import orjson
from multidict import CIMultiDict

from fediunion.kit.urls import parse_remote_url
from fediunion.union.vacancies.models import VacancySearch
from fediunion.union.vacancies.saved.featuring import feature
from fediunion.union.vacancies.saved.matching import forget_searches
from fediunion.union.vacancies.saved.remembering import remember_search
from fediunion.union.vacancies.saved.service import find_search
from fediunion.union.vacancies.search.query import search_name
from tests.fakes import bonds
from tests.fakes.stranger import StrangeActor, Stranger
from tests.union.vacancies.conftest import Halls, publish
from tests.union.vacancies.samples import notice

KENYA = "country=KE&grade=P-3,P-4&network=POLNET"
NAME = search_name(KENYA)


async def _remember(halls: Halls, query: str = KENYA) -> str:
    name = await halls.ictysu.world.db.write(remember_search, query)
    assert name is not None
    return name


async def _search(halls: Halls, name: str = NAME) -> VacancySearch | None:
    return await halls.ictysu.world.db.read(find_search, name)


async def _reader(halls: Halls) -> StrangeActor:
    server = await Stranger(halls.internet, "mastodon.example", clock=halls.clock).start()
    return server.add_actor("reader")


async def _follow(halls: Halls, reader: StrangeActor, name: str = NAME) -> dict[str, Any]:
    uri = f"https://ictysu.example/actors/{name}"
    follow = reader.activity("Follow", uri)
    await reader.post(f"{uri}/inbox", follow)
    await halls.settle()
    return follow


async def _get(
    halls: Halls, url: str, accept: str = "application/activity+json"
) -> tuple[int, dict[str, Any]]:
    answer = await halls.internet.send(
        "GET",
        parse_remote_url(url),
        CIMultiDict({"accept": accept}),
        b"",
        max_bytes=1 << 20,
        deadline_seconds=60,
    )
    return answer.status, orjson.loads(answer.body)


async def test_J2_a_search_is_an_account_that_tells_of_each_match_once(halls: Halls) -> None:
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    await _remember(halls)
    reader = await _reader(halls)
    status, jrd = await _get(
        halls, f"https://ictysu.example/.well-known/webfinger?resource=acct:{NAME}@ictysu.example", "*/*"
    )
    assert (status, jrd["subject"]) == (200, f"acct:{NAME}@ictysu.example")
    status, actor = await _get(halls, f"https://ictysu.example/actors/{NAME}")
    assert (status, actor["type"], actor["manuallyApprovesFollowers"]) == (200, "Service", False)
    await _follow(halls, reader)
    (accept,) = [each.activity for each in reader.server.received if each.activity["type"] == "Accept"]
    assert accept["actor"] == actor["id"]
    reader.server.received.clear()

    await publish(halls.nairobi, notice("V-01"))
    await publish(halls.ictysu, notice("V-03"))
    await halls.settle()
    (announce,) = [each.activity for each in reader.server.received if each.activity["type"] == "Announce"]
    assert announce["actor"] == actor["id"]
    assert announce["object"].startswith("https://nairobisu.example/actors/jobs/posts/")
    reader.server.received.clear()
    halls.clock.advance(days=1)
    await halls.settle()
    assert reader.server.received == []

    for collection in ("followers", "following"):
        _, found = await _get(halls, f"{actor['id']}/{collection}")
        assert "first" not in found
        assert "mastodon.example" not in str(found)


async def test_J2_a_member_of_another_union_follows_a_search_by_its_handle_and_gets_the_match(
    halls: Halls,
) -> None:
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    await _remember(halls)
    await halls.nairobi.member("ana")
    await halls.nairobi.follow("ana", f"{NAME}@ictysu.example")
    await halls.settle()
    for union in (halls.ictysu, halls.nairobi):
        await publish(union, notice("V-03"))
    await publish(halls.ictysu, notice("V-01"))
    await halls.settle()
    (text,) = await halls.nairobi.home("ana")
    assert "Humanitarian Affairs Officer" in text


async def test_the_outbox_of_a_search_holds_what_matched_before_it_was_made(halls: Halls) -> None:
    vacancy = await publish(halls.ictysu, notice("V-01"))
    await publish(halls.ictysu, notice("V-03"))
    await halls.settle()
    await _remember(halls)
    _, actor = await _get(halls, f"https://ictysu.example/actors/{NAME}")
    _, page = await _get(halls, f"{actor['outbox']}?page=true")
    objects = [item["object"] for item in page["orderedItems"]]
    assert objects == [f"https://ictysu.example/actors/jobs/posts/{vacancy.slug}"]


async def test_a_name_that_is_no_search_of_anybody_is_nobody(halls: Halls) -> None:
    for name in ("s-nothing", "p-nothing", NAME):
        status, _ = await _get(halls, f"https://ictysu.example/actors/{name}")
        assert status == 404


async def test_a_search_that_nobody_asked_for_is_forgotten_and_one_that_nobody_follows_too(
    halls: Halls,
) -> None:
    await _remember(halls)
    await _remember(halls, "country=CH")
    reader = await _reader(halls)
    await _get(halls, f"https://ictysu.example/actors/{NAME}")
    follow = await _follow(halls, reader)
    await _pass(halls, timedelta(days=8))
    assert await _search(halls, search_name("country=CH")) is None
    await _pass(halls, timedelta(days=100))
    assert await _search(halls) is not None
    uri = f"https://ictysu.example/actors/{NAME}"
    await reader.post(f"{uri}/inbox", reader.activity("Undo", follow))
    await halls.settle()
    await _pass(halls, timedelta(days=89))
    assert await _search(halls) is not None
    await _pass(halls, timedelta(days=2))
    assert await _search(halls) is None
    status, _ = await _get(halls, uri)
    assert status == 404
    assert await _remember(halls) == NAME
    status, _ = await _get(halls, uri)
    assert status == 200


async def test_a_search_for_what_closes_soon_tells_of_it_when_it_does(halls: Halls) -> None:
    query = "closing_within_days=7&country=KE"
    name = await _remember(halls, query)
    reader = await _reader(halls)
    await _get(halls, f"https://ictysu.example/actors/{name}")
    await _follow(halls, reader, name)
    await publish(halls.ictysu, notice("V-01"))
    await halls.settle()
    reader.server.received.clear()
    await halls.pass_until("2027-01-01T20:58:00Z")
    assert reader.server.received == []
    await halls.pass_until("2027-01-01T20:59:00Z")
    assert [each.activity["type"] for each in reader.server.received] == ["Announce"]


async def test_what_closes_within_a_week_is_featured_by_its_board_and_its_searches(halls: Halls) -> None:
    name = await _remember(halls, "country=KE")
    vacancy = await publish(halls.ictysu, notice("V-01"))
    await _get(halls, f"https://ictysu.example/actors/{name}")
    uri = f"https://ictysu.example/actors/jobs/posts/{vacancy.slug}"
    for moment, featured in (
        ("2026-12-20T00:00:00Z", []),
        ("2027-01-02T00:00:00Z", [uri]),
        ("2027-01-09T00:00:00Z", []),
    ):
        await halls.pass_until(moment)
        await feature(halls.ictysu.world, {})
        _, of_search = await _get(halls, f"https://ictysu.example/actors/{name}/collections/featured")
        assert of_search["orderedItems"] == featured
        _, of_board = await _get(halls, "https://ictysu.example/actors/jobs/collections/featured")
        assert [note["id"] for note in of_board["orderedItems"]] == featured


async def _pass(halls: Halls, time: timedelta) -> None:
    halls.clock.advance(time.total_seconds())
    await halls.settle()
    await forget_searches(halls.ictysu.world, {})
    await halls.settle()
