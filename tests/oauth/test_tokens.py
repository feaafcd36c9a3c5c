"""POST /oauth/token: codes, refresh tokens, an app by itself; and what is refused."""

import asyncio
import base64
from typing import Any

import pytest

from fediunion.members.models import AccessToken, Member
from fediunion.members.service import set_password, suspend_member
from fediunion.oauth.models import AuthorizationCode, RefreshToken
from tests.oauth.rig import CALLBACK, CHALLENGE, VERIFIER, App, Browser, Desk, password_hash

PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


def basic(client_id: str, secret: str) -> dict[str, str]:
    """Return the header of Basic credentials."""
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


async def test_a_code_becomes_a_token_as_documented(desk: Desk, app: App, ana: Browser) -> None:
    answer = await app.redeem(await app.code(ana, scope="read write"))
    assert answer.status_code == 200
    token = answer.json()
    assert token.keys() == {"access_token", "token_type", "scope", "created_at"}
    assert (token["token_type"], token["scope"]) == ("Bearer", "read write")
    assert token["created_at"] == int(desk.clock.now().timestamp())
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert (await desk.call(token["access_token"])).json()["acct"] == "ana"


@pytest.mark.parametrize("form", ["form", "multipart", "json"])
@pytest.mark.parametrize("by", ["body", "basic"])
async def test_it_is_asked_for_as_a_form_multipart_or_json_by_body_or_basic(
    app: App, ana: Browser, form: str, by: str
) -> None:
    body = {"grant_type": "authorization_code", "code": await app.code(ana), "redirect_uri": CALLBACK}
    headers = basic(*app.credentials.values()) if by == "basic" else {}
    body |= app.credentials if by == "body" else {}
    requests: dict[str, dict[str, Any]] = {
        "form": {"data": body},
        "multipart": {"files": {name: (None, value) for name, value in body.items()}},
        "json": {"json": body},
    }
    answer = await app.http.post("/oauth/token/", headers=headers, **requests[form])
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "grant", ["password", "implicit", "token", "urn:ietf:params:oauth:grant-type:device_code"]
)
async def test_W11_no_password_and_no_implicit_grant(app: App, grant: str) -> None:
    answer = await app.ask(grant_type=grant, username="ana", password="correct horse battery staple")
    assert answer.status_code == 400
    assert answer.json()["error"] == "unsupported_grant_type"
    assert "error_description" in answer.json()


