"""Vacancies on other pages: on the first page, in menus, and in the place of posts that tell of them."""

from fediunion.activitypub.audience import Audience
from fediunion.union.vacancies.models import VacancyState
from fediunion.union.vacancies.service import end_vacancy
from tests.oauth.rig import Desk
from tests.union.vacancies.pages.hall import change, post
from tests.web.pages.members import follow
from tests.web.pages.test_statements import counted


async def test_the_first_page_shows_what_closes_next_and_not_as_news(desk: Desk) -> None:
    assert "Vacancies that close next" not in (await desk.http.get("/")).text
    await post(desk, "V-01")
    await post(desk, "V-02")
    await post(desk, "V-09", official=False)
    await post(desk, "V-05", audience=Audience.NETWORK)
    page = (await desk.http.get("/")).text
    assert page.index("Legal Officer") < page.index("Humanitarian Affairs Officer")
    assert page.count("Humanitarian Affairs Officer") == 1
    assert "HR Policy Adviser" not in page
    assert "ICT Security" not in page
    assert "No news yet" in page


async def test_the_hall_is_in_the_menus_of_everybody(desk: Desk) -> None:
    await desk.member()
    browser = await desk.signed_in()
    assert 'href="/vacancies"' in (await desk.http.get("/about")).text
    for path in ("/home", "/more"):
        assert 'href="/vacancies"' in (await browser.get(path)).text


async def test_a_post_that_tells_of_a_vacancy_is_shown_as_its_card(desk: Desk) -> None:
    vacancy = await post(desk, "V-01")
    await desk.member()
    await follow(desk, "ana", "jobs")
    browser = await desk.signed_in()
    for page in ((await desk.http.get("/@jobs")).text, (await browser.get("/@jobs")).text):
        assert 'class="ruled vac vac-card' in page
        assert f'href="/vacancies/{vacancy.slug}"' in page
        assert "Nairobi time" in page
        assert "#UnionJobs" not in page
    await change(desk, vacancy, end_vacancy, VacancyState.FILLED, by="tests")
    assert "vac-card is-closed" in (await browser.get("/@jobs")).text
    alone = (await browser.get(f"/posts/{(await desk.rows(type(vacancy)))[0].post_id}")).text
    assert "vac-card" in alone
    assert "[Filled]" in alone


async def test_pages_without_such_posts_ask_nothing_for_them(desk: Desk) -> None:
    await desk.member()
    await desk.union.post("jobs", "No vacancy, only news")
    browser = await desk.signed_in()
    await browser.get("/@jobs")
    async with counted() as ran:
        await browser.get("/@jobs")
    assert not [statement for statement in ran if "vacancy" in statement.lower()]
