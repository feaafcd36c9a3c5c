"""Searches that one can follow, attacked: by who blocks, moves or floods them, and by two workers at once."""

import asyncio
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.social.posts.models import Post
from fediunion.union.affiliation.models import TrustedPeer
from fediunion.union.vacancies.models import SearchAnnouncement, Vacancy, VacancySearch
from fediunion.union.vacancies.saved.matching import match
from fediunion.union.vacancies.saved.named import create_private_search
from fediunion.union.vacancies.saved.remembering import remember_search
from fediunion.union.vacancies.search.query import VacancyQuery, search_name
from fediunion.union.vacancies.service.ending import remove_vacancy
from tests.fakes import bonds
from tests.fakes.stranger import StrangeActor, Stranger
from tests.fakes.union import TestUnion
from tests.union.vacancies.conftest import Halls, change, publish
from tests.union.vacancies.samples import notice, posting
from tests.union.vacancies.test_followed_searches import _get as get

KENYA, ANYWHERE = "country=KE", "grade=P-3"


async def search_of(halls: Halls, query: str, *followers: StrangeActor) -> Actor:
    """Return the actor of a search of the first union, followed by some."""
    await halls.ictysu.world.db.write(remember_search, query)
    actor = await halls.ictysu.actor(search_name(query))
    for each in followers:
        await each.post(actor.inbox_url, each.activity("Follow", actor.uri))
    await halls.settle()
    for each in followers:
        each.server.received.clear()
    return actor


async def reader_at(halls: Halls, host: str) -> StrangeActor:
    """Return somebody elsewhere."""
    server = await Stranger(halls.internet, host, clock=halls.clock).start()
    return server.add_actor("reader")


async def counted(union: TestUnion) -> list[int]:
    """Return how many actors, searches and posts there are."""

    def count(session: Session) -> list[int]:
        tables = (Actor, VacancySearch, Post)
        return [session.scalar(select(func.count()).select_from(each)) or 0 for each in tables]

    return await union.world.db.read(count)


def announced(reader: StrangeActor) -> list[str]:
    """Return who told a reader of something."""
    acts = [each.activity for each in reader.server.received]
    return [each["actor"] for each in acts if each["type"] == "Announce"]


async def test_A23_a_board_that_blocks_one_search_keeps_its_vacancies_from_no_other(halls: Halls) -> None:
    reader = await reader_at(halls, "mastodon.example")
    first, second = await search_of(halls, KENYA, reader), await search_of(halls, ANYWHERE, reader)
    server = await Stranger(halls.internet, "peer.example", clock=halls.clock).start()
    board = server.add_actor("jobs", type="Service")

    def trust(session: Session) -> None:
        row = TrustedPeer(
            host="peer.example", union_uri="x", hops=1, vacancies=True, calls=True, network=True
        )
        session.add(row)

    await halls.ictysu.world.db.write(trust)
    await board.post(first.inbox_url, board.activity("Block", first.uri))
    await halls.settle()
    note = board.note("x", vacancy=posting("V-01"))
    await board.post("https://ictysu.example/inbox", board.create(note))
    await halls.settle()
    assert announced(reader) in ([second.uri], [first.uri, second.uri], [second.uri, first.uri])


@pytest.mark.parametrize("kind", ["Block", "Move", "Flag", "Delete", "Create", "Announce", "Like"])
async def test_P03_what_somebody_sends_a_search_changes_nothing_there(halls: Halls, kind: str) -> None:
    reader, other = await reader_at(halls, "mastodon.example"), await reader_at(halls, "other.example")
    search = await search_of(halls, KENYA, reader)
    about: Any = search.uri
    more: dict[str, Any] = {"to": [search.uri]}
    if kind == "Create":
        about = other.note("Hello", to=[search.uri])
    if kind == "Move":
        more["target"] = other.uri
    before = (await counted(halls.ictysu))[:2]
    answer = await other.post(search.inbox_url, other.activity(kind, about, **more))
    assert answer.status in (202, 400, 401)
    await halls.settle()
    actors, searches = (await counted(halls.ictysu))[:2]
    assert searches == before[1]
    assert actors <= before[0] + 1
    await publish(halls.ictysu, notice("V-01"))
    await halls.settle()
    assert announced(reader) == [search.uri]
    status, document = await get(halls, search.uri)
    assert (status, document.get("movedTo")) == (200, None)


async def test_R10_asking_for_names_of_searches_makes_nothing(halls: Halls) -> None:
    before = await counted(halls.ictysu)
    for number in range(60):
        for name in (f"s-{number:012}", f"p-{'a' * 24}{number:02}", f"s-{'b' * 10}{number:02}"):
            status, _ = await get(halls, f"https://ictysu.example/actors/{name}")
            assert status == 404
            url = f"https://ictysu.example/.well-known/webfinger?resource=acct:{name}@ictysu.example"
            status, _ = await get(halls, url, "*/*")
            assert status == 404
    assert await counted(halls.ictysu) == before


