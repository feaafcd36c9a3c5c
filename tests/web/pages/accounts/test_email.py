"""/settings/email: another address, confirmed, and taken back."""

import pytest

from fediunion.members.models import Member, Role
from fediunion.members.sessions import begin_session
from tests.oauth.rig import PASSWORD, Desk, fields_of
from tests.web.pages.accounts.people import link_in, mails, send, with_passkey


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


async def test_W15_who_takes_an_address_back_sees_what_stays_and_officers_see_that_it_happened(
    desk: Desk,
) -> None:
    ana = await desk.member("ana")
    await desk.member("mo", role=Role.MODERATOR)
    await with_passkey(await desk.signed_in(), "Old key")
    desk.clock.advance(days=2)
    browser = desk.browser()
    browser.http.cookies.set("__Host-session", await desk.on(ana, begin_session), domain="us.example")
    await with_passkey(browser, "Key of a thief")
    await send(browser, "/settings/email", email="thief@home.example")
    elsewhere = desk.browser()
    await send(elsewhere, link_in((await mails(desk))["thief@home.example"]))
    undo = link_in((await mails(desk))["ana@us.example"])
    officer = await desk.signed_in("mo")
    assert "taken back within 7 days" not in (await officer.get("/admin")).text
    await send(elsewhere, undo)
    letter = (await mails(desk))["ana@us.example"]
    assert "yours again" in letter
    page = (await elsewhere.get(link_in(letter))).text
    assert ("Old key" in page, "Key of a thief" in page) == (True, False)
    assert "One account was taken back within 7 days" in (await officer.get("/admin")).text
    log = (await officer.get("/admin/audit")).text
    assert "gave an account back to who had its former e-mail address" in log
    assert "@ana@us.example" in log
    # Members, who see the log without whom it was about, do not learn whose account it was.
    chain = (await officer.get("/audit")).text
    assert ("gave an account back" in chain, "@ana@" in chain) == (True, False)
    wrong = await send(elsewhere, link_in(letter), password="short")
    assert (wrong.status_code, "Old key" in wrong.text) == (422, True)
    assert "Old key" not in (await elsewhere.get("/password/new?token=none")).text


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
