"""An archive of everything for its owner alone, and erasing the account with its receipt."""

import io
import json
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.members.models import Member, MemberState, Role, WebSession
from fediunion.social.archives import jobs, service
from fediunion.social.archives.cards import calendar_of
from fediunion.social.archives.models import Archive
from fediunion.social.media.jobs import sweep
from fediunion.social.media.models import StoredFile
from tests.fakes.clock import FakeClock
from tests.oauth.rig import Browser, Desk, fields_of
from tests.web.pages.members import follow, press, write
from tests.web.pages.test_settings import FORM, picture, upload

PATH = "/settings/archive"


@pytest.fixture
async def ana(desk: Desk) -> Browser:
    for name in ("ana", "ben"):
        await desk.member(name)
    return await desk.signed_in("ana")


async def archived(desk: Desk, browser: Browser) -> ZipFile:
    """Ask for an archive, have it made, and fetch it."""
    assert (await press(browser, PATH, PATH)).status_code == 303
    await desk.union.work()
    page = (await browser.get(PATH)).text
    assert "Download the archive" in page
    answer = await browser.get(f"{PATH}/{await number(desk)}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.headers["cache-control"] == "no-store"
    return ZipFile(io.BytesIO(answer.content))


async def number(desk: Desk) -> int:
    """Return the id of the latest archive."""
    latest: int = max(row.id for row in await desk.rows(Archive))
    return latest


def loaded(packed: ZipFile, name: str) -> Any:
    """Return a JSON file of an archive."""
    return json.loads(packed.read(name))


async def test_an_archive_has_everything_of_its_owner(desk: Desk, ana: Browser) -> None:
    files = [("avatar", ("me.png", picture(), "image/png"))]
    fields = FORM | {"display_name": "Ana, née; B", "field_name[]": "Site", "field_value[]": "x" * 90}
    assert (await upload(ana, "/settings/profile", "/uploads/profile", fields, files)).status_code == 303
    await follow(desk, "ana", "ben")
    await write(desk, "ana", "For everybody here")
    await write(desk, "ana", "@ben for you alone", audience=Audience.DIRECT)
    packed = await archived(desk, ana)
    assert packed.testzip() is None
    names = packed.namelist()
    assert "calendar.ics" not in names
    assert sum(name.startswith("media/") for name in names) == 1
    outbox = loaded(packed, "outbox.json")
    assert outbox["totalItems"] == 2
    assert [each["type"] for each in outbox["orderedItems"]] == ["Create", "Create"]
    assert "for you alone" in outbox["orderedItems"][1]["object"]["content"]
    assert loaded(packed, "actor.json")["preferredUsername"] == "ana"
    assert loaded(packed, "account.json")["email"] == "ana@us.example"
    assert b"ben@us.example" in packed.read("csv/following_accounts.csv")
    card = packed.read("profile.vcf").decode()
    assert "FN:Ana\\, née\\; B\r\n" in card
    assert all(len(line.encode()) <= 75 for line in card.split("\r\n"))


async def test_V18_what_others_wrote_is_in_nobodys_archive(desk: Desk, ana: Browser) -> None:
    await write(desk, "ben", "@ana secret of ben", audience=Audience.DIRECT)
    await write(desk, "ben", "private words of ben", audience=Audience.FOLLOWERS)
    packed = await archived(desk, ana)
    everything = b"".join(packed.read(name) for name in packed.namelist())
    assert b"of ben" not in everything


async def test_V18_an_archive_is_for_its_owner_alone(desk: Desk, ana: Browser) -> None:
    await archived(desk, ana)
    path, ben = f"{PATH}/{await number(desk)}", await desk.signed_in("ben")
    assert (await ben.get(path)).status_code == 404
    assert (await desk.browser().get(path)).status_code == 303
    (file,) = await desk.rows(StoredFile)
    for browser in (ana, ben, desk.browser()):
        assert (await browser.get(f"/media/files/{file.name}")).status_code == 404


async def test_W19_an_archive_is_asked_for_and_fetched_after_a_proof(desk: Desk, ana: Browser) -> None:
    await archived(desk, ana)
    desk.clock.advance(hours=1)
    path = f"{PATH}/{await number(desk)}"
    for answer in (await ana.get(path), await press(ana, PATH, PATH)):
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in/again")
    assert len(await desk.rows(Archive)) == 1


async def test_an_archive_is_made_once_a_day_and_deleted_after_a_week(desk: Desk, ana: Browser) -> None:
    await archived(desk, ana)
    again = await press(ana, PATH, PATH)
    assert again.status_code == 422
    assert "once a day" in again.text
    desk.clock.advance(hours=24 * 7 + 1)
    browser = await desk.signed_in("ana")
    assert (await browser.get(f"{PATH}/{await number(desk)}")).status_code == 404
    (file,) = await desk.rows(StoredFile)
    storage = desk.union.world.settings.media.dir / "files" / file.place
    assert storage.exists()
    await sweep(desk.union.world, {})
    await jobs.forget_over(desk.union.world, {})
    assert not storage.exists()
    assert await desk.rows(Archive) == []


async def test_an_archive_that_failed_can_be_asked_for_again_at_once(desk: Desk, ana: Browser) -> None:
    await press(ana, PATH, PATH)
    await desk.db.write(service.fail, await number(desk))
    page = (await ana.get(PATH)).text
    assert "could not be made" in page
    assert (await press(ana, PATH, PATH)).status_code == 303


def test_what_is_scheduled_is_an_event(clock: FakeClock) -> None:
    at = clock.now() + timedelta(days=1)
    text = calendar_of([("1@us.example", at, "Line one\nLine two")], clock.now())
    assert f"DTSTART:{at:%Y%m%dT%H%M%SZ}\r\n" in text
    assert "SUMMARY:Line one\\nLine two\r\n" in text
    assert text.endswith("END:VCALENDAR\r\n")


async def test_J10_erasing_offers_the_archive_first_and_shows_a_receipt_to_who_has_its_address(
    desk: Desk, ana: Browser
) -> None:
    page = (await ana.get("/settings/erase")).text
    assert page.index('href="/settings/archive"') < page.index('action="/settings/erase"')
    assert "No other server holds anything of yours" in page
    done = await press(ana, "/settings/erase", "/settings/erase", name="@Ana")
    assert done.status_code == 303
    path = done.headers["location"]
    assert path.startswith("/erased?token=")
    receipt = await desk.browser().get(path)
    assert receipt.status_code == 200
    assert receipt.headers["cache-control"] == "no-store"
    assert receipt.headers["referrer-policy"] == "same-origin"
    assert "ana" not in receipt.text.replace("Arabic", "").lower().split("<h1")[1]
    states = {row.state for row in await desk.rows(Member)}
    assert states == {MemberState.ACTIVE, MemberState.DELETED}
    assert await desk.rows(WebSession) == []
    assert (await ana.get("/settings")).status_code == 303
    assert (await desk.browser().get("/erased?token=guessed")).status_code == 404
    assert (await desk.browser().get("/erased")).status_code == 404


async def test_nothing_is_erased_where_the_name_is_another_one(desk: Desk, ana: Browser) -> None:
    for name in ("", "ben", "<b>"):
        page = await press(ana, "/settings/erase", "/settings/erase", name=name)
        assert page.status_code == 422
        assert "This is not the name of your account." in page.text
        assert "<b></" not in page.text
    assert {row.state for row in await desk.rows(Member)} == {MemberState.ACTIVE}


async def test_W19_who_does_not_prove_to_be_the_one_erases_nothing(desk: Desk, ana: Browser) -> None:
    token = fields_of((await ana.get("/settings/erase")).text)
    desk.clock.advance(hours=1)
    assert (await ana.get("/settings/erase")).headers["location"].startswith("/sign-in/again")
    answer = await ana.post("/settings/erase", token | {"name": "ana"})
    assert answer.headers["location"].startswith("/sign-in/again")
    assert {row.state for row in await desk.rows(Member)} == {MemberState.ACTIVE}


async def test_the_last_owner_is_told_why_the_account_stays(desk: Desk, ana: Browser) -> None:
    def promote(session: Session) -> None:
        for row in session.scalars(select(Member)):
            row.role = Role.OWNER if row.email_key and row.id == first else row.role

    first = min(row.id for row in await desk.rows(Member))
    await desk.db.write(promote)
    page = await press(ana, "/settings/erase", "/settings/erase", name="ana")
    assert page.status_code == 422
    assert "Nothing was erased." in page.text
