"""/sign-in/again with a code of the app: the second factor proves a member, once, after a few tries."""

from fediunion.members.factors.recovery import replace_recovery_codes
from fediunion.members.models import Member
from tests.oauth.rig import BASE, PASSWORD, Browser, Desk
from tests.web.pages.accounts.conftest import Opening
from tests.web.pages.accounts.people import code_of, send, with_app

PAGE = "/settings/email"
PROOF = "/sign-in/again?next=%2Fsettings%2Femail"
CODE = "/sign-in/again/code"


async def asked_again(desk: Desk, browser: Browser) -> None:
    """Let so much time pass that a proof is asked for."""
    desk.clock.advance(minutes=11)
    assert (await browser.get(PAGE)).headers["location"].removeprefix(BASE) == PROOF


async def test_W19_a_code_of_the_app_proves_it_again_and_only_once(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in()
    app = await with_app(desk, browser)
    await asked_again(desk, browser)
    assert "Or a code of your app" in (await browser.get(PROOF)).text
    wrong = await send(browser, PROOF, CODE, code="000000")
    assert (wrong.status_code, "The code is not right" in wrong.text) == (422, True)
    code = code_of(desk, app)
    done = await send(browser, PROOF, CODE, code=code)
    assert (done.status_code, done.headers["location"]) == (303, PAGE)
    assert (await browser.get(PAGE)).status_code == 200
    assert (await send(browser, PROOF, CODE, code=code)).status_code == 422


async def test_W19_whoever_has_no_app_is_asked_for_the_password(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in()
    await asked_again(desk, browser)
    assert "Or a code of your app" not in (await browser.get(PROOF)).text
    assert (await send(browser, PROOF, CODE, code="123456")).status_code == 422
    assert (await send(browser, PROOF, "/sign-in/again", password=PASSWORD)).status_code == 303
    assert (await browser.get(PAGE)).status_code == 200


async def test_W12_a_recovery_code_proves_nothing_here_and_stays(desk: Desk) -> None:
    member = await desk.member("ana")
    browser = await desk.signed_in()
    await with_app(desk, browser)

    codes = await desk.db.write(
        lambda session: replace_recovery_codes(session, session.get_one(Member, member.id))
    )
    await asked_again(desk, browser)
    assert (await send(browser, PROOF, CODE, code=codes[0])).status_code == 422
    second = desk.browser()
    await send(second, "/sign-in", name="ana", password=PASSWORD)
    done = await send(second, "/sign-in/second?next=%2Fhome", "/sign-in/second", code=codes[0])
    assert (done.status_code, done.headers["location"]) == (303, "/home")


async def test_W11_codes_are_tried_five_times_here_too(opened: Opening) -> None:
    async with opened(limits={"enabled": True}) as desk:
        await desk.member("ana")
        browser = await desk.signed_in()
        app = await with_app(desk, browser)
        await asked_again(desk, browser)
        statuses = [(await send(browser, PROOF, CODE, code="000000")).status_code for _ in range(6)]
        assert statuses == [422] * 5 + [429]
        assert (await send(browser, PROOF, CODE, code=code_of(desk, app))).status_code == 429
