"""Revocation, introspection, userinfo, and the metadata of the server."""

from typing import Any

import pytest

from fediunion.db import Database
from fediunion.members.scopes import SCOPES
from fediunion.world import CHANGED
from tests.oauth.rig import BASE, App, Browser, Desk


async def ask(app: App, path: str, **body: str) -> Any:
    """Return the answer to a request with the app's credentials."""
    return await app.http.post(path, data=app.credentials | body)


async def test_an_app_gives_a_token_back_and_may_say_so_twice(desk: Desk, app: App, ana: Browser) -> None:
    token, other = (await app.token(ana))["access_token"], (await app.token(ana))["access_token"]
    assert (await desk.call(token)).status_code == 200
    heard: list[str] = []
    database: Database = desk.db
    database.subscribe(CHANGED, heard.append)
    for _ in range(2):
        answer = await ask(app, "/oauth/revoke", token=token)
        assert (answer.status_code, answer.json()) == (200, {})
    assert heard.count("tokens") >= 1
    assert (await desk.call(token)).status_code == 401
    assert (await desk.call(other)).status_code == 200
    assert (await ask(app, "/oauth/revoke/", token="never given")).status_code == 200


async def test_an_apps_own_token_can_be_given_back(desk: Desk, app: App) -> None:
    token = (await app.ask(grant_type="client_credentials")).json()["access_token"]
    assert (await ask(app, "/oauth/revoke", token=token)).status_code == 200
    assert (await desk.call(token, "/api/v1/apps/verify_credentials")).status_code == 401


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
async def test_giving_back_one_token_of_a_family_ends_it_all(desk: Desk, ana: Browser, which: str) -> None:
    app = await desk.register(scopes="read offline_access")
    token = await app.token(ana, "read offline_access")
    assert (await ask(app, "/oauth/revoke", token=token[which])).status_code == 200
    assert (await desk.call(token["access_token"])).status_code == 401
    renewed = await app.ask(grant_type="refresh_token", refresh_token=token["refresh_token"])
    assert renewed.status_code == 400


async def test_nobody_ends_the_token_of_another_app(desk: Desk, app: App, ana: Browser) -> None:
    token = (await app.token(ana))["access_token"]
    other = await desk.register()
    answer = await ask(other, "/oauth/revoke", token=token)
    assert (answer.status_code, answer.json()["error"]) == (403, "unauthorized_client")
    assert (await ask(app, "/oauth/revoke")).status_code == 403
    assert (await ask(app, "/oauth/revoke", token=token, client_secret="wrong")).status_code == 401
    assert (await desk.call(token)).status_code == 200


async def test_introspection_tells_an_app_about_its_own_tokens_only(
    desk: Desk, app: App, ana: Browser
) -> None:
    token, other = (await app.token(ana, "read"))["access_token"], await desk.register()
    shown = (await ask(app, "/oauth/introspect", token=token)).json()
    assert shown == {
        "active": True,
        "scope": "read",
        "client_id": app.credentials["client_id"],
        "token_type": "Bearer",
        "iat": int(desk.clock.now().timestamp()),
        "iss": f"{BASE}/",
        "username": "ana",
        "sub": f"{BASE}/actors/ana",
    }
    for asker, text in ((other, token), (app, "unknown"), (app, "")):
        assert (await ask(asker, "/oauth/introspect", token=text)).json() == {"active": False}
    anonymous = await app.http.post("/oauth/introspect", data={"token": token})
    assert anonymous.status_code == 401
    await ask(app, "/oauth/revoke", token=token)
    assert (await ask(app, "/oauth/introspect", token=token)).json() == {"active": False}


async def test_introspection_knows_ends_and_tokens_of_nobody(desk: Desk, ana: Browser) -> None:
    app = await desk.register(scopes="read offline_access")
    own = (await app.ask(grant_type="client_credentials")).json()["access_token"]
    assert "username" not in (await ask(app, "/oauth/introspect", token=own)).json()
    token = await app.token(ana, "read offline_access")
    shown = (await ask(app, "/oauth/introspect", token=token["access_token"])).json()
    assert shown["exp"] - shown["iat"] == 7200
    assert (await ask(app, "/oauth/introspect", token=token["refresh_token"])).json()["active"] is True


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("scope", ["profile", "read", "read:accounts"])
async def test_userinfo_says_who_the_member_is(desk: Desk, ana: Browser, method: str, scope: str) -> None:
    app = await desk.register(scopes="read profile")
    token = (await app.token(ana, scope))["access_token"]
    answer = await desk.http.request(method, "/oauth/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    found = answer.json()
    assert found.keys() == {"iss", "sub", "name", "preferred_username", "profile", "picture"}
    assert (found["iss"], found["sub"]) == (f"{BASE}/", f"{BASE}/actors/ana")
    assert (found["preferred_username"], found["profile"]) == ("ana", f"{BASE}/@ana")
    assert found["picture"].startswith(f"{BASE}/")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_userinfo_needs_the_scope_and_a_member(desk: Desk, app: App, ana: Browser) -> None:
    narrow = (await app.token(ana, "write"))["access_token"]
    own = (await app.ask(grant_type="client_credentials")).json()["access_token"]
    for token, status in ((narrow, 403), (own, 403), ("unknown", 401)):
        answer = await desk.call(token, "/oauth/userinfo")
        assert answer.status_code == status
        assert answer.json().keys() == {"error", "error_description"}
    nobody = await desk.http.get("/oauth/userinfo", headers={"Cookie": f"__Host-session={ana.cookie}"})
    assert nobody.status_code == 401


async def test_the_profile_scope_opens_nothing_else(desk: Desk, ana: Browser) -> None:
    app = await desk.register(scopes="profile")
    token = (await app.token(ana, "profile"))["access_token"]
    assert (await desk.call(token)).status_code == 200
    assert (await desk.call(token, "/api/v1/timelines/home")).status_code == 403


async def test_the_metadata_name_the_public_host_and_what_is_understood(desk: Desk) -> None:
    answer = await desk.http.get("/.well-known/oauth-authorization-server")
    found = answer.json()
    assert found["issuer"] == f"{BASE}/"
    for name, path in (
        ("authorization_endpoint", "/oauth/authorize"),
        ("token_endpoint", "/oauth/token"),
        ("app_registration_endpoint", "/api/v1/apps"),
        ("revocation_endpoint", "/oauth/revoke"),
        ("userinfo_endpoint", "/oauth/userinfo"),
        ("introspection_endpoint", "/oauth/introspect"),
    ):
        assert found[name] == f"{BASE}{path}"
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert found["response_types_supported"] == ["code"]
    assert set(found["scopes_supported"]) == SCOPES - {"crypto"}
    assert found["authorization_response_iss_parameter_supported"] is True
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
async def test_what_changes_something_is_never_a_GET(desk: Desk, path: str) -> None:
    answer = await desk.http.get(path)
    assert answer.status_code == 405
    assert "error" in answer.json()


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/userinfo", "/api/v1/apps"])
async def test_scripts_of_every_site_may_ask_without_cookies(desk: Desk, path: str) -> None:
    asked = {
        "Origin": "https://phanpy.social",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,authorization",
    }
    answer = await desk.http.options(path, headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    wrong = await desk.http.post(path, json={"grant_type": "x"})
    assert wrong.headers["access-control-allow-origin"] == "*"