async def test_O03_a_code_used_twice_ends_every_token_of_it(desk: Desk, app: App, ana: Browser) -> None:
    code = await app.code(ana)
    token = (await app.redeem(code)).json()["access_token"]
    assert (await desk.call(token)).status_code == 200
    other = (await app.token(ana))["access_token"]
    again = await app.redeem(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert (await desk.call(token)).status_code == 401
    assert (await desk.call(other)).status_code == 200


async def test_O03_of_two_who_come_at_once_with_a_code_nobody_keeps_a_token(
    desk: Desk, app: App, ana: Browser
) -> None:
    code = await app.code(ana)
    answers = await asyncio.gather(*(app.redeem(code) for _ in range(5)))
    assert sum(answer.status_code == 200 for answer in answers) <= 1
    for answer in answers:
        if answer.status_code == 200:
            assert (await desk.call(answer.json()["access_token"])).status_code == 401


async def test_O03_a_refresh_token_is_good_once_and_its_reuse_ends_the_family(
    desk: Desk, ana: Browser
) -> None:
    app = await desk.register(scopes="read write offline_access")
    first = await app.token(ana, "read offline_access")
    assert first["expires_in"] == 7200
    second = (await app.ask(grant_type="refresh_token", refresh_token=first["refresh_token"])).json()
    assert second["scope"] == "read offline_access"
    third = (await app.ask(grant_type="refresh_token", refresh_token=second["refresh_token"])).json()
    assert (await desk.call(third["access_token"])).status_code == 200
    stolen = await app.ask(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
    for token in (first, second, third):
        assert (await desk.call(token["access_token"])).status_code == 401
    late = await app.ask(grant_type="refresh_token", refresh_token=third["refresh_token"])
    assert late.status_code == 400


async def test_a_token_that_can_be_renewed_ends_after_two_hours(desk: Desk, ana: Browser) -> None:
    app = await desk.register(scopes="read offline_access")
    token = await app.token(ana, "read offline_access")
    desk.clock.advance(hours=2, seconds=11)
    assert (await desk.call(token["access_token"])).status_code == 401
    renewed = await app.ask(grant_type="refresh_token", refresh_token=token["refresh_token"])
    assert (await desk.call(renewed.json()["access_token"])).status_code == 200


async def test_a_renewal_may_ask_for_less_and_never_for_more(desk: Desk, ana: Browser) -> None:
    app = await desk.register(scopes="read write offline_access")
    token = await app.token(ana, "read offline_access")
    more = await app.ask(grant_type="refresh_token", refresh_token=token["refresh_token"], scope="read write")
    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")
    less = await app.ask(
        grant_type="refresh_token", refresh_token=token["refresh_token"], scope="read:statuses"
    )
    assert less.json()["scope"] == "read:statuses"
    assert less.json()["refresh_token"]


async def test_O04_a_code_belongs_to_one_app_one_address_and_ten_minutes(
    desk: Desk, app: App, ana: Browser
) -> None:
    other = await desk.register(redirect_uris=[CALLBACK, "https://app.example/other"])
    code = await app.code(ana)
    refused = [
        await other.redeem(code),
        await app.redeem(code, redirect_uri="https://app.example/other"),
        await app.redeem(code, redirect_uri=""),
        await app.redeem(code, redirect_uri=CALLBACK.upper()),
        await app.redeem(code[:-1]),
        await app.redeem(""),
    ]
    assert [answer.status_code for answer in refused] == [400] * 6
    assert (await app.redeem(code)).status_code == 200
    late = await app.code(ana)
    desk.clock.advance(minutes=10)
    assert (await app.redeem(late)).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "verifier", ["", "x" * 43, VERIFIER[:-1], VERIFIER + " ", CHALLENGE, "x" * 1_000_000, "é" * 43]
)
async def test_O05_a_code_with_a_challenge_needs_its_verifier(
    desk: Desk, app: App, ana: Browser, verifier: str
) -> None:
    code = await app.code(ana, **PKCE)
    assert (await app.redeem(code, code_verifier=verifier)).status_code in (400, 413)
    assert await desk.rows(AccessToken) == []
    assert (await app.redeem(code, code_verifier=VERIFIER)).status_code == 200


async def test_O05_a_verifier_where_the_challenge_was_taken_away_is_refused(app: App, ana: Browser) -> None:
    answer = await app.redeem(await app.code(ana), code_verifier=VERIFIER)
    assert answer.json()["error"] == "invalid_grant"


async def test_O05_an_app_without_its_secret_has_nothing_even_with_the_verifier(
    app: App, ana: Browser
) -> None:
    code = await app.code(ana, **PKCE)
    for secret in ("", "wrong"):
        answer = await app.redeem(code, code_verifier=VERIFIER, client_secret=secret)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic"},
        {"Authorization": "Basic " + base64.b64encode(b"\xff\xfe").decode()},
        basic("unknown", "x"),
        basic("", ""),
    ],
    ids=str,
)
async def test_broken_credentials_are_refused(app: App, headers: dict[str, str]) -> None:
    answer = await app.http.post("/oauth/token", data={"grant_type": "client_credentials"}, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_an_app_that_names_itself_in_two_ways_is_refused(desk: Desk, app: App) -> None:
    other = await desk.register()
    body = {"grant_type": "client_credentials", "client_id": other.credentials["client_id"]}
    answer = await app.http.post("/oauth/token", data=body, headers=basic(*app.credentials.values()))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b'{"grant_type": {"a": 1}}', "application/json"),
        (b'{"grant_type": true}', "application/json"),
        (b"\xff=\xff", "application/x-www-form-urlencoded"),
        (b"grant_type=" + b"x" * 100_000, "application/x-www-form-urlencoded"),
        (b"x", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary=b"),
        (b"grant_type=client_credentials", "text/plain"),
        (b"", ""),
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
async def test_a_body_that_cannot_be_read_is_refused_in_the_words_of_oauth(
    desk: Desk, path: str, body: bytes, kind: str
) -> None:
    answer = await desk.http.post(path, content=body, headers={"Content-Type": kind})
    assert answer.status_code in (400, 401), answer.text
    assert answer.json().keys() == {"error", "error_description"}


async def test_O09_credentials_in_the_address_are_not_read(app: App) -> None:
    query = app.credentials | {"grant_type": "client_credentials"}
    assert (await app.http.post("/oauth/token", params=query)).status_code == 400


async def test_an_app_by_itself_reads_what_is_public_and_acts_for_nobody(desk: Desk, app: App) -> None:
    answer = await app.ask(grant_type="client_credentials", scope="read write")
    assert answer.status_code == 200
    token = answer.json()["access_token"]
    assert (await desk.call(token, "/api/v2/instance")).status_code == 200
    for path in ("/api/v1/accounts/verify_credentials", "/api/v1/timelines/home"):
        refused = await desk.call(token, path)
        assert refused.status_code == 422
        assert refused.json() == {"error": "This method requires an authenticated user"}
    narrow = (await app.ask(grant_type="client_credentials")).json()
    assert narrow["scope"] == "read"
    more = await app.ask(grant_type="client_credentials", scope="admin:read")
    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")


async def test_O10_codes_and_renewals_end_with_the_password_and_with_suspension(
    desk: Desk, ana: Browser
) -> None:
    app = await desk.register(scopes="read offline_access")
    (member,) = await desk.rows(Member)
    for work in ((set_password, "new"), (suspend_member,)):
        token, code = await app.token(ana, "read offline_access"), await app.code(ana)
        assert (await desk.call(token["access_token"])).status_code == 200
        await desk.on(member, *work)
        assert (await desk.call(token["access_token"])).status_code == 401
        assert (await app.redeem(code)).status_code == 400
        renewed = await app.ask(grant_type="refresh_token", refresh_token=token["refresh_token"])
        assert renewed.status_code == 400
        if work[0] is set_password:
            await desk.on(member, set_password, password_hash())
            ana = await desk.signed_in("ana")


async def test_O27_nothing_that_opens_an_account_is_in_the_database(desk: Desk, ana: Browser) -> None:
    app = await desk.register(scopes="read offline_access")
    waiting = await app.code(ana)
    token = await app.token(ana, "read offline_access")
    secret = [waiting, token["access_token"], token["refresh_token"], app.credentials["client_secret"]]
    secret.append(ana.cookie)
    for table in (AuthorizationCode, AccessToken, RefreshToken):
        for row in await desk.rows(table):
            assert not any(each in str(vars(row)) for each in secret)


async def test_a_token_that_nobody_used_for_90_days_is_over(desk: Desk, app: App, ana: Browser) -> None:
    used, unused = (await app.token(ana))["access_token"], (await app.token(ana))["access_token"]
    desk.clock.advance(days=89)
    assert (await desk.call(used)).status_code == 200
    desk.clock.advance(days=2)
    assert (await desk.call(unused)).status_code == 401
    assert (await desk.call(used)).status_code == 200


async def test_the_use_of_a_token_is_noted_once_an_hour(desk: Desk, app: App, ana: Browser) -> None:
    token = (await app.token(ana))["access_token"]
    noted = []
    for _ in range(3):
        await desk.call(token)
        noted.append((await desk.rows(AccessToken))[0].last_used_at)
        desk.clock.advance(minutes=40)
    assert noted[0] == noted[1]
    assert noted[2] > noted[1]
