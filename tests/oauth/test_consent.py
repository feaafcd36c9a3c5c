"""GET and POST /oauth/authorize: what a member is shown, and where the answer goes."""

import pytest

from fediunion.members.models import Member
from fediunion.members.service import suspend_member
from fediunion.oauth.models import AuthorizationCode
from tests.oauth.rig import BASE, CALLBACK, CHALLENGE, OOB, App, Browser, Desk, fields_of, query_of

ELK = "http://localhost:5314/api/us.example/oauth/http%3A%2F%2Flocalhost%3A5314"


async def test_who_is_not_signed_in_signs_in_first_and_comes_back(desk: Desk, app: App) -> None:
    await desk.member("ana")
    browser = desk.browser()
    link = app.link(state="a b&c=d", code_challenge=CHALLENGE, code_challenge_method="S256")
    away = await browser.get(link)
    assert away.status_code == 303
    page = await browser.get(away.headers["location"])
    assert "Reader" in page.text
    back = await browser.post(
        "/sign-in", fields_of(page.text) | {"name": "ana", "password": "correct horse battery staple"}
    )
    shown = await browser.get(back.headers["location"])
    assert fields_of(shown.text)["state"] == "a b&c=d"
    assert fields_of(shown.text)["code_challenge"] == CHALLENGE


async def test_the_page_says_who_asks_for_what_and_where_it_leads(desk: Desk, app: App, ana: Browser) -> None:
    page = await ana.get(app.link(scope="read:statuses write:media push"))
    assert page.status_code == 200
    for text in ("Reader", "app.example", "@ana@us.example", "Read all posts", "Upload pictures", "push"):
        assert text in page.text
    assert page.text.count("<script") == 1
    assert page.headers["cache-control"] == "no-store"
    assert await desk.rows(AuthorizationCode) == []


async def test_a_name_of_an_app_is_text_and_never_markup(desk: Desk, ana: Browser) -> None:
    app = await desk.register(client_name="<b onmouseover=x>Nice</b>", website='https://x.example/"><img>')
    page = await ana.get(app.link())
    assert "<b onmouseover" not in page.text
    assert "<img" not in page.text


async def test_powers_over_others_are_pointed_out(desk: Desk, ana: Browser) -> None:
    app = await desk.register(scopes="read admin:read")
    assert "powers over others" not in (await ana.get(app.link(scope="read"))).text
    assert "powers over others" in (await ana.get(app.link(scope="read admin:read"))).text


async def test_W19_an_app_that_is_to_administer_takes_a_proof_of_the_last_minutes(
    desk: Desk, ana: Browser
) -> None:
    app = await desk.register(scopes="read admin:read")
    asked = app.link(scope="read admin:read")
    form = fields_of((await ana.get(asked)).text) | {"decision": "allow"}
    desk.clock.advance(minutes=30)
    shown, sent = await ana.get(asked), await ana.post("/oauth/authorize", form)
    for answer in (shown, sent):
        assert answer.headers["location"].startswith("/sign-in/again?next=%2Foauth%2Fauthorize")
    assert await desk.rows(AuthorizationCode) == []
    assert (await ana.get(app.link(scope="read"))).status_code == 200


async def test_O06_the_state_comes_back_exactly_with_the_code_and_who_gave_it(app: App, ana: Browser) -> None:
    state = "a b+c%20&=#/é\"'<"
    page = await ana.get(app.link(state=state))
    answer = await ana.post("/oauth/authorize/", fields_of(page.text) | {"decision": "allow"})
    location = answer.headers["location"]
    assert answer.status_code == 303
    assert location.startswith(f"{CALLBACK}&code=")
    found = query_of(location)
    assert (found["state"], found["iss"], found["from"]) == (state, f"{BASE}/", "us")
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"


async def test_without_a_state_none_comes_back(app: App, ana: Browser) -> None:
    page = await ana.get(app.link())
    answer = await ana.post("/oauth/authorize", fields_of(page.text) | {"decision": "allow"})
    assert "state" not in query_of(answer.headers["location"])


async def test_no_is_an_answer(desk: Desk, app: App, ana: Browser) -> None:
    page = await ana.get(app.link(state="s"))
    for decision in ("deny", "", "ALLOW"):
        answer = await ana.post("/oauth/authorize", fields_of(page.text) | {"decision": decision})
        assert query_of(answer.headers["location"])["error"] == "access_denied"
        assert query_of(answer.headers["location"])["state"] == "s"
    assert await desk.rows(AuthorizationCode) == []


