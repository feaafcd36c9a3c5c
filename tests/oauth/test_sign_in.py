"""Signing in and out, and the pages behind it."""

from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import pytest

from fediunion.jobs.models import Job
from fediunion.members.attempts import TooManyAttempts
from fediunion.members.models import AttemptCount, Member, MemberState, WebSession
from fediunion.members.passwords import Passwords, make_passwords
from fediunion.members.proofs import check_own_password
from fediunion.members.refusals import WrongProof
from fediunion.members.service import suspend_member
from fediunion.web.forms import safe_next
from tests.attacks.front import statements
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.oauth.rig import PASSWORD, App, Browser, Desk, desk_for, fields_of

WRONG = "The name or the password is not right."


@pytest.mark.parametrize("name", ["ana", "ANA", "@ana", "ana@us.example"])
async def test_a_member_signs_in_by_name_or_address(desk: Desk, name: str) -> None:
    await desk.member("ana")
    browser = desk.browser()
    answer = await browser.sign_in(name)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/apps")
    assert "@ana@us.example" in (await browser.get("/settings/apps")).text


async def test_who_was_on_the_way_nowhere_comes_home(desk: Desk) -> None:
    await desk.member("ana")
    browser = desk.browser()
    fields = fields_of((await browser.get("/sign-in")).text)
    answer = await browser.post("/sign-in", fields | {"name": "ana", "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/home")


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/settings/apps/app/1/end", "/oauth/authorize"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://us.example"},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/json"},
    ],
    ids=str,
)
async def test_W04_a_form_of_another_page_is_refused(
    desk: Desk, ana: Browser, path: str, headers: dict[str, str]
) -> None:
    token = fields_of((await ana.get("/sign-out")).text)["form_token"]
    fields = {"form_token": token, "name": "ana", "password": PASSWORD, "where": "everywhere"}
    assert (await ana.post(path, fields, **headers)).status_code == 403
    for wrong in ("", "0" * 64, token[:-1]):
        assert (await ana.post(path, fields | {"form_token": wrong})).status_code == 403
    assert (await desk.browser().post(path, fields)).status_code == 403
    assert len(await desk.rows(WebSession)) == 1


async def test_W04_the_token_of_another_member_does_not_fit(desk: Desk, ana: Browser) -> None:
    await desk.member("mallory")
    mallory = await desk.signed_in("mallory")
    token = fields_of((await mallory.get("/sign-out")).text)["form_token"]
    answer = await ana.post("/sign-out", {"form_token": token, "where": "here"})
    assert answer.status_code == 403


async def test_W05_looking_at_the_pages_changes_nothing(desk: Desk, app: App, ana: Browser) -> None:
    def shown(rows: list[Member | WebSession | AttemptCount]) -> list[dict[str, object]]:
        return [{k: v for k, v in vars(row).items() if k != "_sa_instance_state"} for row in rows]

    tables = (Member, WebSession, AttemptCount)
    before = [shown(await desk.rows(table)) for table in tables]
    for path in ("/sign-in", "/sign-out", "/settings/apps", app.link(), "/settings/apps/app/1/end"):
        await ana.get(path)
    assert [shown(await desk.rows(table)) for table in tables] == before


