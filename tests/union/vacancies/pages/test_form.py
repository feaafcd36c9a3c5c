"""The form of a vacancy: written, looked at, kept, published, extended, ended."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from fediunion.social.moderation.models import AuditEntry
from fediunion.union.vacancies.models import Vacancy, VacancyState
from fediunion.union.vacancies.service.rows import notice_of
from tests.oauth.rig import Browser, Desk, fields_of
from tests.union.vacancies.pages.hall import edit, post, stored
from tests.union.vacancies.samples import notice

FILLED: dict[str, Any] = {
    "title": "Humanitarian Affairs Officer",
    "grade": "p3",
    "number": "26-1",
    "employer": "Relief Coordination Office",
    "url": "https://careers.rco.example/jo/1",
    "closes_day": "2027-01-08",
    "city[]": ["Nairobi", ""],
    "country[]": ["Kenya", ""],
    "language[]": ["en", "fr"],
    "level[]": ["fluent", "working"],
    "must[]": ["yes", "no"],
    "description": "Work in **Nairobi**:\n\n- one\n- two",
    "audience": "public",
}


@pytest.fixture
async def editor(desk: Desk) -> Browser:
    """The browser of an editor of the board `jobs`; the employer's site is known."""
    await desk.member("ana")
    await edit(desk, "ana", "jobs")
    await post(desk, "V-02")
    from fediunion.union.vacancies.service.employers import confirm_employer

    known = notice("V-01")
    await desk.db.write(confirm_employer, known.employer, known.verified_domains, by="tests")
    return await desk.signed_in()


async def send(browser: Browser, path: str, fields: Mapping[str, Any]) -> httpx.Response:
    """Send the form of a vacancy, as a page of ours does."""
    token = fields_of((await browser.get("/boards/jobs/new")).text)["form_token"]
    return await browser.http.post(
        path,
        data={"form_token": token, **fields},
        files={"nothing": b""},
        headers={"Origin": "https://us.example", "Sec-Fetch-Site": "same-origin"},
    )


async def newest(desk: Desk) -> Vacancy:
    """Return the vacancy that was made last."""
    return (await stored(desk))[-1]


async def test_what_an_editor_writes_becomes_a_draft_with_every_value_normalised(
    desk: Desk, editor: Browser
) -> None:
    answer = await send(editor, "/uploads/boards/jobs/new", FILLED | {"act": "save"})
    assert answer.status_code == 303, answer.text
    made = await newest(desk)
    assert answer.headers["location"] == f"/boards/jobs/{made.slug}"
    assert made.state == VacancyState.DRAFT
    said = notice_of(made)
    assert (said.grade, said.stations[0].country, said.closes_zone) == ("P-3", "KE", "Africa/Nairobi")
    assert [(each.language, each.required) for each in said.languages] == [("en", True), ("fr", False)]
    assert said.description_html == (
        "<p>Work in <strong>Nairobi</strong>:</p><ul><li>one</li><li>two</li></ul>"
    )
    entries = [entry for entry in await desk.rows(AuditEntry) if entry.action == "vacancy.draft"]
    assert entries[-1].by == "@ana@us.example"


async def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    desk: Desk, editor: Browser
) -> None:
    wrong = FILLED | {
        "employer": "",
        "closes_day": "2020-01-01",
        "country[]": ["Narnia", ""],
        "salary_currency": "XXX",
        "salary_min": "5",
        "act": "save",
    }
    answer = await send(editor, "/uploads/boards/jobs/new", wrong)
    assert answer.status_code == 422
    for said in ("The employer is needed.", "There is no country", "There is no currency", 'href="#places"'):
        assert said in answer.text, said
    assert 'value="Humanitarian Affairs Officer"' in answer.text
    assert 'value="Narnia"' in answer.text
    assert "- one\n- two" in answer.text
    assert len(await stored(desk)) == 1


async def test_a_bad_address_of_the_employer_is_told_in_the_language_of_the_editor(
    desk: Desk, editor: Browser
) -> None:
    wrong = FILLED | {"employer_site": "no address", "closes_day": "", "act": "save"}
    answer = await send(editor, "/uploads/boards/jobs/new?lang=fr", wrong)
    assert answer.status_code == 422
    assert "Ce n’est pas l’adresse d’une page." in answer.text
    assert "This is no address" not in answer.text


async def test_one_looks_at_it_before_anything_is_kept(desk: Desk, editor: Browser) -> None:
    asked = FILLED | {"act": "preview", "description": "Pay the visa processing fee of 150 USD."}
    page = (await send(editor, "/uploads/boards/jobs/new", asked)).text
    assert "How it reads in Mastodon" in page
    assert "<strong>Humanitarian Affairs Officer · P-3 · Nairobi</strong>" in page
    assert "It cannot be published with these words" in page
    assert "processing fee" in page
    assert len(await stored(desk)) == 1
    elsewhere = FILLED | {"act": "preview", "url": "https://jobs.example.net/1"}
    page = (await send(editor, "/uploads/boards/jobs/new", elsewhere)).text
    assert "https://jobs.example.net/1" in page
    assert "sent to nobody, until an officer confirms" in page


