"""/settings/security: apps, passkeys, recovery codes, and the browsers in which somebody is signed in."""

import re

from fediunion.members.factors.models import Passkey
from fediunion.members.models import WebSession
from tests.oauth.rig import PASSWORD, Desk, fields_of
from tests.web.pages.accounts.people import asked, code_of, mails, send, with_app, with_passkey

PAGE = "/settings/security"
CODE = re.compile(r"<code>([a-z2-9-]{19})</code>")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def test_a_member_without_a_second_step_is_shown_how_to_get_one(desk: Desk) -> None:
    await desk.member("ana")
    page = (await (await desk.signed_in()).get(PAGE)).text
    for text in ("/settings/security/app", "/settings/security/passkeys", "You have none."):
        assert text in page
    assert "/settings/security/app/remove" not in page
    assert "/settings/invites" not in page


async def test_the_pages_are_for_members(desk: Desk) -> None:
    browser = desk.browser()
    for path in (
        PAGE,
        f"{PAGE}/app",
        f"{PAGE}/passkeys",
        "/settings/email",
        "/settings/password",
        "/welcome",
    ):
        assert (await browser.get(path)).headers["location"].startswith("/sign-in?next=")


async def test_an_app_is_set_up_from_a_drawing_or_a_text_and_comes_with_recovery_codes(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in()
    shown = await send(browser, f"{PAGE}/app")
    assert shown.headers["cache-control"] == "no-store"
    (drawn,) = re.findall(r'<svg [^>]*class="qr"[^>]*>.*?</svg>', shown.text, re.DOTALL)
    assert "<script" not in drawn
    assert "style" not in drawn
    wrong = await browser.post(f"{PAGE}/app/code", fields_of(shown.text) | {"code": "000000"})
    assert (wrong.status_code, "not the code that the app shows now" in wrong.text) == (422, True)
    assert "qr" not in re.findall(r'class="(\w+)"', wrong.text)
    await with_app(desk, browser)
    page = (await browser.get(PAGE)).text
    assert "/settings/security/app/remove" in page
    assert "You have 10 codes left." in page
    assert (await send(browser, f"{PAGE}/app")).status_code == 403


async def test_W02_another_factor_means_another_cookie_and_no_other_browser(desk: Desk) -> None:
    await desk.member("ana")
    browser, other = await desk.signed_in(), await desk.signed_in()
    before = browser.cookie
    await with_passkey(browser)
    assert browser.cookie != before
    assert (await browser.get(PAGE)).status_code == 200
    assert (await other.get(PAGE)).status_code == 303
    assert "A passkey was added." in (await mails(desk))["ana@us.example"]


async def test_a_passkey_is_named_and_its_name_is_only_text(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in()
    await with_passkey(browser, "<b>Phone</b>")
    page = (await browser.get(PAGE)).text
    assert "&lt;b&gt;Phone&lt;/b&gt;" in page
    (key,) = await desk.rows(Passkey)
    path = f"{PAGE}/passkeys/{key.id}/name"
    named = await browser.post(path, fields_of(page) | {"name": "  Key   ring "})
    assert "Key ring" in (await browser.get(named.headers["location"])).text
    nameless = await browser.post(path, fields_of(page) | {"name": " "})
    assert "A passkey needs a name" in (await browser.get(nameless.headers["location"])).text


async def test_what_is_no_passkey_is_not_added(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in()
    for answer in ("", "{}", "[1]", "nothing"):
        await asked(browser, f"{PAGE}/passkeys", f"{PAGE}/passkeys/options")
        refused = await send(browser, f"{PAGE}/passkeys", answer=answer, name="Phone")
        assert refused.status_code == 422
        assert 'value="Phone"' in refused.text
    assert await desk.rows(Passkey) == []


async def test_W12_an_app_goes_for_password_and_code_at_the_door(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in()
    app = await with_app(desk, browser)
    desk.clock.advance(seconds=60)
    page = f"{PAGE}/app/remove"
    for given in ({"password": PASSWORD}, {"password": "wrong", "code": code_of(desk, app)}):
        refused = await send(browser, page, **given)
        assert (refused.status_code, "Nothing was removed." in refused.text) == (422, True)
    done = await send(browser, page, password=PASSWORD, code=code_of(desk, app))
    assert "The app was removed." in (await browser.get(done.headers["location"])).text
    assert (await desk.browser().sign_in()).headers["location"] == "/settings/apps"


async def test_W12_a_passkey_goes_for_password_and_its_own_signature(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in()
    device = await with_passkey(browser)
    (key,) = await desk.rows(Passkey)
    page = f"{PAGE}/passkeys/{key.id}/remove"
    assert "Phone" in (await browser.get(page)).text
    options = await asked(browser, page, "/sign-in/again/passkey/options")
    done = await send(browser, page, password=PASSWORD, answer=device.sign(options))
    assert "The passkey was removed." in (await browser.get(done.headers["location"])).text
    assert await desk.rows(Passkey) == []


async def test_W13_the_passkeys_of_others_are_not_there(desk: Desk) -> None:
    await desk.member("ana")
    await desk.member("ben")
    await with_passkey(await desk.signed_in("ana"))
    ben = await desk.signed_in("ben")
    (key,) = await desk.rows(Passkey)
    fields = fields_of((await ben.get(PAGE)).text) | {"name": "Mine", "password": PASSWORD, "answer": "{}"}
    for number in (key.id, 0, 1 << 70):
        assert (await ben.get(f"{PAGE}/passkeys/{number}/remove")).status_code == 404
        assert (await ben.post(f"{PAGE}/passkeys/{number}/remove", fields)).status_code == 404
        await ben.post(f"{PAGE}/passkeys/{number}/name", fields)
    assert [row.name for row in await desk.rows(Passkey)] == ["Phone"]


async def test_W12_new_codes_are_shown_once_and_the_old_ones_are_dead(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in()
    made = [CODE.findall((await send(browser, PAGE, f"{PAGE}/codes")).text) for _ in range(2)]
    assert [len(set(codes)) for codes in made] == [10, 10]
    assert set(made[0]) & set(made[1]) == set()
    assert CODE.findall((await browser.get(PAGE)).text) == []
    given = {"name": "ana", "password": "four other words entirely"}
    statuses = [
        (await send(desk.browser(), "/password/code", code=codes[0], **given)).status_code for codes in made
    ]
    assert statuses == [422, 303]


async def test_W19_no_factor_changes_on_an_old_proof(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in()
    fields = fields_of((await browser.get(PAGE)).text)
    desk.clock.advance(minutes=11)
    for path in ("app", "app/code", "passkeys", "codes", "app/remove"):
        answer = await browser.post(f"{PAGE}/{path}", fields)
        assert answer.headers["location"].startswith("/sign-in/again?"), path
    options = await browser.post(f"{PAGE}/passkeys/options", fields)
    assert (options.status_code, list(options.json())) == (403, ["error"])


async def test_W03_browsers_are_listed_and_signed_out_one_by_one_or_all(desk: Desk) -> None:
    await desk.member("ana")
    await desk.member("ben")
    browser, others = await desk.signed_in(), [desk.browser(), desk.browser()]
    for other in others:
        other.http.headers["User-Agent"] = FIREFOX
        await other.sign_in()
    page = (await browser.get(PAGE)).text
    assert page.count("Firefox on Linux") >= 2
    assert page.count("this browser") == 1
    ends = re.findall(r'action="(/settings/security/sessions/\d+/end)"', page)
    assert len(ends) == 2
    ben = await desk.signed_in("ben")
    await ben.post(ends[0], fields_of((await ben.get(PAGE)).text))
    assert len(await desk.rows(WebSession)) == 4
    await browser.post(ends[0], fields_of(page))
    assert [(await other.get(PAGE)).status_code for other in others].count(303) == 1
    await browser.post("/settings/security/sessions/end", fields_of(page))
    assert [(await other.get(PAGE)).status_code for other in others] == [303, 303]
    assert (await browser.get(PAGE)).status_code == 200
    assert (
        await browser.post(f"/settings/security/sessions/{1 << 70}/end", fields_of(page))
    ).status_code == 404
