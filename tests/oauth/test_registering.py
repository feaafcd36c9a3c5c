"""POST /api/v1/apps and GET /api/v1/apps/verify_credentials."""

from pathlib import Path
from typing import Any

import pytest

from fediunion.members.models import AccessToken
from fediunion.oauth.models import Application
from fediunion.oauth.redirects import with_answer
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.oauth.rig import CALLBACK, OOB, App, Browser, Desk, desk_for

FIELDS = {
    *("id", "name", "website", "scopes", "redirect_uri", "redirect_uris", "vapid_key"),
    *("client_id", "client_secret", "client_secret_expires_at"),
}
ELK = "http://localhost:5314/api/us.example/oauth/http%3A%2F%2Flocalhost%3A5314"


async def test_an_app_registers_with_every_documented_field(desk: Desk) -> None:
    app = (await desk.register(website="https://app.example", redirect_uris=[CALLBACK, OOB])).registered
    assert app.keys() == FIELDS
    assert app["scopes"] == ["read", "write", "follow", "push"]
    assert app["redirect_uris"] == [CALLBACK, OOB]
    assert app["redirect_uri"] == f"{CALLBACK}\n{OOB}"
    assert (app["name"], app["website"], app["client_secret_expires_at"]) == (
        "Reader",
        "https://app.example",
        0,
    )


@pytest.mark.parametrize("form", ["form", "multipart", "json text", "json array", "form array"])
async def test_it_may_come_as_a_form_multipart_or_json_with_one_address_or_more(
    desk: Desk, form: str
) -> None:
    body: dict[str, Any] = {"client_name": "Reader", "scopes": "read"}
    two = {"redirect_uris": f"{CALLBACK}\n{OOB}"}
    requests: dict[str, dict[str, Any]] = {
        "form": {"data": body | two},
        "multipart": {"files": {name: (None, value) for name, value in (body | two).items()}},
        "json text": {"json": body | two},
        "json array": {"json": body | {"redirect_uris": [CALLBACK, OOB]}},
        "form array": {"data": body | {"redirect_uris[]": [CALLBACK, OOB]}},
    }
    answer = await desk.http.post("/api/v1/apps/", **requests[form])
    assert answer.status_code == 200, answer.text
    assert answer.json()["redirect_uris"] == [CALLBACK, OOB]
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "body",
    [
        {"json": {"scopes": ["read", "write:statuses"]}},
        {"data": {"scopes[]": ["read", "write:statuses"]}},
        {"json": {"scopes": ["read write:statuses"]}},
    ],
    ids=["json", "form", "words in one"],
)
async def test_scopes_may_come_one_by_one(desk: Desk, body: dict[str, Any]) -> None:
    ((kind, fields),) = body.items()
    named = fields | {"client_name": "Reader", "redirect_uris": OOB}
    answer = await desk.http.post("/api/v1/apps", **{kind: named})
    assert answer.status_code == 200, answer.text
    assert answer.json()["scopes"] == ["read", "write:statuses"]


async def test_scopes_that_are_none_or_too_long_are_refused_one_by_one_too(desk: Desk) -> None:
    for scopes in (["read", "sing"], ["read"] * 500, [["read"]]):
        body = {"client_name": "Reader", "redirect_uris": OOB, "scopes": scopes}
        answer = await desk.http.post("/api/v1/apps", json=body)
        assert (answer.status_code, list(answer.json()["details"])) == (422, ["scopes"])


async def test_without_scopes_an_app_may_read(desk: Desk) -> None:
    assert (await desk.register(scopes="")).registered["scopes"] == ["read"]


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/callback",
        "http://localhost/cb",
        "http://127.0.0.1:4002/cb",
        "http://[::1]:9/",
        "http://union.localhost:3000/",
        "tusky://cb",
        "com.example.app:/oauth",
        OOB,
        ELK,
    ],
)
async def test_addresses_that_an_app_may_have(desk: Desk, uri: str) -> None:
    assert (await desk.register(redirect_uris=uri)).registered["redirect_uris"] == [uri]