async def test_a_script_gets_the_preview_alone_while_one_types(desk: Desk, editor: Browser) -> None:
    answer = await send(editor, "/uploads/boards/jobs/preview", FILLED)
    assert "<html" not in answer.text
    assert "<strong>Humanitarian Affairs Officer · P-3 · Nairobi</strong>" in answer.text
    begun = await send(editor, "/uploads/boards/jobs/preview", {"title": "Begun"})
    assert begun.status_code == 200
    assert "Closing date" in begun.text
    there = await post(desk, "V-01", draft=True)
    known = await send(editor, f"/uploads/boards/jobs/preview?vacancy={there.slug}", FILLED)
    assert f"us.example/vacancies/{there.slug}" in known.text
    assert "href=" not in known.text
    assert (await send(editor, "/uploads/boards/jobs/preview?vacancy=zzz", FILLED)).status_code == 404
    evil = FILLED | {"title": "<script>alert(1)</script>"}
    assert "<script>" not in (await send(editor, "/uploads/boards/jobs/preview", evil)).text


async def test_W04_a_form_of_another_site_is_not_taken(desk: Desk, editor: Browser) -> None:
    answer = await editor.http.post(
        "/uploads/boards/jobs/new",
        data={**FILLED, "form_token": "forged", "act": "save"},
        files={"nothing": b""},
        headers={"Origin": "https://us.example", "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 403
    assert len(await stored(desk)) == 1


async def confirm(browser: Browser, path: str, **fields: str) -> httpx.Response:
    """Open a page that asks, and say yes."""
    page = await browser.get(path)
    assert page.status_code == 200, page.status_code
    return await browser.post(path, {"form_token": fields_of(page.text)["form_token"], **fields})


async def test_publishing_says_first_who_hears_of_it(desk: Desk, editor: Browser) -> None:
    draft = await post(desk, "V-01", draft=True)
    path = f"/boards/jobs/{draft.slug}/publish"
    page = (await editor.get(path)).text
    assert "<strong>Humanitarian Affairs Officer · P-3 · Nairobi</strong>" in page
    assert "No other server is told." in page
    assert "It closes by itself on" in page
    answer = await confirm(editor, path)
    assert answer.headers["location"] == f"/vacancies/{draft.slug}"
    assert (await newest(desk)).state == VacancyState.OPEN
    assert (await editor.get(path)).status_code == 404


async def test_what_is_unverified_is_published_here_alone_and_the_page_says_so(
    desk: Desk, editor: Browser
) -> None:
    draft = await post(desk, "V-09", draft=True, official=False)
    path = f"/boards/jobs/{draft.slug}/publish"
    assert "marked as unverified, and is sent to nobody" in (await editor.get(path)).text
    await confirm(editor, path)
    made = await newest(desk)
    assert (made.state, made.post_id) == (VacancyState.OPEN, None)


async def test_words_of_a_fraud_are_not_published_and_named(desk: Desk, editor: Browser) -> None:
    draft = await post(desk, "V-SCAM", draft=True)
    answer = await confirm(editor, f"/boards/jobs/{draft.slug}/publish")
    assert answer.status_code == 422
    assert "are those of a fraud" in answer.text
    assert (await newest(desk)).state == VacancyState.DRAFT


async def test_an_open_vacancy_is_changed_and_its_form_begins_with_what_it_says(
    desk: Desk, editor: Browser
) -> None:
    vacancy = await post(desk, "V-01")
    page = (await editor.get(f"/boards/jobs/{vacancy.slug}")).text
    assert 'value="2027-01-08"' in page
    assert 'value="Nairobi"' in page
    assert "- Prepares situation reports and funding appeals" in page
    changed = FILLED | {"number": "26-2", "title": "Changed Officer", "act": "save"}
    answer = await send(editor, f"/uploads/boards/jobs/{vacancy.slug}", changed)
    assert answer.status_code == 303, answer.text
    assert (await newest(desk)).title == "Changed Officer"


async def test_a_vacancy_is_extended_to_a_later_day_and_to_no_earlier_one(
    desk: Desk, editor: Browser
) -> None:
    vacancy = await post(desk, "V-01")
    path = f"/boards/jobs/{vacancy.slug}/extend"
    assert "No other server is told." in (await editor.get(path)).text
    refused = await confirm(editor, path, closes_day="2027-01-02")
    assert refused.status_code == 422
    assert "This is not later than the closing date that it has." in refused.text
    assert (await confirm(editor, path, closes_day="soon")).status_code == 422
    assert (await confirm(editor, path, closes_day="2027-02-08", closes_time="17:00")).status_code == 303
    extended = await newest(desk)
    assert extended.state == VacancyState.EXTENDED
    assert extended.closes_at.isoformat() == "2027-02-08T14:00:00+00:00"


@pytest.mark.parametrize("how", ["filled", "closed", "withdrawn"])
async def test_a_vacancy_is_ended_as_an_editor_says(desk: Desk, editor: Browser, how: str) -> None:
    vacancy = await post(desk, "V-01")
    path = f"/boards/jobs/{vacancy.slug}/end"
    assert (await confirm(editor, path, how="removed")).status_code == 422
    assert (await confirm(editor, path, how=how)).headers["location"] == "/boards/jobs"
    assert (await newest(desk)).state == how
    assert (await editor.get(path)).status_code == 404
    assert (await editor.get(f"/boards/jobs/{vacancy.slug}")).headers["location"] == (
        f"/vacancies/{vacancy.slug}"
    )


async def test_a_draft_is_thrown_away(desk: Desk, editor: Browser) -> None:
    draft = await post(desk, "V-01", draft=True)
    await confirm(editor, f"/boards/jobs/{draft.slug}/end", how="withdrawn")
    assert draft.slug not in [each.slug for each in await stored(desk)]
