"""/vacancies/searches: private accounts for members, named searches for editors."""

import re

import pytest

from fediunion.social.moderation.models import AuditEntry
from fediunion.union.vacancies.models import VacancySearch
from tests.oauth.rig import Browser, Desk, fields_of
from tests.union.vacancies.pages.hall import PEER, edit

PATH = "/vacancies/searches"
NAIROBI = {
    "name": "nairobi-jobs",
    "title": "Jobs in Nairobi",
    "query": "https://us.example/vacancies?country=KE",
}


async def _send(browser: Browser, path: str, **fields: str) -> tuple[int, str]:
    token = {
        name: value for name, value in fields_of((await browser.get(PATH)).text).items() if name != "query"
    }
    answer = await browser.post(path, token | fields)
    if answer.status_code == 303:
        return 303, (await browser.get(answer.headers["location"])).text
    return answer.status_code, answer.text


@pytest.fixture
async def editor(desk: Desk) -> Browser:
    await desk.member("ed")
    await edit(desk, "ed", "jobs")
    return await desk.signed_in("ed")


async def test_a_member_makes_a_private_account_and_is_shown_its_name_once(desk: Desk) -> None:
    await desk.member("ana")
    ana = await desk.signed_in("ana")
    assert "in Kenya" in (await ana.get(f"{PATH}?country=KE")).text
    status, page = await _send(ana, f"{PATH}/private", query="country=KE")
    assert status == 200
    (name,) = re.findall(r"@(p-[a-z2-7]{26})@us\.example", page)
    (row,) = await desk.rows(VacancySearch)
    assert (row.name, row.query) == (name, "country=KE")
    assert name not in (await ana.get(PATH)).text
    assert (await desk.http.get(f"/actors/{name}", headers=PEER)).status_code == 200
    status, page = await _send(ana, f"{PATH}/private", query="country=Narnia")
    assert status == 422
    assert "Narnia" in page


async def test_an_editor_names_a_search_renames_and_ends_it(desk: Desk, editor: Browser) -> None:
    status, page = await _send(editor, PATH, **NAIROBI)
    assert status == 303
    assert "@nairobi-jobs@us.example" in page
    assert "in Kenya" in page
    assert (await editor.get("/@nairobi-jobs")).status_code == 200
    status, page = await _send(editor, f"{PATH}/nairobi-jobs/title", title="Nairobi")
    assert 'value="Nairobi"' in page
    assert (await _send(editor, f"{PATH}/nairobi-jobs/title", title=" "))[0] == 422
    status, page = await _send(editor, f"{PATH}/nairobi-jobs/end")
    assert "No search has a name yet" in page
    acts = [(row.action, row.by) for row in await desk.rows(AuditEntry) if row.action.startswith("search.")]
    assert acts == [(f"search.{act}", "@ed@us.example") for act in ("create", "rename", "end")]


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "union"), ("name", ""), ("title", ""), ("query", "country=Narnia"), ("query", "state=closed")],
)
async def test_what_is_wrong_is_said_and_the_typed_words_stay(
    desk: Desk, editor: Browser, field: str, value: str
) -> None:
    status, page = await _send(editor, PATH, **NAIROBI | {field: value})
    assert status == 422
    assert f'id="{field}-error"' in page
    kept = "title" if field == "name" else "name"
    assert f'value="{NAIROBI[kept]}"' in page
    assert await desk.rows(VacancySearch) == []


async def test_a_member_who_edits_no_board_sees_them_and_changes_nothing(desk: Desk, editor: Browser) -> None:
    await _send(editor, PATH, **NAIROBI)
    await desk.member("ana")
    ana = await desk.signed_in("ana")
    page = (await ana.get(PATH)).text
    assert "@nairobi-jobs@us.example" in page
    assert "Give a search a name" not in page
    for path, fields in (
        (PATH, NAIROBI | {"name": "another"}),
        (f"{PATH}/nairobi-jobs/title", {"title": "Mine"}),
        (f"{PATH}/nairobi-jobs/end", {}),
    ):
        assert (await _send(ana, path, **fields))[0] == 404, path
    assert (await desk.browser().get(PATH)).status_code == 303
    (row,) = await desk.rows(VacancySearch)
    assert row.title == "Jobs in Nairobi"
