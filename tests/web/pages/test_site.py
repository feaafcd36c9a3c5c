"""The manifest, the icon, robots.txt, and the page that shows every component."""

from dataclasses import replace

from fediunion.app.application import create_app
from fediunion.config import Mode
from fediunion.members.models import Role
from tests.app.asking import Answered, ask
from tests.oauth.rig import DOMAIN, Desk


async def test_the_pages_can_be_an_app_under_the_name_of_the_union(desk: Desk) -> None:
    answer = await desk.http.get("/manifest.webmanifest")
    assert answer.headers["content-type"] == "application/manifest+json"
    manifest = answer.json()
    assert manifest["name"] == desk.union.world.settings.instance.title
    begun = await desk.browser().get(manifest["start_url"])
    assert begun.headers["location"] == "/sign-in?next=%2Fhome"
    assert (await desk.http.get(manifest["icons"][0]["src"])).headers["content-type"] == "image/svg+xml"


async def test_an_innocuous_name_has_an_innocuous_icon(desk: Desk) -> None:
    settings = desk.union.world.settings
    named = replace(settings, instance=replace(settings.instance, innocuous_name="Notes"))
    app = create_app(replace(desk.union.world, settings=named, parts={}))

    async def get(path: str) -> Answered:
        return await ask(app, path, host=DOMAIN, headers=[("Accept", "text/html")])

    manifest = (await get("/manifest.webmanifest")).json
    assert (manifest["name"], manifest["short_name"]) == ("Notes", "Notes")
    assert manifest["icons"][0]["src"].endswith("/icon-neutral.svg")
    assert (await get("/favicon.ico")).headers["location"].endswith("/icon-neutral.svg")
    assert b"icon-neutral.svg" in (await get("/sign-in")).body


async def test_V08_crawlers_are_told_to_leave_the_pages_of_members(desk: Desk) -> None:
    lines = (await desk.http.get("/robots.txt")).text.splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /settings/", "Disallow: /oauth/", "Disallow: /admin/"} <= set(lines)
    assert "Disallow: /" not in lines


async def test_the_components_are_shown_to_admins_only_where_people_work(desk: Desk) -> None:
    settings = desk.union.world.settings
    assert (await desk.http.get("/components")).status_code == 200
    await desk.member("ana")
    await desk.member("olu", role=Role.ADMIN)
    serious = replace(settings, instance=replace(settings.instance, mode=Mode.PRODUCTION))
    app = create_app(replace(desk.union.world, settings=serious, parts={}))
    for name, status in (("", 404), ("ana", 404), ("olu", 200)):
        cookie = (await desk.signed_in(name)).cookie if name else ""
        headers = [("Cookie", f"__Host-session={cookie}"), ("Accept", "text/html")]
        assert (await ask(app, "/components", host=DOMAIN, headers=headers)).status == status


async def test_the_menu_and_the_keys_have_pages(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in("ana")
    assert 'href="/settings"' in (await browser.get("/more")).text
    assert "data-keys-switch" in (await desk.http.get("/keys")).text
