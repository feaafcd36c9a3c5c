"""/admin/vacancies and /admin/employers: doubts are decided, and sites confirmed, by who may."""

from sqlalchemy.orm import Session

from fediunion.members.models import Role
from fediunion.social.moderation.models import AuditEntry
from fediunion.union.vacancies.models import Employer, Vacancy, VacancyState
from fediunion.union.vacancies.service.rows import touch
from tests.oauth.rig import Browser, Desk, fields_of
from tests.union.vacancies.pages.hall import change, edit, post, stored
from tests.union.vacancies.samples import notice

SCAM = "Please pay the visa processing fee of 150 USD by Western Union."


async def suspect(desk: Desk) -> Vacancy:
    """Return a vacancy that is hidden, as if it came from elsewhere."""
    vacancy = await post(desk, "V-01", official=False)

    def hide(session: Session, row: Vacancy) -> None:
        row.posting = row.posting | {"description": f"<p>{SCAM}</p>"}
        row.hidden, row.flags = True, ["fee-scam"]
        touch(session, row)

    await change(desk, vacancy, hide)
    return vacancy


async def officer(desk: Desk, role: Role = Role.MODERATOR) -> Browser:
    """Return the browser of an officer."""
    await desk.member("olga", role=role)
    return await desk.signed_in("olga")


async def press(browser: Browser, page: str, path: str, **fields: str) -> int:
    """Send a form of a page; return the status."""
    token = fields_of((await browser.get(page)).text)["form_token"]
    status: int = (await browser.post(path, {"form_token": token, **fields})).status_code
    return status


async def test_a_moderator_sees_what_is_hidden_with_every_reason_and_its_words(desk: Desk) -> None:
    vacancy = await suspect(desk)
    page = (await (await officer(desk)).get("/admin/vacancies")).text
    assert f'href="/vacancies/{vacancy.slug}"' in page
    assert "It asks applicants for money." in page
    assert "processing fee" in page
    assert "not on a site that is known as the employer&#39;s own" in page


async def test_nothing_hidden_says_so(desk: Desk) -> None:
    page = (await (await officer(desk)).get("/admin/vacancies")).text
    assert "Nothing is hidden" in page
    assert "No other server has sent a vacancy yet." in page


async def test_a_moderator_shows_what_is_in_order(desk: Desk) -> None:
    vacancy = await suspect(desk)
    browser = await officer(desk)
    path = f"/admin/vacancies/{vacancy.id}/clear"
    assert await press(browser, "/admin/vacancies", path) == 303
    (row,) = await stored(desk)
    assert not row.hidden
    assert (await desk.http.get(f"/vacancies/{vacancy.slug}")).status_code == 200
    assert [entry.by for entry in await desk.rows(AuditEntry) if entry.action == "vacancy.clear"] == [
        "@olga@us.example"
    ]
    assert await press(browser, "/compose", path) == 404


async def test_a_moderator_takes_a_fraud_away(desk: Desk) -> None:
    vacancy = await suspect(desk)
    path = f"/admin/vacancies/{vacancy.id}/remove"
    assert await press(await officer(desk), "/admin/vacancies", path) == 303
    (row,) = await stored(desk)
    assert (row.state, row.posting) == (VacancyState.REMOVED, {})


async def test_O12_the_pages_of_officers_are_for_officers(desk: Desk) -> None:
    vacancy = await suspect(desk)
    await desk.member("ana")
    await edit(desk, "ana", "jobs")
    member, moderator = await desk.signed_in(), await officer(desk)
    for path in ("/admin/vacancies", "/admin/employers"):
        assert (await desk.http.get(path)).status_code == 303
        assert (await member.get(path)).status_code == 404
    assert (await moderator.get("/admin/employers")).status_code == 404
    for action in ("clear", "remove"):
        assert await press(member, "/compose", f"/admin/vacancies/{vacancy.id}/{action}") == 404
    assert (
        await press(moderator, "/admin/vacancies", "/admin/employers", employer="x", domains="a.example")
        == 404
    )
    (row,) = await stored(desk)
    assert row.hidden


async def test_an_admin_confirms_the_sites_of_an_employer_and_what_waited_is_sent(desk: Desk) -> None:
    await post(desk, "V-01", official=False)
    browser = await officer(desk, Role.ADMIN)
    assert "No employer is known yet" in (await browser.get("/admin/employers")).text
    fields = {"employer": notice("V-01").employer, "domains": "careers.rco.example\nhttps://rco.example/"}
    assert await press(browser, "/admin/employers", "/admin/employers", **fields) == 303
    (vacancy,) = await stored(desk)
    assert vacancy.source_status == "verified"
    assert vacancy.post_id is not None
    page = (await browser.get("/admin/employers")).text
    assert "careers.rco.example" in page
    assert "@olga@us.example" in page


async def test_what_is_no_site_is_refused_and_what_was_typed_stays(desk: Desk) -> None:
    browser = await officer(desk, Role.ADMIN)
    token = fields_of((await browser.get("/admin/employers")).text)["form_token"]
    for domains, said in (("co.uk", "is not the domain of an organisation"), ("", "Name at least one site.")):
        answer = await browser.post(
            "/admin/employers", {"form_token": token, "employer": "RCO", "domains": domains}
        )
        assert answer.status_code == 422
        assert said in answer.text
        assert 'value="RCO"' in answer.text
    assert await desk.rows(Employer) == []
