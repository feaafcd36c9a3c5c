"""/sign-in/second, /sign-in/passkey and /sign-in/again: what proves a member, and where it leads."""

import json

import pytest

from fediunion.members.models import Role, WebSession
from tests.fakes.authenticator import Authenticator
from tests.oauth.rig import BASE, Desk, fields_of, query_of
from tests.web.pages.accounts.conftest import Opening
from tests.web.pages.accounts.people import (
    asked,
    code_of,
    first_step,
    second_step,
    send,
    with_app,
    with_passkey,
)


async def test_W11_after_the_password_no_page_opens_until_a_code_was_shown(desk: Desk) -> None:
    await desk.member("ana")
    app = await with_app(desk, await desk.signed_in())
    desk.clock.advance(seconds=60)
    browser = desk.browser()
    page = await first_step(browser, "/welcome")
    before = browser.cookie
    for path in ("/welcome", "/settings/security", "/settings/apps"):
        assert (await browser.get(path)).headers["location"].startswith("/sign-in?")
    wrong = await second_step(browser, page, code="000000")
    assert (wrong.status_code, "The code is not right" in wrong.text) == (422, True)
    done = await second_step(browser, wrong, code=code_of(desk, app))
    assert (done.status_code, done.headers["location"]) == (303, "/welcome")
    assert browser.cookie != before
    assert (await browser.get("/welcome")).status_code == 200


async def test_W11_a_code_opens_one_browser(desk: Desk) -> None:
    await desk.member("ana")
    app = await with_app(desk, await desk.signed_in())
    desk.clock.advance(seconds=60)
    browsers = [desk.browser(), desk.browser()]
    pages = [await first_step(browser) for browser in browsers]
    answers = [
        await second_step(browser, page, code=code_of(desk, app))
        for browser, page in zip(browsers, pages, strict=True)
    ]
    assert [answer.status_code for answer in answers] == [303, 422]


async def test_W11_codes_are_tried_five_times_at_the_door(opened: Opening) -> None:
    async with opened(limits={"enabled": True}) as desk:
        await desk.member("ana")
        await with_app(desk, await desk.signed_in())
        browser = desk.browser()
        page = await first_step(browser)
        statuses = [(await second_step(browser, page, code="000000")).status_code for _ in range(6)]
        assert statuses == [422] * 5 + [429]


async def test_W12_a_recovery_code_is_the_second_step_once(desk: Desk) -> None:
    await desk.member("ana")
    first = await desk.signed_in()
    await with_app(desk, first)
    made = await send(first, "/settings/security", "/settings/security/codes")
    code = made.text.partition("<code>")[2].partition("</code>")[0]
    statuses = []
    for _ in range(2):
        browser = desk.browser()
        page = await first_step(browser)
        statuses.append((await second_step(browser, page, code=code.upper())).status_code)
    assert statuses == [303, 422]


async def test_the_second_step_is_not_there_for_whoever_did_not_make_the_first(desk: Desk) -> None:
    browser = desk.browser()
    page = await browser.get("/sign-in/second?next=/welcome")
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?next=%2Fwelcome")
    fields = fields_of((await browser.get("/sign-in")).text) | {"code": "000000", "answer": "{}"}
    for path in ("/sign-in/second", "/sign-in/second/passkey"):
        assert (await browser.post(path, fields)).headers["location"].startswith("/sign-in?")
    options = await browser.post("/sign-in/second/passkey/options", fields)
    assert (options.status_code, list(options.json())) == (403, ["error"])


async def test_W13_a_passkey_is_the_second_step(desk: Desk) -> None:
    await desk.member("ana")
    device = await with_passkey(await desk.signed_in())
    browser = desk.browser()
    page = await first_step(browser, "/welcome")
    path = "/sign-in/second/passkey"
    options = await browser.post(f"{path}/options", fields_of(page.text))
    assert len(options.json()["allowCredentials"]) == 1
    wrong = await browser.post(path, fields_of(page.text) | {"answer": "{}"})
    assert (wrong.status_code, "This passkey could not be checked" in wrong.text) == (422, True)
    answer = device.sign((await browser.post(f"{path}/options", fields_of(page.text))).text)
    done = await browser.post(path, fields_of(page.text) | {"answer": answer})
    assert done.headers["location"] == "/welcome"
    assert (await browser.get("/welcome")).status_code == 200


