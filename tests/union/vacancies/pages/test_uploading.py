"""/boards/{name}/import: a file with many vacancies, and what became of each."""

import httpx
import pytest

from fediunion.members.models import Role
from fediunion.union.vacancies.models import VacancyState
from tests.oauth.rig import Browser, Desk, fields_of
from tests.union.vacancies.pages.hall import edit, stored

TABLE = (
    "number,title,employer,employer_site,url,closes,city,country\n"
    "1,Driver,RCO,https://careers.rco.example/,https://careers.rco.example/1,2027-01-08,Nairobi,KE\n"
    "2,Cook,RCO,,https://careers.rco.example/2,2027-01-08,Nairobi,XX\n"
)


async def upload(browser: Browser, content: bytes, **fields: str) -> httpx.Response:
    """Send a file."""
    page = await browser.get("/boards/jobs/import")
    return await browser.http.post(
        "/uploads/boards/jobs/import",
        data={"form_token": fields_of(page.text)["form_token"], **fields},
        files={"file": ("vacancies.csv", content)},
        headers={"Origin": "https://us.example", "Sec-Fetch-Site": "same-origin"},
    )


@pytest.fixture
async def editor(desk: Desk) -> Browser:
    """The browser of an editor of the board `jobs`."""
    await desk.member("ana")
    await edit(desk, "ana", "jobs")
    return await desk.signed_in()


async def test_each_row_is_taken_or_refused_with_its_reason(desk: Desk, editor: Browser) -> None:
    answer = await upload(editor, TABLE.encode())
    assert answer.status_code == 200, answer.text
    assert "Draft" in answer.text
    assert "Refused" in answer.text
    assert "There is no country" in answer.text
    (vacancy,) = await stored(desk)
    assert (vacancy.title, vacancy.state) == ("Driver", VacancyState.DRAFT)
    again = await upload(editor, TABLE.encode())
    assert "As it was" in again.text
    assert len(await stored(desk)) == 1


async def test_an_officer_alone_vouches_for_the_sites_in_a_file(desk: Desk, editor: Browser) -> None:
    await upload(editor, TABLE.encode(), publishes="1", confirms="1")
    (vacancy,) = await stored(desk)
    assert (vacancy.state, vacancy.source_status) == (VacancyState.OPEN, "unverified")
    await desk.member("olga", role=Role.ADMIN)
    changed = TABLE.replace("Driver", "Night driver")
    await upload(await desk.signed_in("olga"), changed.encode(), publishes="1", confirms="1")
    (vacancy,) = await stored(desk)
    assert (vacancy.title, vacancy.source_status) == ("Night driver", "verified")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Choose a file."),
        (b"hello", "The file is neither JSON nor a table with a header."),
        (b"colour,title\nred,x\n", "There is no column"),
        (b"x" * (2 * 1_048_576 + 1), "the command line takes more"),
    ],
    ids=["empty", "no table", "unknown column", "too large"],
)
async def test_a_file_that_cannot_be_read_is_refused_whole(
    desk: Desk, editor: Browser, content: bytes, said: str
) -> None:
    answer = await upload(editor, content)
    assert answer.status_code == 422
    assert said in answer.text
    assert await stored(desk) == []
