"""Searches with a name that editors gave, and private ones."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.queries import find_actor_by_uri, find_local_actor
from fediunion.actors.viewer import Viewer
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.pages import Page
from fediunion.members.models import Member
from fediunion.social.moderation.models import AuditEntry
from fediunion.social.posts.models import Post
from fediunion.social.posts.reacting import list_boosters
from fediunion.union.vacancies.models import VacancySearch
from fediunion.union.vacancies.saved.matching import forget_searches
from fediunion.union.vacancies.saved.named import (
    PRIVATE_IN_A_DAY,
    NewSearch,
    create_named_search,
    create_private_search,
    end_search,
    list_named,
    rename_search,
)
from fediunion.union.vacancies.saved.service import find_search
from fediunion.union.vacancies.search.query import VacancyQuery
from tests.databases import Databases
from tests.fakes import bonds
from tests.fakes.clock import FakeClock
from tests.fakes.stranger import Stranger
from tests.oauth.rig import Desk, desk_for
from tests.union.vacancies.conftest import Halls, publish
from tests.union.vacancies.pages.hall import PEER, post
from tests.union.vacancies.samples import AS_OF, notice

KENYA = VacancyQuery(country=("KE",))


async def _named(desk: Desk, name: str = "nairobi-jobs", title: str = "Jobs in Nairobi") -> VacancySearch:
    return await create_named_search(desk.union.world, NewSearch(name, title, KENYA), by="@ed@us.example")


async def test_a_named_search_passes_on_what_matches_and_stays(desk: Desk) -> None:
    await post(desk, "V-01")
    await _named(desk)
    actor = (await desk.http.get("/actors/nairobi-jobs", headers=PEER)).json()
    assert (actor["type"], actor["name"], actor["manuallyApprovesFollowers"]) == (
        "Service",
        "Jobs in Nairobi",
        False,
    )
    assert "https://us.example/vacancies?country=KE" in actor["summary"]
    outbox = (await desk.http.get("/actors/nairobi-jobs/outbox?page=true", headers=PEER)).json()
    assert len(outbox["orderedItems"]) == 1
    desk.clock.advance(days=400)
    await forget_searches(desk.union.world, {})
    assert await desk.db.read(find_search, "nairobi-jobs") is not None
    assert [row.action for row in await desk.rows(AuditEntry)][-1] == "search.create"


@pytest.mark.parametrize(
    ("name", "title", "field"),
    [
        ("union", "Ours", "username"),
        ("jobs", "Taken", "username"),
        ("Ünlesbar", "Odd", "username"),
        ("", "None", "username"),
        ("s-aaaaaaaaaaaa", "As if it were a search", "username"),
        ("good", "   ", "title"),
    ],
    ids=["reserved", "taken", "unreadable", "empty", "a-searchs", "no-title"],
)
async def test_a_name_that_cannot_be_is_refused_and_nothing_is_left(
    desk: Desk, name: str, title: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await _named(desk, name, title)
    assert refused.value.field == field
    assert await desk.rows(VacancySearch) == []


async def test_only_what_is_open_can_be_followed(desk: Desk) -> None:
    over = VacancyQuery(state=("closed",))
    with pytest.raises(Invalid):
        await create_named_search(desk.union.world, NewSearch("over", "Over", over), by="@ed@us.example")
    with pytest.raises(Invalid):
        await create_private_search(desk.union.world, over, 1)


async def test_renaming_and_ending_reach_who_follows(halls: Halls) -> None:
    world, wanted = halls.ictysu.world, NewSearch("nairobi-jobs", "Jobs in Nairobi", KENYA)
    await create_named_search(world, wanted, by="x")
    server = await Stranger(halls.internet, "mastodon.example", clock=halls.clock).start()
    reader, uri = server.add_actor("reader"), "https://ictysu.example/actors/nairobi-jobs"
    await reader.post(f"{uri}/inbox", reader.activity("Follow", uri))
    await halls.settle()
    server.received.clear()
    await world.db.write(rename_search, "@Nairobi-jobs", "Nairobi", by="x")
    await halls.settle()
    (update,) = [each.activity for each in server.received]
    assert (update["type"], update["object"]["name"]) == ("Update", "Nairobi")
    server.received.clear()
    await world.db.write(end_search, "nairobi-jobs", by="x")
    await halls.settle()
    assert [each.activity["type"] for each in server.received] == ["Delete"]
    assert await world.db.read(list_named) == []
    with pytest.raises(NotFound):
        await world.db.write(end_search, "nairobi-jobs", by="x")
    with pytest.raises(Invalid) as taken:
        await create_named_search(world, wanted, by="x")
    assert taken.value.field == "username"


async def test_a_board_is_no_search_that_could_be_ended(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await desk.db.write(end_search, "jobs", by="x")


async def test_a_private_search_says_nothing_of_itself_and_is_listed_nowhere(desk: Desk, ana: Member) -> None:
    search = await create_private_search(desk.union.world, KENYA, ana.id)
    assert re.fullmatch(r"p-[a-z2-7]{26}", search.name)
    answer = await desk.http.get(f"/actors/{search.name}", headers=PEER)
    actor = answer.json()
    assert (actor["name"], actor["discoverable"], actor["indexable"]) == ("Vacancies", False, False)
    assert "KE" not in actor["summary"]
    assert "Kenya" not in answer.text
    (row,) = await desk.rows(VacancySearch)
    assert str(ana.id) not in {str(value) for value in vars(row).values()}
    actor_row = await desk.db.read(find_local_actor, search.name)
    for path in ("/", "/about", "/vacancies", "/api/v1/directory?local=true", "/sitemap.xml"):
        assert search.name not in (await desk.http.get(path)).text
    page = await desk.browser().get(f"/@{search.name}")
    assert 'name="robots" content="noindex' in page.text
    assert actor_row.url.endswith(search.name)


async def test_a_private_search_is_known_to_its_followers_alone_however_much_it_boosts(halls: Halls) -> None:
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    await halls.settle()
    search = await create_private_search(halls.ictysu.world, KENYA, 1)
    server = await Stranger(halls.internet, "mastodon.example", clock=halls.clock).start()
    reader, uri = server.add_actor("reader"), f"https://ictysu.example/actors/{search.name}"
    await reader.post(f"{uri}/inbox", reader.activity("Follow", uri))
    await publish(halls.nairobi, notice("V-01"))
    await halls.settle()
    assert [each.activity["type"] for each in server.received] == ["Accept", "Announce"]
    assert await halls.nairobi.world.db.read(find_actor_by_uri, uri) is None, "the board's server knows it"

    def boosters(session: Session) -> list[str]:
        (boosted,) = session.scalars(select(Post.boost_of_id).where(Post.boost_of_id.is_not(None)))
        found = list_boosters(session, boosted or 0, Viewer(is_member=True), Page())
        return [actor.username for _, actor in found]

    assert await halls.ictysu.world.db.read(boosters) == []


async def test_a_member_makes_a_bounded_number_of_private_searches_a_day(
    databases: Databases, tmp_path: Path
) -> None:
    async with desk_for(databases.with_tables(), tmp_path, FakeClock(AS_OF), enabled=True) as desk:
        for _ in range(PRIVATE_IN_A_DAY):
            await create_private_search(desk.union.world, KENYA, 7)
        with pytest.raises(Invalid):
            await create_private_search(desk.union.world, KENYA, 7)
        await create_private_search(desk.union.world, KENYA, 8)
