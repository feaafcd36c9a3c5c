"""Who is suspended reads why and appeals, after the right proof, in one browser, for half an hour."""

import re

import httpx
import pytest
from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.members.factors.recovery import replace_recovery_codes
from fediunion.members.models import Member, Role, WebSession
from fediunion.social.moderation.accounts import suspend, unsuspend
from fediunion.social.moderation.decisions import answer_appeal, decide
from fediunion.social.moderation.models import Decision, Measure
from fediunion.social.moderation.officers import Officer
from tests.oauth.rig import PASSWORD, Browser, Desk, fields_of
from tests.web.pages.accounts.conftest import Opening
from tests.web.pages.accounts.people import asked, code_of, link_in, mails, send, with_app, with_passkey

REASON = "Rule 2: <b>no names</b>"
WAY = re.compile(r'href="(/sign-in/suspended\?token=[\w-]+)"')


async def suspended(desk: Desk, member: Member, reason: str = REASON) -> Decision:
    """Let a moderator suspend a member."""
    officer = await desk.member("mona", role=Role.MODERATOR)

    def unit(session: Session) -> Decision:
        by = Officer(officer.actor_id, Role.MODERATOR, "@mona@us.example")
        return decide(session, get_actor(session, member.actor_id), Measure.SUSPEND, reason, by=by)

    made: Decision = await desk.db.write(unit)
    return made


async def refused(browser: Browser, password: str = PASSWORD) -> httpx.Response:
    """Try to sign in as ana."""
    return await browser.sign_in(password=password)


def way_in(page: httpx.Response) -> str:
    """Return the way to the reasons that a page gives. Fails where there is none."""
    found = WAY.findall(page.text)
    assert len(found) == 1, page.text
    return str(found[0])


async def test_who_is_suspended_reads_why_and_appeals_once(desk: Desk) -> None:
    decision = await suspended(desk, await desk.member("ana"))
    browser = desk.browser()
    page = await refused(browser)
    assert page.status_code == 422
    assert "Your account is suspended. You can read why" in page.text
    way = way_in(page)
    shown = await browser.get(way)
    assert shown.status_code == 200
    assert "Rule 2: &lt;b&gt;no names&lt;/b&gt;" in shown.text
    assert shown.headers["referrer-policy"] == "same-origin"
    assert shown.headers["cache-control"] == "no-store"
    path = f"/sign-in/suspended/{decision.id}/appeal"
    empty = await send(browser, way, path, text=" ")
    assert (empty.status_code, "The appeal was not sent." in empty.text) == (422, True)
    done = await send(browser, way, path, text="It was a quote.")
    assert (done.status_code, done.headers["location"]) == (303, way)
    again = (await browser.get(way)).text
    assert "Your appeal waits for another moderator." in again
    assert "It was a quote." in again
    assert path not in again
    (row,) = await desk.rows(Decision)
    assert (row.appeal, row.appeal_state) == ("It was a quote.", "waiting")
    # A link is no session.
    assert await desk.rows(WebSession) == []
    assert (await browser.get("/home")).headers["location"].startswith("/sign-in?")


async def test_the_mails_say_what_was_decided_why_and_where_to_appeal(opened: Opening) -> None:
    async with opened() as desk:
        member = await desk.member("ana")
        decision = await suspended(desk, member)
        letter = (await mails(desk))["ana@us.example"]
        assert "Your account is suspended" in letter
        assert REASON in letter
        assert link_in(letter) == "/sign-in"
        browser = desk.browser()
        await send(
            browser, way_in(await refused(browser)), f"/sign-in/suspended/{decision.id}/appeal", text="No"
        )
        admin = await desk.member("adi", role=Role.ADMIN)
        by = Officer(admin.actor_id, Role.ADMIN, "@adi")
        await desk.db.write(answer_appeal, decision.id, by=by, takes_back=True, answer="You are right.")
        letter = (await mails(desk))["ana@us.example"]
        assert "The decision about you is taken back." in letter
        assert "You are right." in letter


async def test_W08_without_the_right_password_nothing_is_told(desk: Desk) -> None:
    await suspended(desk, await desk.member("ana"))
    page = await refused(desk.browser(), "wrong")
    assert "suspended" not in page.text


async def test_whoever_is_not_suspended_gets_no_way(desk: Desk) -> None:
    await desk.member("ana")
    assert not WAY.search((await refused(desk.browser(), "wrong")).text)
    assert (await refused(desk.browser())).status_code == 303


