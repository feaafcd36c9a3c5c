"""What an export holds: all pages of a search, and what anybody may see."""

from sqlalchemy import update

from fediunion.activitypub.audience import Audience
from fediunion.union.vacancies.exports.gathering import gather
from fediunion.union.vacancies.models import Vacancy
from fediunion.union.vacancies.search.asking import read_query
from tests.union.vacancies.importing.conftest import Desk, desk
from tests.union.vacancies.samples import SAMPLES

__all__ = ["desk"]


async def test_all_pages_of_a_search_are_exported_in_its_order(desk: Desk) -> None:
    await desk.imports(SAMPLES)
    query = read_query([("limit", "2"), ("state", "all")])
    found = await gather(desk.union.world, query)
    assert len(found) == 10
    closing = [each.notice.closes_at for each in found]
    assert closing == sorted(closing)
    assert [each.state for each in found] == ["closed"] + ["open"] * 9
    assert {each.board for each in found} == {"@jobs@ictysu.example"}
    assert len(await gather(desk.union.world, query, most=3)) == 3


async def test_V08_drafts_and_what_is_for_the_network_are_not_exported(desk: Desk) -> None:
    await desk.imports(SAMPLES["vacancies"][:2], publishes=False)
    await desk.imports(SAMPLES["vacancies"][2:4])
    network = update(Vacancy).where(Vacancy.title.like("Finance%")).values(audience=Audience.NETWORK)
    await desk.union.world.db.write(lambda session: session.execute(network))
    found = await gather(desk.union.world, read_query([("state", "all")]))
    assert [each.notice.title for each in found] == ["National Programme Officer, Nutrition"]
