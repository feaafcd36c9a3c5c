"""/boards/{name}/watched: what a board has watched, and what its editors are told about it."""

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.kit.sentences import Sentence, kept
from fediunion.union.vacancies.models import VacancyState, WatchedItem, WatchedPage
from tests.oauth.rig import Browser, Desk, fields_of
from tests.union.vacancies.pages.hall import board_of, edit, post, stored

PATH = "/boards/jobs/watched"
URL = "https://careers.rco.example/jobs"


@pytest.fixture
async def editor(desk: Desk) -> Browser:
    """The browser of an editor of the board `jobs`."""
    await desk.member("ana")
    await edit(desk, "ana", "jobs")
    return await desk.signed_in()


async def send(browser: Browser, fields: dict[str, str], *, at: str = PATH, to: str = "") -> httpx.Response:
    """Send a form of the page."""
    page = await browser.get(at)
    return await browser.post(to or at, {"form_token": fields_of(page.text)["form_token"], **fields})


async def watch(browser: Browser, **changed: str) -> str:
    """Send the form; return the page that answers it, or that it leads to."""
    fields = {"url": URL, "kind": "page", "every": "60", "publishes": "1"} | changed
    answer = await send(browser, fields)
    return answer.text if answer.status_code != 303 else (await browser.get(PATH)).text


async def test_an_editor_watches_a_page_and_ends_it(desk: Desk, editor: Browser) -> None:
    assert "No page is watched" in (await editor.get(PATH)).text
    text = await watch(editor)
    assert URL in text
    assert "Not looked at yet" in text
    (row,) = await desk.rows(WatchedPage)
    assert (row.url, row.kind, row.every_minutes, row.publishes) == (URL, "page", 60, True)
    answer = await send(editor, {}, to=f"{PATH}/{row.id}/end")
    assert answer.status_code == 303
    assert await desk.rows(WatchedPage) == []


async def test_what_cannot_be_watched_is_said_beside_what_was_typed(desk: Desk, editor: Browser) -> None:
    text = await watch(editor, url="javascript:alert(1)")
    assert "This is no address of a page." in text
    assert 'value="javascript:alert(1)"' in text
    assert "It is looked at every 15 to 10080 minutes." in await watch(editor, every="1")
    assert await desk.rows(WatchedPage) == []


async def test_editors_are_told_what_is_missing_and_what_is_unreadable(desk: Desk, editor: Browser) -> None:
    vacancy = await post(desk)
    await watch(editor)

    def found(session: Session) -> None:
        page = session.scalars(select(WatchedPage)).one()
        page.looked_at, page.outcome = desk.clock.now(), kept(Sentence("New: %(new)s", new=1))
        for key, fault, missing in (("1", "", True), ("2", "<b>No</b> closing date", False)):
            session.add(
                WatchedItem(
                    page_id=page.id,
                    key=key,
                    fault=fault,
                    vacancy_id=vacancy.id if missing else None,
                    read_at=desk.clock.now(),
                    missing_since=desk.clock.now() if missing else None,
                )
            )

    await desk.db.write(found)
    text = (await editor.get(PATH)).text
    assert "The employer shows these no more" in text
    assert f'href="/boards/jobs/{vacancy.slug}"' in text
    assert "&lt;b&gt;No&lt;/b&gt; closing date" in text
    assert "New: 1" in text
    (kept_open,) = await stored(desk)
    assert kept_open.state == VacancyState.OPEN


async def test_nobody_else_sees_or_ends_it(desk: Desk, editor: Browser) -> None:
    await watch(editor)
    (row,) = await desk.rows(WatchedPage)
    await desk.member("zoe")
    await edit(desk, "zoe", "other")
    other = await desk.signed_in("zoe")
    assert (await other.get(PATH)).status_code == 404
    answer = await send(other, {}, at="/boards/other/watched", to=f"/boards/other/watched/{row.id}/end")
    assert answer.status_code == 404
    assert len(await desk.rows(WatchedPage)) == 1
    assert (await board_of(desk)).id == row.board_id