async def test_a_code_is_shown_where_no_address_is(desk: Desk, ana: Browser) -> None:
    app = await desk.register(redirect_uris=OOB)
    page = await ana.get(app.link())
    shown = await ana.post("/oauth/authorize", fields_of(page.text) | {"decision": "allow"})
    assert shown.status_code == 200
    code = shown.text.partition('id="code">')[2].partition("<")[0]
    assert (await app.redeem(code)).status_code == 200
    denied = await ana.post("/oauth/authorize", fields_of(page.text) | {"decision": "deny"})
    assert "was given nothing" in denied.text


async def test_an_address_with_an_encoded_address_in_it_is_kept_as_it_is(desk: Desk, ana: Browser) -> None:
    app = await desk.register(redirect_uris=ELK)
    page = await ana.get(app.link())
    answer = await ana.post("/oauth/authorize", fields_of(page.text) | {"decision": "allow"})
    assert answer.headers["location"].startswith(f"{ELK}?code=")
    code = query_of(answer.headers["location"])["code"]
    assert (await app.redeem(code)).status_code == 200


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/callback",
        "https://app.example/callback?from=us&x=1",
        "https://app.example/callback?from=us#x",
        "https://app.example/callback/?from=us",
        "https://app.example/callback/../x?from=us",
        "https://app.example/callbac%6b?from=us",
        "https://APP.example/callback?from=us",
        "https://ana@app.example/callback?from=us",
        "https://app.example:443/callback?from=us",
        "https://app.example.evil.example/callback?from=us",
        "https://evil.example/",
        "http://app.example/callback?from=us",
        "http://127.0.0.1/cb",
        "http://localhost/%2e%2e/cb",
        "",
    ],
)
async def test_O01_another_address_than_a_registered_one_leads_nowhere(
    desk: Desk, ana: Browser, uri: str
) -> None:
    app = await desk.register(redirect_uris=[CALLBACK, "http://localhost/cb"])
    answer = await ana.get(app.link(redirect_uri=uri))
    assert answer.status_code == 400
    assert "location" not in answer.headers
    good = fields_of((await ana.get(app.link())).text)
    forged = await ana.post("/oauth/authorize", good | {"redirect_uri": uri, "decision": "allow"})
    assert forged.status_code == 400
    assert "location" not in forged.headers
    assert await desk.rows(AuthorizationCode) == []


@pytest.mark.parametrize(
    "asked",
    [
        {"client_id": "unknown"},
        {"client_id": ""},
        {"response_type": "token"},
        {"response_type": ""},
        {"state": "x" * 5000},
        {"code_challenge": "too-short", "code_challenge_method": "S256"},
        {"code_challenge_method": "S256"},
        {"code_challenge": CHALLENGE + "\n", "code_challenge_method": "S256"},
    ],
    ids=str,
)
async def test_a_malformed_request_is_never_shown_and_leads_nowhere(
    desk: Desk, app: App, ana: Browser, asked: dict[str, str]
) -> None:
    answer = await ana.get(app.link(**asked))
    assert answer.status_code == 400
    assert "location" not in answer.headers
    good = fields_of((await ana.get(app.link())).text)
    assert (await ana.post("/oauth/authorize", good | asked | {"decision": "allow"})).status_code == 400
    assert await desk.rows(AuthorizationCode) == []


async def test_a_parameter_that_comes_twice_is_refused(app: App, ana: Browser) -> None:
    assert (await ana.get(app.link() + "&scope=write")).status_code == 400
    assert (await ana.get(app.link() + "&redirect_uri=https://evil.example/")).status_code == 400


@pytest.mark.parametrize(
    "challenge",
    [
        {"code_challenge": CHALLENGE, "code_challenge_method": "plain"},
        {"code_challenge": CHALLENGE},
        {"code_challenge": CHALLENGE, "code_challenge_method": "s256"},
        {"code_challenge": "x" * 60_000, "code_challenge_method": "S256"},
    ],
    ids=["plain", "no method", "wrong case", "60 kB"],
)
async def test_O05_only_a_challenge_by_S256_is_taken(
    app: App, ana: Browser, challenge: dict[str, str]
) -> None:
    assert (await ana.get(app.link(**challenge))).status_code == 400


