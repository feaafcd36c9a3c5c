"""/settings/email: another address, confirmed, and taken back."""

import pytest

from fediunion.members.models import Member
from tests.oauth.rig import PASSWORD, Desk, fields_of
from tests.web.pages.accounts.people import link_in, mails, send


async def test_W15_an_address_is_changed_and_taken_back_at_the_door(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in()
    assert "ana@us.example" in (await browser.get("/settings/email")).text
    asked = await send(browser, "/settings/email", email="new@home.example")
    assert "a mail is on its way" in (await browser.get(asked.headers["location"])).text
    link = link_in((await mails(desk))["new@home.example"])
    elsewhere = desk.browser()
    shown = await elsewhere.get(link)
    assert shown.headers["referrer-policy"] == "same-origin"
    assert "ana@us.example" in (await browser.get("/settings/email")).text
    done = await send(elsewhere, link)
    assert "This is the address of your account now." in done.text
    assert (await elsewhere.get(link)).status_code == 404
    undo = link_in((await mails(desk))["ana@us.example"])
    desk.clock.advance(hours=73)
    taken_back = await send(elsewhere, undo)
    assert "The address is the old one again" in taken_back.text
    assert (await browser.get("/settings/security")).status_code == 303
    reset = link_in((await mails(desk))["ana@us.example"])
    assert reset.startswith("/password/new?token=")
    assert (await elsewhere.get(undo)).status_code == 404


async def test_W08_an_address_of_somebody_is_answered_like_any_other(desk: Desk) -> None:
    await desk.member("ana")
    await desk.member("ben")
    browser = await desk.signed_in()
    pages = []
    for email in ("ben@us.example", "free@us.example"):
        asked = await send(browser, "/settings/email", email=email)
        pages.append((asked.status_code, asked.headers["location"]))
    assert pages[0] == pages[1]
    assert list(await mails(desk)) == ["free@us.example"]


@pytest.mark.parametrize(
    "email", ["", "a@b@c.example", '"x y"@us.example', "a%b@us.example", "(c)a@us.example"]
)
async def test_W16_an_address_that_two_programs_read_differently_is_refused(desk: Desk, email: str) -> None:
    await desk.member("ana")
    answer = await send(await desk.signed_in(), "/settings/email", email=email)
    assert (answer.status_code, 'id="email-error"' in answer.text) == (422, True)
    assert await mails(desk) == {}


async def test_W19_an_old_proof_changes_no_address(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in()
    fields = fields_of((await browser.get("/settings/email")).text)
    desk.clock.advance(minutes=11)
    asked = await browser.post("/settings/email", fields | {"email": "new@home.example"})
    assert asked.headers["location"].startswith("/sign-in/again?")
    assert await mails(desk) == {}
    proved = await send(
        browser, asked.headers["location"], "/sign-in/again", password=PASSWORD, next="/settings/email"
    )
    assert proved.headers["location"] == "/settings/email"


@pytest.mark.parametrize("path", ["confirm", "undo"])
async def test_a_link_that_is_none_does_nothing_and_says_so(desk: Desk, path: str) -> None:
    await desk.member("ana")
    browser = desk.browser()
    assert (await browser.get(f"/settings/email/{path}?token=unknown")).status_code == 404
    fields = fields_of((await browser.get("/sign-in")).text)
    answer = await browser.post(f"/settings/email/{path}", fields | {"token": "unknown" * 100})
    assert (answer.status_code, "This link was used" in answer.text) == (422, True)
    (member,) = await desk.rows(Member)
    assert member.email_key is not None


async def test_a_link_to_an_address_that_somebody_took_meanwhile_says_so(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in()
    await send(browser, "/settings/email", email="ben@us.example")
    link = link_in((await mails(desk))["ben@us.example"])
    await desk.member("ben")
    answer = await send(desk.browser(), link)
    assert (answer.status_code, "This e-mail address is in use." in answer.text) == (422, True)
