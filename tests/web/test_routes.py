"""Routes of pages: who may see what, what is kept, whose forms are taken, and what the next page says."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from fediunion.app.errors import with_errors
from fediunion.installed import routes
from fediunion.kit.asgi import Message, Receive, Send
from fediunion.kit.sentences import Sentence
from fediunion.members.models import Role
from fediunion.web.forms import Form, sign_in_path
from fediunion.web.notes import Note, Tone, read_note, sealed_note
from fediunion.web.render import page
from fediunion.web.routes import Who, may_open, require_step_up, see_other, sent, sent_with_files, shown
from fediunion.web.visits import Visit
from tests.oauth.rig import BASE, Browser, Desk, fields_of

CONFIRMATION = "account/confirmation.html"
LAST: dict[str, Any] = {"is_more": False, "problems": {}}
SAVED = Sentence("%(name)s, %(day)s", name=Sentence("Search"), day="<b>")
ROLES = {Who.MEMBER: "member", Who.MODERATOR: "moderator", Who.ADMIN: "admin", Who.OWNER: "owner"}


async def show(_visit: Visit) -> Response:
    return PlainTextResponse("seen")


async def show_form(visit: Visit) -> Response:
    return page(visit, CONFIRMATION, confirmation="x", sentence="", named=[{"username": "ana"}], **LAST)


async def show_note(visit: Visit) -> Response:
    return page(visit, CONFIRMATION, confirmation="", sentence="read", sign_in="", over=False, **LAST)


async def take(visit: Visit, form: Form) -> Response:
    if form.get("to"):
        return see_other(visit, form["to"])
    return see_other(visit, "/note", SAVED) if form.get("ok") else PlainTextResponse(repr(form.every("a[]")))


async def take_files(_visit: Visit, form: Form) -> Response:
    return PlainTextResponse(",".join(f"{file.size}:{file.path.exists()}" for file in form.files("file")))


async def dangerous(visit: Visit) -> Response:
    return require_step_up(visit, back="/dangerous") or PlainTextResponse("dangerous")


PAGES = [
    shown("/open", show, to=Who.ANYBODY),
    shown("/form", show_form, to=Who.ANYBODY),
    shown("/note", show_note, to=Who.ANYBODY),
    sent("/take", take, to=Who.ANYBODY),
    sent_with_files("/uploads/take", take_files, to=Who.MEMBER),
    shown("/dangerous", dangerous, to=Who.MEMBER),
    *(shown(f"/for/{who.name}", show, to=who) for who in ROLES),
]


@asynccontextmanager
async def pages_for(desk: Desk, browser: Browser | None = None) -> AsyncIterator[Browser]:
    """Give a browser, with the cookies of `browser`, on an instance that has only PAGES."""
    application = Starlette(routes=PAGES)
    application.state.world = desk.union.world

    async def router(scope: Message, receive: Receive, send: Send) -> None:
        scope["app"] = application
        await application.router(scope, receive, send)

    app = with_errors(desk.union.world.settings, router)
    cookies = browser.http.cookies if browser else None
    headers = {"Accept": "text/html"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url=BASE, cookies=cookies, headers=headers
    ) as client:
        yield Browser(client)


@pytest.mark.parametrize(
    ("page_of_the_form", "then"),
    [
        (f"{BASE}/form?a=1", "/form?a=1"),
        ("", "/"),
        ("https://[", "/"),
        ("https://evil.example//evil.example/", "/"),
    ],
    ids=["a page of ours", "unknown", "no address", "a trick"],
)
async def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(
    desk: Desk, page_of_the_form: str, then: str
) -> None:
    async with pages_for(desk) as browser:
        headers = {"referer": page_of_the_form}
        answer = await browser.http.post("/uploads/take", data={"a": "b"}, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, sign_in_path(then))


@pytest.mark.parametrize("role", list(Role))
async def test_W18_a_page_for_a_role_is_missing_for_whoever_has_less(desk: Desk, role: Role) -> None:
    await desk.member("ana", role=role)
    async with pages_for(desk, await desk.signed_in("ana")) as browser:
        missing = await browser.get("/for/NOTHING")
        for who in ROLES:
            answer = await browser.get(f"/for/{who.name}")
            if may_open(role, who):
                assert answer.text == "seen"
            else:
                assert (answer.status_code, answer.text) == (404, missing.text)


async def test_a_stranger_is_led_to_the_sign_in_page_and_back(desk: Desk) -> None:
    async with pages_for(desk) as browser:
        for who in ROLES:
            answer = await browser.get(f"/for/{who.name}?a=1")
            assert answer.status_code == 303
            assert answer.headers["location"] == f"/sign-in?next=%2Ffor%2F{who.name}%3Fa%3D1"


async def test_W21_what_is_for_members_is_kept_by_nobody_and_is_in_no_search_engine(desk: Desk) -> None:
    await desk.member("ana")
    async with pages_for(desk, await desk.signed_in("ana")) as browser:
        for path in ("/for/MEMBER", "/open"):
            answer = await browser.get(path)
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["vary"] == "Cookie"
        assert (await browser.get("/for/MEMBER")).headers["x-robots-tag"] == "noindex"


async def test_a_public_page_is_asked_for_again_and_gives_no_cookie(desk: Desk) -> None:
    async with pages_for(desk) as browser:
        answer = await browser.get("/open")
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["vary"] == "Accept, Accept-Language, Cookie"
        assert "set-cookie" not in answer.headers
        assert "x-robots-tag" not in answer.headers


async def test_W01_a_public_page_with_a_form_gives_a_cookie_that_stands_for_nobody(desk: Desk) -> None:
    async with pages_for(desk) as browser:
        answer = await browser.get("/form")
        assert answer.headers["cache-control"] == "no-store"
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-session=")
        assert "Max-Age" not in cookie
        taken = await browser.post("/take", fields_of(answer.text) | {"ok": "1"})
        assert taken.status_code == 303


async def test_W04_a_form_without_the_token_of_its_browser_is_refused(desk: Desk) -> None:
    async with pages_for(desk) as browser, pages_for(desk) as other:
        fields = fields_of((await browser.get("/form")).text)
        assert (await browser.post("/take", {"ok": "1"})).status_code == 403
        assert (await other.post("/take", fields | {"ok": "1"})).status_code == 403
        await other.get("/form")
        assert (await other.post("/take", fields | {"ok": "1"})).status_code == 403


NO_TEXT = {"value": ("ok", "a%00b"), "name": ("o%00k", "1"), "in a list": ("a[]", "a%00b&a[]=c")}


@pytest.mark.parametrize(("name", "value"), NO_TEXT.values(), ids=NO_TEXT)
async def test_O15_a_form_with_a_null_byte_is_refused(desk: Desk, name: str, value: str) -> None:
    async with pages_for(desk) as browser:
        token = fields_of((await browser.get("/form")).text)["form_token"]
        answer = await browser.http.post(
            "/take",
            content=f"form_token={token}&{name}={value}",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert (answer.status_code, "what is no character" in answer.text) == (400, True)


async def test_O15_a_form_with_files_and_a_null_byte_is_refused(desk: Desk) -> None:
    await desk.member("ana")
    async with pages_for(desk, await desk.signed_in("ana")) as browser:
        token = fields_of((await browser.get("/form")).text)["form_token"]
        for text, status in (("ab", 200), ("a\x00b", 400)):
            files = {"form_token": (None, token), "text": (None, text)}
            assert (await browser.http.post("/uploads/take", files=files)).status_code == status


async def test_W04_no_form_of_any_page_is_taken_without_a_token(desk: Desk) -> None:
    await desk.member("ana", role=Role.OWNER)
    browser = await desk.signed_in("ana")
    forms = [
        route
        for route in routes()
        if isinstance(route, Route)
        and "POST" in (route.methods or ())
        and getattr(route.endpoint, "__module__", "") == "fediunion.web.routes"
    ]
    assert len(forms) > 5
    for route in forms:
        path = re.sub(r"\{[^}]*\}", "1", route.path)
        answer = await browser.post(path, {"next": "/"})
        assert answer.status_code == 403, route.path


async def test_a_field_comes_several_times_only_where_its_name_says_so(desk: Desk) -> None:
    async with pages_for(desk) as browser:
        token = fields_of((await browser.get("/form")).text)["form_token"]
        headers = {"Origin": BASE, "Content-Type": "application/x-www-form-urlencoded"}
        many = await browser.http.post("/take", content=f"form_token={token}&a[]=1&a[]=2", headers=headers)
        assert many.text == "['1', '2']"
        twice = await browser.http.post("/take", content=f"form_token={token}&a=1&a=2", headers=headers)
        assert twice.status_code == 403


async def test_the_next_page_says_once_what_was_done(desk: Desk) -> None:
    async with pages_for(desk) as browser:
        fields = fields_of((await browser.get("/form")).text)
        await browser.post("/take", fields | {"ok": "1"})
        first = await browser.get("/note", headers={"Accept-Language": "fr"})
        assert "Rechercher, &lt;b&gt;" in first.text
        assert first.headers["cache-control"] == "no-store"
        assert "Rechercher, " not in (await browser.get("/note", headers={"Accept-Language": "fr"})).text


async def test_the_way_back_may_be_written_in_any_letters(desk: Desk) -> None:
    async with pages_for(desk) as browser:
        fields = fields_of((await browser.get("/form")).text)
        for written, sent in (("/tags/grève", "/tags/gr%C3%A8ve"), ("/tags/أ", "/tags/%D8%A3")):
            answer = await browser.post("/take", fields | {"to": written})
            assert answer.headers["location"] == sent


async def test_what_was_done_is_told_to_no_other_browser_and_not_later(desk: Desk) -> None:
    settings, now = desk.union.world.settings, desk.clock.now()
    note = Note(Sentence("Deleted"), Tone.NO)
    cookie = sealed_note(note, "mine", now, settings)
    assert read_note(cookie, "mine", now, settings) == note
    assert read_note(cookie, "other", now, settings) is None
    assert read_note(cookie, "mine", now + timedelta(minutes=2), settings) is None
    for broken in ("", ".", "x", cookie[:-1], "é.é", cookie.replace(".", ".x")):
        assert read_note(broken, "mine", now, settings) is None


async def test_a_form_with_files_gives_them_and_leaves_nothing(desk: Desk) -> None:
    await desk.member("ana")
    signed_in = await desk.signed_in("ana")
    token = fields_of((await signed_in.get("/settings/apps")).text or "")
    async with pages_for(desk, signed_in) as browser:
        token = fields_of((await browser.get("/form")).text)
        sent_files = [("file", ("a.png", b"12345")), ("file", ("b.png", b"1"))]
        answer = await browser.http.post(
            "/uploads/take", data=token, files=sent_files, headers={"Origin": BASE}
        )
        assert answer.text == "5:True,1:True"
        refused = await browser.http.post(
            "/uploads/take", data={"form_token": "x"}, files=sent_files, headers={"Origin": BASE}
        )
        assert refused.status_code == 403
    async with pages_for(desk) as stranger:
        answer = await stranger.http.post("/uploads/take", files=sent_files, headers={"Origin": BASE})
        assert answer.status_code == 303
    incoming = desk.union.world.settings.media.dir / "incoming"
    assert not incoming.exists() or list(incoming.iterdir()) == []


async def test_W19_what_is_dangerous_asks_again_after_ten_minutes(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in("ana")
    async with pages_for(desk, browser) as pages:
        assert (await pages.get("/dangerous")).text == "dangerous"
        desk.clock.advance(minutes=11)
        answer = await pages.get("/dangerous")
        assert answer.headers["location"] == "/sign-in/again?next=%2Fdangerous"
        form = await browser.get(answer.headers["location"])
        wrong = await browser.post("/sign-in/again", fields_of(form.text) | {"password": "wrong"})
        assert wrong.status_code == 422
        assert "The password is not right." in wrong.text
        assert (await pages.get("/dangerous")).status_code == 303
        right = await browser.post(
            "/sign-in/again", fields_of(form.text) | {"password": "correct horse battery staple"}
        )
        assert (right.status_code, right.headers["location"]) == (303, "/dangerous")
        assert (await pages.get("/dangerous")).text == "dangerous"