@pytest.mark.parametrize(
    "scope", ["admin:read", "read admin:write:accounts", "everything", "read,write", "x" * 60_000, "openid"]
)
async def test_O07_an_app_cannot_ask_for_more_than_it_registered_for(
    app: App, ana: Browser, scope: str
) -> None:
    assert (await ana.get(app.link(scope=scope))).status_code == 400


async def test_O07_a_part_of_what_was_registered_may_be_asked_for(app: App, ana: Browser) -> None:
    token = await app.token(ana, "read:statuses profile profile write:media")
    assert token["scope"] == "read:statuses profile write:media"
    assert (await app.token(ana, ""))["scope"] == "read"


async def test_O06_each_time_the_member_is_asked_again(app: App, ana: Browser) -> None:
    await app.token(ana, "read")
    for scope in ("read", "read write"):
        page = await ana.get(app.link(scope=scope))
        assert page.status_code == 200
        assert 'value="allow"' in page.text


async def test_O06_nobody_can_frame_the_page_and_nothing_keeps_it_from_the_window_that_opened_it(
    desk: Desk, app: App, ana: Browser
) -> None:
    shown, refused = await ana.get(app.link()), await ana.get(app.link(client_id="unknown"))
    for page in (shown, refused, await ana.get("/oauth/authorize/?client_id=x")):
        policy = page.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "form-action" not in policy
        assert page.headers["x-frame-options"] == "DENY"
        assert "cross-origin-opener-policy" not in page.headers
        assert "access-control-allow-origin" not in page.headers
    sign_in = await desk.browser().get("/sign-in")
    assert "cross-origin-opener-policy" not in sign_in.headers
    assert "form-action 'self'" in sign_in.headers["content-security-policy"]
    settings = await ana.get("/settings/apps")
    assert settings.headers["cross-origin-opener-policy"] == "same-origin"


async def test_O17_a_preflight_of_the_consent_page_is_not_answered(app: App, ana: Browser) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = await ana.http.options("/oauth/authorize", headers=asked)
    assert answer.status_code == 405
    assert "access-control-allow-origin" not in answer.headers


async def test_force_login_asks_for_the_password_again(app: App, ana: Browser) -> None:
    for word in ("true", "1"):
        away = await ana.get(app.link(force_login=word))
        assert away.status_code == 303
        assert away.headers["location"].startswith("/sign-in?next=")
        assert "force_login" not in away.headers["location"]
    for word in ("false", "False", ""):
        assert (await ana.get(app.link(force_login=word, lang="de"))).status_code == 200


async def test_a_member_who_is_suspended_meanwhile_gives_nothing(desk: Desk, app: App, ana: Browser) -> None:
    page = await ana.get(app.link())
    (member,) = await desk.rows(Member)
    await desk.on(member, suspend_member)
    answer = await ana.post("/oauth/authorize", fields_of(page.text) | {"decision": "allow"})
    assert answer.headers["location"].startswith("/sign-in")
    assert await desk.rows(AuthorizationCode) == []


@pytest.mark.parametrize(
    "attack", ["no token", "wrong token", "another's token", "cross-site", "origin", "text"]
)
async def test_W04_a_consent_that_another_page_sends_counts_for_nothing(
    desk: Desk, app: App, ana: Browser, attack: str
) -> None:
    await desk.member("mallory")
    mallory = await desk.signed_in("mallory")
    good = fields_of((await ana.get(app.link())).text) | {"decision": "allow"}
    other = fields_of((await mallory.get(app.link())).text)["form_token"]
    without = {name: value for name, value in good.items() if name != "form_token"}
    if attack == "text":
        answer = await ana.http.post(
            "/oauth/authorize", json=good, headers={"Content-Type": "text/plain", "Origin": BASE}
        )
    else:
        body = {"no token": without, "another's token": good | {"form_token": other}}
        fields = body.get(attack, good | ({"form_token": "0" * 64} if attack == "wrong token" else {}))
        headers = {
            "cross-site": {"Sec_Fetch_Site": "cross-site"},
            "origin": {"Origin": "https://evil.example"},
        }
        answer = await ana.post("/oauth/authorize", fields, **headers.get(attack, {}))
    assert answer.status_code == 403
    assert await desk.rows(AuthorizationCode) == []
