"""Whom an editor is told of before something is sent: exactly those who then get it."""

from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.union.vacancies.models import Vacancy
from fediunion.union.vacancies.pages.receivers import (
    servers_of_change,
    servers_of_news,
    servers_that_hold,
)
from fediunion.union.vacancies.service import create_draft, publish_vacancy
from fediunion.union.vacancies.service.employers import confirm_employer
from tests.fakes import bonds
from tests.union.vacancies.conftest import Halls, change
from tests.union.vacancies.samples import notice


async def test_a_public_vacancy_is_for_followers_and_hiring_halls_and_a_networks_for_the_network(
    halls: Halls,
) -> None:
    await halls.follower("mastodon.example")
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    await halls.settle()
    board = await halls.ictysu.actor("jobs")
    read = halls.ictysu.world.db.read
    assert await read(servers_of_news, board, "public") == ["mastodon.example", "nairobisu.example"]
    assert await read(servers_of_news, board, "network") == ["nairobisu.example"]


async def test_of_an_end_hear_those_who_hold_it_and_of_a_change_new_followers_too(halls: Halls) -> None:
    await halls.follower("mastodon.example")
    told = notice("V-01")

    def draft(session: Session) -> Vacancy:
        confirm_employer(session, told.employer, told.verified_domains, by="tests")
        return create_draft(session, get_actor(session, board.id), told, by="tests")

    board = await halls.ictysu.actor("jobs")
    vacancy = await halls.ictysu.world.db.write(draft)
    read = halls.ictysu.world.db.read
    assert await read(servers_that_hold, board, vacancy) == []
    await change(halls.ictysu, vacancy, publish_vacancy, by="tests")
    await halls.settle()
    await halls.follower("late.example")
    vacancy = await read(lambda session: session.get_one(Vacancy, vacancy.id))
    assert await read(servers_that_hold, board, vacancy) == ["mastodon.example"]
    assert await read(servers_of_change, board, vacancy) == ["late.example", "mastodon.example"]
