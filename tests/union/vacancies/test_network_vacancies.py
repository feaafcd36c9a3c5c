"""Vacancies for the network: who gets them, before and after relations change."""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.queries import find_local_actor
from fediunion.union.affiliation.service import offers
from fediunion.union.vacancies.models import Vacancy, VacancyState
from fediunion.union.vacancies.queries import VacancyReader
from fediunion.union.vacancies.saved.matching import match
from fediunion.union.vacancies.saved.remembering import remember_search
from fediunion.union.vacancies.search.query import search_name
from fediunion.union.vacancies.service import change_notice, create_draft, publish_vacancy
from fediunion.union.vacancies.service.employers import confirm_employer
from tests.fakes import bonds
from tests.union.vacancies.conftest import Halls, change, vacancies
from tests.union.vacancies.samples import notice


async def publish_for_network(halls: Halls) -> Vacancy:
    """Return a vacancy that the board of one union published for the network."""
    told = notice("V-01")

    def work(session: Session) -> Vacancy:
        confirm_employer(session, told.employer, told.verified_domains, by="tests")
        board = find_local_actor(session, "jobs")
        assert board is not None
        vacancy = create_draft(session, board, told, by="tests", audience=Audience.NETWORK)
        publish_vacancy(session, vacancy, by="tests")
        return vacancy

    return await halls.ictysu.world.db.write(work)


async def test_I3_a_vacancy_for_the_network_reaches_members_there_and_no_follower_elsewhere(
    halls: Halls,
) -> None:
    reader = await halls.follower("mastodon.example")
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    await publish_for_network(halls)
    await halls.settle()
    (theirs,) = await vacancies(halls.nairobi)
    assert (theirs.audience, theirs.state) == ("network", VacancyState.OPEN)
    assert VacancyReader(is_member=True).may_see(theirs)
    assert not VacancyReader().may_see(theirs)
    assert not VacancyReader(is_moderator=True).may_see(theirs)
    assert reader.server.received == []


async def test_a_search_never_tells_of_what_is_for_the_network_or_hidden(halls: Halls) -> None:
    reader = await halls.follower("mastodon.example")
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    for union in (halls.ictysu, halls.nairobi):
        await union.world.db.write(remember_search, "country=KE")
        actor = await union.actor(search_name("country=KE"))
        await reader.post(actor.inbox_url, reader.activity("Follow", actor.uri))
    await halls.settle()
    reader.server.received.clear()
    vacancy = await publish_for_network(halls)
    await halls.settle()
    for union in (halls.ictysu, halls.nairobi):
        for each in await vacancies(union):
            await match(union.world, {"vacancy_id": each.id})
    await halls.settle()
    assert reader.server.received == []
    assert vacancy.post_id is not None


async def test_I8_the_end_of_a_vacancy_for_the_network_tells_a_union_that_left_it_nothing_new(
    halls: Halls,
) -> None:
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    vacancy = await publish_for_network(halls)
    await halls.settle()
    (theirs,) = await vacancies(halls.nairobi)
    await bonds.decide(halls.ictysu, "nairobisu.example", offers.end_affiliation)
    await halls.settle()
    secret = replace(notice("V-01"), title="Secret duty station")
    await change(halls.ictysu, vacancy, change_notice, secret, by="tests")
    await halls.pass_until("2027-01-08T21:00:00Z")

    def words(session: Session) -> str:
        from fediunion.social.posts.models import Post

        return session.get_one(Post, theirs.post_id).content

    assert "Secret" not in await halls.nairobi.world.db.read(words)
    await halls.pass_until("2027-02-07T21:00:00Z")

    def is_gone(session: Session) -> Any:
        from fediunion.social.posts.models import Post

        return session.get_one(Post, theirs.post_id).deleted_at

    assert await halls.nairobi.world.db.read(is_gone) is not None


async def test_I8_a_vacancy_for_the_network_closes_at_those_who_got_it(halls: Halls) -> None:
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    await publish_for_network(halls)
    await halls.settle()
    (theirs,) = await vacancies(halls.nairobi)
    await halls.pass_until("2027-01-08T21:00:00Z")

    def words(session: Session) -> str:
        from fediunion.social.posts.models import Post

        return session.get_one(Post, theirs.post_id).content

    assert "[Closed]" in await halls.nairobi.world.db.read(words)