@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "JavaScript://x/%0aalert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "http://app.example/cb",
        "http://localhost.evil.example/cb",
        "http://localhost@evil.example/cb",
        "https://*.example/cb",
        "https://ana:secret@app.example/",
        "https://app.example/#fragment",
        "https://app.example\\@evil.example/",
        "https:///cb",
        "/callback",
        "app.example/cb",
        "",
        "https://app.example/" + "a" * 2000,
        "https://app.exämple/",
        ["https://app.example/a b"],
        ["https://app.example/\n"],
        [f"https://app.example/{number}" for number in range(1000)],
        "\n".join(f"https://app.example/{number}" for number in range(1000)),
        {"a": {"b": "c"}},
        [1, True],
    ],
    ids=str,
)
async def test_O02_addresses_that_no_app_may_have(desk: Desk, uri: Any) -> None:
    body = {"client_name": "Evil", "redirect_uris": uri}
    answer = await desk.http.post("/api/v1/apps", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["details"].keys() == {"redirect_uris"}
    assert await desk.rows(Application) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("client_name", ""),
        ("client_name", "\u202e\u200b"),
        ("client_name", "x" * 1_000_000),
        ("website", "javascript:alert(1)"),
        ("website", "https://" + "x" * 1_000_000),
        ("scopes", "read everything"),
        ("scopes", "admin"),
        ("scopes", "x" * 1_000_000),
        ("scopes", ["read everything"]),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_O14_what_is_too_long_or_unknown_is_named(desk: Desk, field: str, value: Any) -> None:
    body = {"client_name": "Reader", "redirect_uris": OOB, field: value}
    answer = await desk.http.post("/api/v1/apps", json=body)
    assert answer.status_code == 422
    assert answer.json()["details"].keys() == {field}


async def test_O13_what_an_app_may_not_say_of_itself_is_left_out(desk: Desk) -> None:
    app = await desk.register(id=7, client_id="chosen", client_secret="chosen", used_at="2020-01-01")
    assert app.registered["id"] != "7"
    assert "chosen" not in app.credentials.values()
    (row,) = await desk.rows(Application)
    assert row.used_at is None


async def test_O27_the_secret_of_an_app_is_not_in_the_database(desk: Desk, app: App) -> None:
    (row,) = await desk.rows(Application)
    assert app.registered["client_secret"] not in str(vars(row))


async def test_O28_a_flood_of_registrations_from_one_address_is_stopped(
    databases: Databases, tmp_path: Path, clock: FakeClock
) -> None:
    limits: dict[str, Any] = {"enabled": True, "app_registrations_per_hour": 3}
    body = {"client_name": "Reader", "redirect_uris": OOB}
    async with desk_for(databases.with_tables(), tmp_path, clock, **limits) as desk:
        for _ in range(3):
            assert (await desk.http.post("/api/v1/apps", json=body)).status_code == 200
        stopped = await desk.http.post("/api/v1/apps", json=body)
        assert stopped.status_code == 429
        assert int(stopped.headers["retry-after"]) > 0
        assert len(await desk.rows(Application)) == 3
        other = desk.client("203.0.113.7")
        assert (await other.post("/api/v1/apps", json=body)).status_code == 200
        one, twin = desk.client("2001:db8::1"), desk.client("2001:db8::ffff")
        answers = [(await http.post("/api/v1/apps", json=body)).status_code for http in (one, twin) * 2]
        assert answers == [200, 200, 200, 429]
        clock.advance(hours=1)
        assert (await desk.http.post("/api/v1/apps", json=body)).status_code == 200


async def test_an_app_sees_itself_with_its_own_token_and_with_a_members(
    desk: Desk, app: App, ana: Browser
) -> None:
    own = (await app.ask(grant_type="client_credentials")).json()["access_token"]
    theirs = (await app.token(ana, "write:statuses"))["access_token"]
    for token in (own, theirs):
        answer = await desk.call(token, "/api/v1/apps/verify_credentials")
        assert answer.status_code == 200
        assert answer.json().keys() == FIELDS - {"client_id", "client_secret", "client_secret_expires_at"}
        assert answer.json()["id"] == app.registered["id"]
    assert (await desk.http.get("/api/v1/apps/verify_credentials")).status_code == 401


def test_an_answer_is_added_to_an_address_with_and_without_a_query() -> None:
    assert with_answer("tusky://cb", {"code": "a b"}) == "tusky://cb?code=a+b"
    assert with_answer("https://a.example/?x=1", {"code": "c"}) == "https://a.example/?x=1&code=c"
    assert with_answer(ELK, {"code": "c"}) == f"{ELK}?code=c"


async def test_O28_a_flood_of_tokens_for_an_app_itself_is_stopped(
    databases: Databases, tmp_path: Path, clock: FakeClock
) -> None:
    limits: dict[str, Any] = {"enabled": True, "anonymous_requests_per_5_minutes": 5}
    async with desk_for(databases.with_tables(), tmp_path, clock, **limits) as desk:
        app = await desk.register()
        answers = [await app.ask(grant_type="client_credentials") for _ in range(8)]
        assert [each.status_code for each in answers] == [200] * 4 + [429] * 4
        assert answers[-1].json()["error"] == "temporarily_unavailable"
        assert int(answers[-1].headers["retry-after"]) > 0
        assert len(await desk.rows(AccessToken)) == 4
        elsewhere = App(desk.client("203.0.113.7"), app.registered)
        assert (await elsewhere.ask(grant_type="client_credentials")).status_code == 200
