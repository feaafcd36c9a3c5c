"""/password and /settings/password: by mail, by a recovery code, by the one that was."""

import re

import pytest

from fediunion.members.models import MemberState
from tests.oauth.rig import PASSWORD, Desk, fields_of
from tests.web.pages.accounts.conftest import Opening
from tests.web.pages.accounts.people import link_in, mails, send, with_app

NEW = "four other words entirely"


async def test_W14_a_mailed_link_gives_another_password_once_at_the_door(desk: Desk) -> None:
    await desk.member("ana")
    old, browser = await desk.signed_in(), desk.browser()
    sent = await send(browser, "/password/forgotten", name="ana@us.example")
    assert "a mail is on its way" in (await browser.get(sent.headers["location"])).text
    link = link_in((await mails(desk))["ana@us.example"])
    shown = await browser.get(link)
    assert shown.headers["referrer-policy"] == "same-origin"
    assert shown.headers["cache-control"] == "no-store"
    weak = await send(browser, link, password="short")
    assert (weak.status_code, "at least 12 characters" in weak.text) == (422, True)
    done = await send(browser, link, password=NEW)
    assert done.headers["location"] == "/sign-in"
    assert "Your password is changed." in (await browser.get("/sign-in")).text
    assert (await old.get("/settings/security")).status_code == 303
    assert (await browser.sign_in(password=PASSWORD)).status_code == 422
    assert (await browser.sign_in(password=NEW)).status_code == 303
    assert (await browser.get(link)).status_code == 404
    fields = fields_of((await browser.get("/sign-out")).text)
    token = link.partition("token=")[2]
    again = await browser.post("/password/new", fields | {"token": token, "password": PASSWORD})
    assert (again.status_code, "This link was used" in again.text) == (422, True)
    assert "was changed" in (await mails(desk))["ana@us.example"]


async def test_W14_another_password_asks_for_the_second_step_all_the_same(desk: Desk) -> None:
    await desk.member("ana")
    await with_app(desk, await desk.signed_in())
    await mails(desk)
    browser = desk.browser()
    await send(browser, "/password/forgotten", name="ana")
    await send(browser, link_in((await mails(desk))["ana@us.example"]), password=NEW)
    signed_in = await browser.sign_in(password=NEW)
    assert signed_in.headers["location"].startswith("/sign-in/second?")


@pytest.mark.parametrize("name", ["ana", "sue@us.example", "nobody", "nobody@us.example", ""], ids=repr)
async def test_W08_forgetting_says_the_same_to_everybody(desk: Desk, name: str) -> None:
    await desk.member("ana")
    await desk.member("sue", state=MemberState.SUSPENDED)
    browser = desk.browser()
    fields = fields_of((await browser.get("/password/forgotten")).text)
    answer = await browser.post("/password/forgotten", fields | {"name": name})
    page = (await browser.get(answer.headers["location"])).text
    assert "If there is such an account with an address, a mail is on its way to it." in page
    assert "sue" not in page
    assert list(await mails(desk)) == (["ana@us.example"] if name == "ana" else [])


async def test_O20_mail_is_asked_for_so_often_and_no_more(opened: Opening) -> None:
    async with opened(limits={"enabled": True}) as desk:
        browser = desk.browser()
        statuses = [(await send(browser, "/password/forgotten", name="ana")).status_code for _ in range(21)]
        assert statuses == [303] * 20 + [429]


async def test_W12_a_recovery_code_gives_another_password_once_at_the_door(desk: Desk) -> None:
    await desk.member("ana")
    made = await send(await desk.signed_in(), "/settings/security", "/settings/security/codes")
    code = re.findall(r"<code>([a-z2-9-]{19})</code>", made.text)[0]
    browser = desk.browser()
    given = {"name": "ana", "code": code, "password": NEW}
    weak = await send(browser, "/password/code", **given | {"password": "short"})
    assert (weak.status_code, "at least 12 characters" in weak.text) == (422, True)
    done = await send(browser, "/password/code", **given)
    assert done.headers["location"] == "/sign-in"
    assert (await browser.sign_in(password=NEW)).status_code == 303
    again = await send(desk.browser(), "/password/code", **given)
    assert (again.status_code, "The name or the code is not right." in again.text) == (422, True)


async def test_W08_by_code_nobody_learns_who_there_is(desk: Desk) -> None:
    await desk.member("ana")
    given = {"code": "abcd-efgh-jkmn-pqrs", "password": NEW}
    pages = [await send(desk.browser(), "/password/code", name=name, **given) for name in ("ana", "bob")]
    assert {page.status_code for page in pages} == {422}
    texts = [re.sub(r'value="[0-9a-f]{64,}"|value="(ana|bob)"', "", page.text) for page in pages]
    assert texts[0] == texts[1]


async def test_W02_a_member_changes_the_password_and_keeps_this_browser_alone(desk: Desk) -> None:
    await desk.member("ana")
    browser, other = await desk.signed_in(), await desk.signed_in()
    wrong = await send(browser, "/settings/password", current="not this", password=NEW)
    assert (wrong.status_code, "The password is not right." in wrong.text) == (422, True)
    weak = await send(browser, "/settings/password", current=PASSWORD, password="ana")
    assert (weak.status_code, 'id="password-error"' in weak.text) == (422, True)
    before = browser.cookie
    done = await send(browser, "/settings/password", current=PASSWORD, password=NEW)
    assert browser.cookie != before
    assert "Your password is changed." in (await browser.get(done.headers["location"])).text
    assert (await other.get("/settings/security")).status_code == 303


async def test_W22_passwords_of_the_form_are_bounded_and_may_be_anything_else(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in()
    fields = fields_of((await browser.get("/settings/password")).text) | {"current": PASSWORD}
    assert (await browser.post("/settings/password", fields | {"password": "é" * 40_000})).status_code == 413
    assert (await browser.post("/settings/password", fields | {"password": "x\0" * 20})).status_code == 400
    long = "schöne Wörter 漢字 " * 8
    assert (await browser.post("/settings/password", fields | {"password": long})).status_code == 303
    assert (await desk.browser().sign_in(password=long)).status_code == 303
    assert (await desk.browser().sign_in(password=f"{long}!")).status_code == 422
