"""The sessions of browsers: their cookie, their end, and what they do not open."""

import re
from dataclasses import replace

from fediunion.db import Surroundings, open_database
from fediunion.members.models import Role, WebSession
from fediunion.members.service import set_password, set_role, suspend_member
from fediunion.members.sessions import find_session, form_token, is_form_token
from tests.oauth.rig import BASE, App, Browser, Desk, fields_of


async def test_W01_the_cookie_is_bound_to_this_host_and_hidden_from_scripts(desk: Desk) -> None:
    await desk.member("ana")
    browser = desk.browser()
    given = (await browser.sign_in()).headers["set-cookie"]
    name, _, rest = given.partition("=")
    assert name == "__Host-session"
    parts = {part.strip().lower() for part in rest.split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= parts
    assert not any(part.startswith("domain") for part in parts)
    for path in ("/", "/share?text=x", "/@nobody", "/oauth/authorize"):
        assert "set-cookie" not in (await desk.browser().get(path)).headers


async def test_W02_the_cookie_changes_at_sign_in_and_one_chosen_by_others_is_dead(desk: Desk) -> None:
    await desk.member("ana")
    browser = desk.browser()
    before = (await browser.get("/sign-in"), browser.cookie)[1]
    assert before
    await browser.sign_in()
    first = browser.cookie
    assert first != before
    await browser.sign_in()
    assert browser.cookie != first
    assert len(await desk.rows(WebSession)) == 1
    for dead in (before, first, "x" * 43, "x", "\udc80" * 3):
        stranger = desk.browser()
        answer = await stranger.get(
            "/settings/apps", headers={"Cookie": f"__Host-session={dead}".encode("utf-8", "replace")}
        )
        assert answer.status_code == 303


async def test_W03_signing_out_ends_the_session_here_or_everywhere(desk: Desk) -> None:
    await desk.member("ana")
    here, there, third = [await desk.signed_in() for _ in range(3)]
    cookie = here.cookie
    page = await here.get("/sign-out")
    out = await here.post("/sign-out", fields_of(page.text) | {"where": "here"})
    assert out.status_code == 303
    assert "storage" in out.headers["clear-site-data"]
    stolen = await desk.browser().get("/settings/apps", headers={"Cookie": f"__Host-session={cookie}"})
    assert stolen.status_code == 303
    assert (await there.get("/settings/apps")).status_code == 200
    page = await there.get("/sign-out")
    await there.post("/sign-out", fields_of(page.text) | {"where": "everywhere"})
    assert (await third.get("/settings/apps")).status_code == 303
    assert await desk.rows(WebSession) == []


async def test_a_session_ends_12_hours_after_its_last_use_and_in_30_days(desk: Desk, ana: Browser) -> None:
    for _ in range(59):
        desk.clock.advance(hours=11, minutes=50)
        assert (await ana.get("/settings/apps")).status_code == 200
    desk.clock.advance(hours=12)
    assert (await ana.get("/settings/apps")).status_code == 303
    other = await desk.signed_in()
    for _ in range(61):
        desk.clock.advance(hours=11, minutes=50)
        last = await other.get("/settings/apps")
    assert last.status_code == 303


async def test_the_session_of_an_admin_ends_after_an_hour(desk: Desk) -> None:
    await desk.member("ada", role=Role.ADMIN)
    browser = await desk.signed_in("ada")
    desk.clock.advance(minutes=59)
    assert (await browser.get("/settings/apps")).status_code == 200
    desk.clock.advance(minutes=60)
    assert (await browser.get("/settings/apps")).status_code == 303


async def test_O10_another_password_less_of_a_role_and_suspension_end_all_sessions(desk: Desk) -> None:
    await desk.member("olga", role=Role.OWNER)
    for name, work in (
        ("ana", (set_password, "new")),
        ("ben", (set_role, Role.MEMBER)),
        ("cleo", (suspend_member,)),
    ):
        member = await desk.member(name, role=Role.MODERATOR)
        browser = await desk.signed_in(name)
        assert (await browser.get("/settings/apps")).status_code == 200
        await desk.on(member, *work)
        assert (await browser.get("/settings/apps")).status_code == 303
    promoted = await desk.member("dora")
    browser = await desk.signed_in("dora")
    await desk.on(promoted, set_role, Role.MODERATOR)
    assert (await browser.get("/settings/apps")).status_code == 200


async def test_W23_another_secret_key_ends_sessions_and_forms(desk: Desk, ana: Browser) -> None:
    settings = desk.union.world.settings
    other = replace(
        settings, secrets=replace(settings.secrets, secret_key="another key of 32 characters at least")
    )
    token = form_token(ana.cookie, settings)
    assert is_form_token(token, ana.cookie, settings)
    assert not is_form_token(token, ana.cookie, other)
    elsewhere = open_database(other.database.url, Surroundings(other, desk.clock))
    await elsewhere.start()
    assert await desk.db.read(find_session, ana.cookie) is not None
    assert await elsewhere.read(find_session, ana.cookie) is None
    await elsewhere.close()


async def test_W04_the_proof_in_a_form_looks_different_on_each_page_and_alike_within_one(
    desk: Desk, ana: Browser
) -> None:
    tokens: list[str] = []
    for _ in range(2):
        page = (await ana.get("/sign-out")).text
        found = set(re.findall(r'name="form_token" value="([0-9a-f]{128})"', page))
        assert len(found) == 1
        tokens += found
    one, other = tokens
    assert one[:64] != other[:64]
    assert one[64:] != other[64:]
    settings = desk.union.world.settings
    for token in tokens:
        assert is_form_token(token, ana.cookie, settings)
        for wrong in (token[:-1], token + "00", token[:64], token.upper() + " ", "g" * 128, f"0{token[1:]}x"):
            assert not is_form_token(wrong, ana.cookie, settings)
        assert not is_form_token(token, f"{ana.cookie[:-1]}_", settings)


async def test_W21_no_page_of_a_member_is_kept_by_anybody(app: App, ana: Browser) -> None:
    for path in ("/sign-in", "/sign-out", "/settings/apps", app.link(), app.link(client_id="x")):
        assert (await ana.get(path)).headers["cache-control"] == "no-store"


async def test_O17_the_session_of_a_browser_opens_nothing_of_the_client_interface(
    desk: Desk, ana: Browser
) -> None:
    for path in ("/api/v1/accounts/verify_credentials", "/oauth/userinfo"):
        answer = await ana.get(path)
        assert answer.status_code == 401
    assert (await ana.get(f"{BASE}/settings/apps")).status_code == 200