async def test_W14_a_link_works_in_its_browser_for_half_an_hour_until_the_suspension_ends(desk: Desk) -> None:
    ana = await desk.member("ana")
    await suspended(desk, ana)
    browser, other = desk.browser(), desk.browser()
    way = way_in(await refused(browser))
    await other.get("/sign-in")
    token = way.partition("=")[2]
    member_id, ends, _, seal = token.split("-")
    for bad in (
        f"{member_id}-{int(ends) + 9}-1-{seal}",
        f"{int(member_id) + 1}-{ends}-1-{seal}",
        f"{member_id}-{ends}-1-",
        f"{'9' * 40}-{ends}-1-{seal}",
        "é-1-1-x",
        "",
    ):
        answer = await browser.get("/sign-in/suspended", params={"token": bad})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fhome"), bad
    assert (await other.get(way)).status_code == 303
    assert (await browser.get(way)).status_code == 200
    desk.clock.advance(minutes=31)
    assert (await browser.get(way)).status_code == 303
    fresh = way_in(await refused(browser))
    assert (await browser.get(fresh)).status_code == 200
    await desk.db.write(lambda session: unsuspend(session, get_actor(session, ana.actor_id), by="operator"))
    assert (await browser.get(fresh)).status_code == 303


@pytest.mark.parametrize("way_through", ["app", "recovery"])
async def test_W11_with_a_second_factor_the_reasons_wait_for_it(desk: Desk, way_through: str) -> None:
    ana = await desk.member("ana")
    app = await with_app(desk, await desk.signed_in())
    codes = await desk.db.write(
        lambda session: replace_recovery_codes(session, session.get_one(Member, ana.id))
    )
    decision = await suspended(desk, ana)
    desk.clock.advance(seconds=60)
    browser = desk.browser()
    way = way_in(await refused(browser))
    shown = await browser.get(way)
    assert "Rule 2" not in shown.text
    token = fields_of(shown.text)
    early = await browser.post(f"/sign-in/suspended/{decision.id}/appeal", token | {"text": "No"})
    assert early.headers["location"].startswith("/sign-in?")
    wrong = await send(browser, way, "/sign-in/suspended/code", code="000000")
    assert (wrong.status_code, "The code is not right" in wrong.text) == (422, True)
    code = code_of(desk, app) if way_through == "app" else codes[0]
    done = await send(browser, way, "/sign-in/suspended/code", code=code)
    assert done.status_code == 303
    assert "Rule 2" in (await browser.get(done.headers["location"])).text
    assert (await desk.rows(Decision))[0].appeal == ""


async def test_W13_a_passkey_alone_opens_the_reasons_too(desk: Desk) -> None:
    ana = await desk.member("ana")
    device = await with_passkey(await desk.signed_in())
    await suspended(desk, ana)
    browser = desk.browser()
    options = await asked(browser, "/sign-in", "/sign-in/passkey/options")
    page = await send(browser, "/sign-in", "/sign-in/passkey", answer=device.sign(options))
    assert page.status_code == 422
    assert "Rule 2" in (await browser.get(way_in(page))).text


async def test_O12_a_decision_about_another_is_not_appealed_against(desk: Desk) -> None:
    ana, ben = await desk.member("ana"), await desk.member("ben")
    await suspended(desk, ana)

    def about_ben(session: Session) -> Decision:
        by = Officer(ana.actor_id, Role.MODERATOR, "@mona@us.example")
        return decide(session, get_actor(session, ben.actor_id), Measure.WARN, "For Ben", by=by)

    other = await desk.db.write(about_ben)
    browser = desk.browser()
    way = way_in(await refused(browser))
    page = await browser.get(way)
    assert "For Ben" not in page.text
    answer = await browser.post(
        f"/sign-in/suspended/{other.id}/appeal", fields_of(page.text) | {"text": "Mine"}
    )
    assert answer.status_code == 404


async def test_O20_appeals_are_tried_so_often_and_no_more(opened: Opening) -> None:
    async with opened(limits={"enabled": True}) as desk:
        decision = await suspended(desk, await desk.member("ana"))
        browser = desk.browser()
        way = way_in(await refused(browser))
        path = f"/sign-in/suspended/{decision.id}/appeal"
        statuses = [(await send(browser, way, path, text=" ")).status_code for _ in range(11)]
        assert statuses == [422] * 10 + [429]


async def test_who_was_suspended_without_reasons_is_told_whom_to_ask(desk: Desk) -> None:
    ana = await desk.member("ana")
    await desk.db.write(lambda session: suspend(session, get_actor(session, ana.actor_id), by="operator"))
    browser = desk.browser()
    page = await browser.get(way_in(await refused(browser)))
    assert "Ask your union." in page.text