@pytest.mark.parametrize(
    "text",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/x\r\nSet-Cookie: a=b",
        "/\t/evil.example",
        "/é",
        "",
        "evil.example",
        " /x",
    ],
)
async def test_W07_the_next_page_is_one_of_this_server(desk: Desk, text: str) -> None:
    assert safe_next(text) == "/"
    await desk.member("ana")
    browser = desk.browser()
    fields = fields_of((await browser.get("/sign-in", params={"next": text})).text)
    sent = fields | {"name": "ana", "password": PASSWORD, "next": text}
    answer = await browser.post("/sign-in", sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_path_of_this_server_is_kept() -> None:
    for path in ("/", "/settings/apps", "/oauth/authorize?a=%2F%2Fevil&b=c", "/%0d%0aSet-Cookie:x"):
        assert safe_next(path) == path


async def test_W08_nobody_learns_which_accounts_there_are(desk: Desk) -> None:
    await desk.member("ana")
    await desk.member("dave", state=MemberState.PENDING)
    suspended = await desk.member("sue")
    await desk.on(suspended, suspend_member)
    answers = []
    for name in ("ana", "nobody", "dave", "sue", "instance", "ana@us.example", "nobody@us.example"):
        browser = desk.browser()
        answer = await browser.sign_in(name, "a wrong password")
        text = answer.text.replace(f'value="{name}"', "").replace(fields_of(answer.text)["form_token"], "")
        answers.append((answer.status_code, text))
    assert answers == [answers[0]] * len(answers)
    assert answers[0][0] == 422
    assert WRONG in answers[0][1]


async def test_W08_an_account_that_is_none_costs_as_much_work_as_one_that_is(desk: Desk) -> None:
    class Counting(Passwords):
        checked = 0

        async def verify(self, stored: str | None, text: str) -> bool:
            self.checked += 1
            return await super().verify(stored, text)

    counting = desk.union.world.parts[make_passwords] = Counting()
    await desk.member("ana")
    await desk.on(await desk.member("sue"), suspend_member)
    work = []
    for name in ("ana", "sue", "nobody", "nobody@us.example"):
        browser, before = desk.browser(), counting.checked
        page = await browser.get("/sign-in")
        with statements() as executed:
            fields = fields_of(page.text) | {"name": name, "password": "a wrong password"}
            await browser.post("/sign-in", fields)
        work.append((counting.checked - before, len(executed)))
    assert {checked for checked, _ in work} == {1}
    assert max(count for _, count in work) - min(count for _, count in work) <= 1


async def test_who_knows_the_password_is_told_why_there_is_no_way_in(desk: Desk) -> None:
    await desk.member("dave", state=MemberState.PENDING)
    await desk.on(await desk.member("sue"), suspend_member)
    for name, sentence in (("dave", "waits for approval"), ("sue", "is suspended")):
        browser = desk.browser()
        assert sentence in (await browser.sign_in(name)).text
        assert (await browser.get("/settings/apps")).status_code == 303
    assert await desk.rows(WebSession) == []


@pytest.mark.parametrize("password", ["", "x" * 60_000, "ﬁ" * 12], ids=["none", "long", "ligatures"])
async def test_W22_strange_passwords_are_only_wrong(desk: Desk, password: str) -> None:
    await desk.member("ana")
    assert (await desk.browser().sign_in("ana", password)).status_code == 422


@pytest.mark.parametrize("fields", [{"name": "a\x00b"}, {"password": "a\x00b"}], ids=["name", "password"])
async def test_O15_a_null_byte_is_refused_and_no_try_is_counted(desk: Desk, fields: dict[str, str]) -> None:
    await desk.member("ana")
    browser = desk.browser()
    typed = fields_of((await browser.get("/sign-in")).text) | {"name": "ana", "password": "wrong"} | fields
    for path in ("/sign-in", "/password/forgotten", "/password/code", "/join/mail"):
        assert (await browser.post(path, typed)).status_code == 400
    assert (await desk.rows(AttemptCount), await desk.rows(Job)) == ([], [])


async def test_O15_an_app_whose_id_is_no_text_is_none_that_waits_for_a_member(desk: Desk) -> None:
    await desk.member("ana")
    browser = desk.browser()
    then = "/oauth/authorize?client_id=%00"
    fields = fields_of((await browser.get("/sign-in")).text)
    answer = await browser.post("/sign-in", fields | {"name": "ana", "password": "wrong", "next": then})
    assert answer.status_code == 422
    assert (await browser.get("/sign-in", params={"next": then})).status_code == 200


async def test_W09_guessing_is_stopped_by_account_by_address_and_altogether(
    databases: Databases, tmp_path: Path, clock: FakeClock
) -> None:
    limits: dict[str, Any] = {"enabled": True, "logins_per_5_minutes": 3, "all_logins_per_5_minutes": 10}
    async with desk_for(databases.with_tables(), tmp_path, clock, **limits) as desk:
        await desk.member("ana")
        for number, name in enumerate(("ana", "ANA", " @Ana")):
            answer = await desk.browser(f"198.51.100.{number}").sign_in(name, "wrong")
            assert answer.status_code == 422
        stopped = await desk.browser("203.0.113.1").sign_in("ana")
        assert stopped.status_code == 429
        assert int(stopped.headers["retry-after"]) > 0
        assert "tried this too often" in stopped.text
        guesses = [await desk.browser("203.0.113.9").sign_in(f"nobody{n}", "wrong") for n in range(4)]
        assert [answer.status_code for answer in guesses] == [422, 422, 422, 429]
        spraying = [await desk.browser(f"192.0.2.{n}").sign_in(f"spray{n}", "wrong") for n in range(5)]
        assert [answer.status_code for answer in spraying] == [422] * 4 + [429]
        clock.advance(minutes=5)
        for _ in range(5):
            assert (await desk.browser().sign_in("ana")).status_code == 303
        for row in await desk.rows(AttemptCount):
            assert not any(text in str(vars(row)) for text in ("198.51", "203.0", "nobody", "ana"))


async def test_W09_a_browser_that_signed_in_before_is_let_in_while_strangers_guess(
    databases: Databases, tmp_path: Path, clock: FakeClock
) -> None:
    limits: dict[str, Any] = {"enabled": True, "logins_per_5_minutes": 2, "all_logins_per_5_minutes": 100}
    async with desk_for(databases.with_tables(), tmp_path, clock, **limits) as desk:
        await desk.member("ana")
        known, left = [desk.browser(f"192.0.2.{number}") for number in range(2)]
        for browser in (known, left):
            await browser.sign_in("ana")
        # Whoever signs out leaves nothing behind.
        await left.post("/sign-out", fields_of((await left.get("/sign-out")).text) | {"where": "here"})
        assert left.http.cookies.get("known-browser") is None
        for number in range(3):
            await desk.browser(f"198.51.100.{number}").sign_in("ana", "wrong")
        statuses = [(await browser.sign_in("ana")).status_code for browser in (known, left)]
        assert statuses == [303, 429]


async def test_W09_members_go_on_in_their_browsers_while_strangers_use_up_the_tries_of_all(
    databases: Databases, tmp_path: Path, clock: FakeClock
) -> None:
    limits: dict[str, Any] = {"enabled": True, "logins_per_5_minutes": 2, "all_logins_per_5_minutes": 10}
    async with desk_for(databases.with_tables(), tmp_path, clock, **limits) as desk:
        ana = await desk.member("ana")
        known, new = [desk.browser(f"192.0.2.{number}") for number in range(2)]
        await known.sign_in("ana")
        for number in range(11):
            await desk.browser(f"198.51.100.{number}").sign_in(f"spray{number}", "wrong")
        assert [(await browser.sign_in("ana")).status_code for browser in (known, new)] == [303, 429]
        # Who is signed in proves to be there still.
        assert await check_own_password(desk.union.world, ana.id, PASSWORD, "192.0.2.3")
        tried = [(await known.sign_in("ana", "wrong")).status_code for _ in range(3)]
        assert tried == [422, 422, 429]
        for error in (WrongProof, WrongProof, TooManyAttempts):
            with pytest.raises(error):
                await check_own_password(desk.union.world, ana.id, "wrong", "192.0.2.3")


async def test_W01_what_a_browser_keeps_of_who_signed_in_is_sealed_and_shown_where_one_signs_in_alone(
    desk: Desk,
) -> None:
    ana = await desk.member("ana")
    answer = await desk.browser().sign_in("ana")
    (given,) = [each for each in answer.headers.get_list("set-cookie") if each.startswith("known-browser=")]
    parts = {part.strip().lower() for part in given.split(";")[1:]}
    assert {"httponly", "secure", "samesite=strict", "path=/sign-in", "max-age=7776000"} <= parts
    sealed = urlsafe_b64decode(given.partition("=")[2].partition(";")[0] + "==")
    assert not any(str(number).encode() in sealed for number in (ana.id, ana.actor_id))
    again = await desk.browser().sign_in("ana")
    assert given not in again.headers.get_list("set-cookie")


async def test_W06_no_page_can_be_framed(desk: Desk, app: App, ana: Browser) -> None:
    for path in ("/sign-in", "/sign-out", "/settings/apps", app.link(), app.link(client_id="x"), "/nothing"):
        page = await ana.get(path)
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert page.headers["x-frame-options"] == "DENY"


async def test_W24_the_pages_hold_no_script_of_their_own(app: App, ana: Browser) -> None:
    for path in ("/sign-in", "/sign-out", "/settings/apps", app.link()):
        page = await ana.get(path)
        assert " on" + "click" not in page.text
        assert "script-src 'self';" in page.headers["content-security-policy"]