async def test_W13_a_passkey_signs_in_alone_and_one_that_verifies_nobody_does_not(desk: Desk) -> None:
    await desk.member("ana")
    device = await with_passkey(await desk.signed_in())
    page = "/sign-in?next=%2Fwelcome"
    browser = desk.browser()
    before = (await browser.get(page)).text
    options = await asked(browser, page, "/sign-in/passkey/options")
    assert json.loads(options)["userVerification"] == "required"
    replayed = device.sign(options)
    fields = fields_of(before)
    done = await browser.post("/sign-in/passkey", fields | {"answer": replayed})
    assert (done.status_code, done.headers["location"]) == (303, "/welcome")
    again = desk.browser()
    answer = await send(again, page, "/sign-in/passkey", answer=replayed)
    assert (answer.status_code, "This passkey could not be checked" in answer.text) == (422, True)
    device.verifies = False
    options = await asked(again, page, "/sign-in/passkey/options")
    weak = await send(again, page, "/sign-in/passkey", answer=device.sign(options))
    assert weak.status_code == 422
    assert len(await desk.rows(WebSession)) == 2


async def test_W13_a_passkey_of_nobody_signs_nobody_in(desk: Desk) -> None:
    browser, device = desk.browser(), Authenticator(BASE)
    options = await asked(browser, "/sign-in", "/sign-in/passkey/options")
    for answer in (device.sign(options), "", "[]", "nothing", "{}", "x" * 30_000):
        assert (await send(browser, "/sign-in", "/sign-in/passkey", answer=answer)).status_code == 422


async def test_W19_a_passkey_proves_it_again(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in()
    device = await with_passkey(browser)
    desk.clock.advance(minutes=11)
    page = await browser.get("/settings/email")
    assert page.headers["location"] == "/sign-in/again?next=%2Fsettings%2Femail"
    proof = page.headers["location"]
    options = await asked(browser, proof, "/sign-in/again/passkey/options")
    wrong = await send(browser, proof, "/sign-in/again/passkey", answer="{}")
    assert wrong.status_code == 422
    options = await asked(browser, proof, "/sign-in/again/passkey/options")
    done = await send(browser, proof, "/sign-in/again/passkey", answer=device.sign(options))
    assert done.headers["location"] == "/settings/email"
    assert (await browser.get("/settings/email")).status_code == 200


@pytest.mark.parametrize("way", ["code", "passkey", "passkey alone"])
async def test_the_way_to_an_app_survives_all_steps(desk: Desk, way: str) -> None:
    await desk.member("ana")
    first = await desk.signed_in()
    device = await with_passkey(first)
    authenticator = await with_app(desk, first)
    desk.clock.advance(seconds=60)
    app = await desk.register()
    browser = desk.browser()
    link = app.link(state="a b&c=d")
    then = query_of((await browser.get(link)).headers["location"])["next"]
    if way == "passkey alone":
        options = await asked(browser, "/sign-in", "/sign-in/passkey/options")
        fields = fields_of((await browser.get("/sign-in", params={"next": then})).text)
        done = await browser.post("/sign-in/passkey", fields | {"answer": device.sign(options)})
    else:
        shown = await first_step(browser, then)
        if way == "code":
            wrong = await second_step(browser, shown, code="1")
            done = await second_step(browser, wrong, code=code_of(desk, authenticator))
        else:
            path = "/sign-in/second/passkey"
            options = (await browser.post(f"{path}/options", fields_of(shown.text))).text
            done = await browser.post(path, fields_of(shown.text) | {"answer": device.sign(options)})
    assert done.headers["location"] == then
    consent = await browser.get(then)
    assert "May Reader use your account?" in consent.text
    answer = await browser.post("/oauth/authorize", fields_of(consent.text) | {"decision": "allow"})
    assert query_of(answer.headers["location"])["state"] == "a b&c=d"


async def test_W11_an_officer_is_led_to_a_second_factor_and_an_app_is_not_kept_waiting(
    opened: Opening,
) -> None:
    async with opened(production=True) as desk:
        await desk.member("ana", role=Role.ADMIN)
        browser = desk.browser()
        led = (await browser.sign_in(then="/welcome")).headers["location"]
        assert led == "/settings/security/office?next=%2Fwelcome"
        page = (await browser.get(led)).text
        assert 'href="/welcome"' in page
        assert "The rights of your office wait" in (await browser.get("/settings/security")).text
        app = await desk.register()
        other = desk.browser()
        then = query_of((await other.get(app.link())).headers["location"])["next"]
        assert (await other.sign_in(then=then)).headers["location"] == then
        before = browser.cookie
        await with_app(desk, browser)
        assert browser.cookie != before
        assert (await browser.get(led)).headers["location"] == "/welcome"
        assert "The rights of your office wait" not in (await browser.get("/settings/security")).text


async def test_W07_the_steps_lead_nowhere_else(desk: Desk) -> None:
    await desk.member("ana")
    app = await with_app(desk, await desk.signed_in())
    desk.clock.advance(seconds=60)
    browser = desk.browser()
    page = await first_step(browser)
    done = await browser.post(
        "/sign-in/second",
        fields_of(page.text) | {"next": "//evil.example", "code": code_of(desk, app)},
    )
    assert done.headers["location"] == "/"