async def test_V19_nobody_learns_who_follows_a_search_nor_that_a_private_one_is_there(halls: Halls) -> None:
    reader = await reader_at(halls, "mastodon.example")
    ana = await halls.ictysu.member("ana")
    search = await search_of(halls, KENYA, reader)
    private = await create_private_search(halls.ictysu.world, VacancyQuery(country=("KE",)), ana.id)
    shown = b""
    for path in (
        f"actors/{search.username}",
        f"actors/{search.username}/followers",
        f"actors/{search.username}/followers?page=true",
        f"actors/{search.username}/following",
        f"actors/{search.username}/outbox?page=true",
        f"api/v1/accounts/{search.id}",
        f"api/v1/accounts/{search.id}/followers",
        f"api/v1/accounts/lookup?acct={search.username}",
        "api/v1/directory?local=true",
        "nodeinfo/2.1",
        "api/v2/instance",
        "api/v1/timelines/public",
        "sitemap.xml",
        "vacancies",
        "vacancies/searches",
        "",
    ):
        from multidict import CIMultiDict

        from fediunion.kit.urls import parse_remote_url

        for accept in ("application/activity+json", "application/json", "text/html"):
            answer = await halls.internet.send(
                "GET",
                parse_remote_url(f"https://ictysu.example/{path}"),
                CIMultiDict({"accept": accept}),
                None,
                max_bytes=1 << 20,
                deadline_seconds=600,
            )
            assert answer.status < 500, path
            shown += answer.body
    assert b"mastodon.example" not in shown
    assert private.name.encode() not in shown
    assert orjson.dumps(private.name) not in shown


async def test_V09_what_is_gone_or_hidden_before_its_turn_is_told_by_no_search(halls: Halls) -> None:
    reader = await reader_at(halls, "mastodon.example")
    await search_of(halls, KENYA, reader)
    hidden = await publish(halls.ictysu, notice("V-01"))

    def hide(session: Session) -> None:
        session.get_one(Vacancy, hidden.id).hidden = True

    await halls.ictysu.world.db.write(hide)
    removed = await publish(halls.ictysu, notice("V-01", identifier=None))
    await change(halls.ictysu, removed, remove_vacancy)
    await halls.settle()
    assert announced(reader) == []


async def test_L19_matched_by_several_workers_at_once_it_is_told_once(halls: Halls) -> None:
    reader = await reader_at(halls, "mastodon.example")
    search = await search_of(halls, KENYA, reader)
    vacancy = await publish(halls.ictysu, notice("V-01"))
    payload = {"vacancy_id": vacancy.id}
    await asyncio.gather(*(match(halls.ictysu.world, payload) for _ in range(5)))
    await halls.settle()
    await match(halls.ictysu.world, payload)
    await halls.settle()
    assert announced(reader) == [search.uri]

    def count(session: Session) -> int:
        return session.scalar(select(func.count()).select_from(SearchAnnouncement)) or 0

    assert await halls.ictysu.world.db.read(count) == 1


async def test_two_unions_whose_searches_hear_of_each_other_tell_of_a_vacancy_once_each(halls: Halls) -> None:
    reader = await reader_at(halls, "mastodon.example")
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    searches = []
    for union in (halls.ictysu, halls.nairobi):
        await union.world.db.write(remember_search, KENYA)
        searches.append(await union.actor(search_name(KENYA)))
        await reader.post(searches[-1].inbox_url, reader.activity("Follow", searches[-1].uri))
    await halls.settle()
    for union, host in ((halls.ictysu, "nairobisu.example"), (halls.nairobi, "ictysu.example")):
        await union.member("ana")
        await union.follow("ana", f"{search_name(KENYA)}@{host}")
    await halls.settle()
    reader.server.received.clear()
    await publish(halls.ictysu, notice("V-01"))
    await halls.settle()
    halls.clock.advance(hours=2)
    await halls.settle()
    assert sorted(announced(reader)) == sorted(each.uri for each in searches)


async def test_a_search_that_is_forgotten_answers_nobody_and_is_itself_again_when_asked_for(
    halls: Halls,
) -> None:
    from fediunion.union.vacancies.saved.matching import forget_searches

    reader = await reader_at(halls, "mastodon.example")
    search = await search_of(halls, KENYA)
    halls.clock.advance(days=91)
    await halls.settle()
    await forget_searches(halls.ictysu.world, {})
    status, _ = await get(halls, search.uri)
    assert status == 404
    answer = await reader.post(search.inbox_url, reader.activity("Follow", search.uri))
    assert answer.status in (202, 404)
    await halls.settle()
    assert announced(reader) == []
    again = await search_of(halls, KENYA, reader)
    assert (again.uri, again.id != search.id) == (search.uri, True)
    later = notice("V-01", validThrough="2027-06-30T23:59:00Z", datePosted="2027-03-02")
    await publish(halls.ictysu, later)
    await halls.settle()
    assert announced(reader) == [search.uri]
