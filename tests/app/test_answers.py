"""What every answer carries, and what scripts of other sites may read."""

from dataclasses import replace

import pytest

from fediunion.app.answers import with_safe_headers
from fediunion.app.asgi import answer
from fediunion.config import Instance, Scheme, Settings
from fediunion.kit.asgi import AsgiApp, Message, Receive, Send
from tests.app.asking import ask


def answering(status: int, media_type: str = "application/json", **more: str) -> AsgiApp:
    """Return an app that always gives one answer."""
    headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in more.items()]

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        await answer(send, status, b"{}", media_type, headers)

    return app


@pytest.mark.parametrize("status", [200, 302, 404, 410, 429, 500, 503])
@pytest.mark.parametrize("media_type", ["application/json", "text/html; charset=utf-8", "image/png"])
async def test_W20_every_answer_has_the_security_headers(
    settings: Settings, status: int, media_type: str
) -> None:
    answered = await ask(with_safe_headers(settings, answering(status, media_type)))
    headers = answered.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["strict-transport-security"] == "max-age=31536000"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "//" not in policy
    assert "*" not in policy


async def test_W20_a_page_may_load_what_this_server_has_and_nothing_else_may_load_anything(
    settings: Settings,
) -> None:
    page = await ask(with_safe_headers(settings, answering(200, "text/html; charset=utf-8")))
    policy = dict(each.split(maxsplit=1) for each in page.headers["content-security-policy"].split("; "))
    assert set(policy.values()) == {"'none'", "'self'"}
    assert (policy["default-src"], policy["script-src"]) == ("'none'", "'self'")
    document = await ask(with_safe_headers(settings, answering(200)))
    assert "self" not in document.headers["content-security-policy"]


async def test_what_an_endpoint_says_itself_is_left_alone_but_for_the_name_of_our_software(
    settings: Settings,
) -> None:
    app = answering(200, content_security_policy="sandbox", referrer_policy="no-referrer", server="x/1")
    headers = (await ask(with_safe_headers(settings, app))).headers
    assert headers["content-security-policy"] == "sandbox"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


async def test_a_trial_without_tls_does_not_ask_browsers_for_tls(settings: Settings) -> None:
    plain = replace(settings, instance=Instance(domain="union.test", scheme=Scheme.HTTP))
    assert "strict-transport-security" not in (await ask(with_safe_headers(plain, answering(200)))).headers


@pytest.mark.parametrize("status", [200, 401, 404, 429, 500])
async def test_O17_the_client_interface_is_open_to_scripts_of_every_site_but_without_cookies(
    settings: Settings, status: int
) -> None:
    answered = await ask(with_safe_headers(settings, answering(status)), "/api/v1/instance")
    assert answered.headers["access-control-allow-origin"] == "*"
    assert "Link" in answered.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in answered.headers


async def test_O17_so_are_the_doors_of_apps_outside_of_it(settings: Settings) -> None:
    for path in ("/oauth/token", "/oauth/revoke", "/oauth/userinfo", "/oauth/introspect", "/health"):
        answered = await ask(with_safe_headers(settings, answering(401)), path)
        assert answered.headers["access-control-allow-origin"] == "*", path


@pytest.mark.parametrize("path", ["/", "/@ana", "/oauth/authorize", "/inbox", "/actors/ana", "/health/ready"])
async def test_O17_pages_and_inboxes_are_not_open_to_scripts_of_other_sites(
    settings: Settings, path: str
) -> None:
    answered = await ask(with_safe_headers(settings, answering(200)), path)
    assert "access-control-allow-origin" not in answered.headers


async def test_O17_a_preflight_allows_what_clients_send_and_asks_nobody(settings: Settings) -> None:
    async def unasked(scope: Message, receive: Receive, send: Send) -> None:
        raise AssertionError("a preflight reached the endpoint")

    answered = await ask(
        with_safe_headers(settings, unasked),
        "/api/v1/statuses",
        method="OPTIONS",
        headers=[("Origin", "https://client.example"), ("Access-Control-Request-Method", "POST")],
    )
    assert (answered.status, answered.body) == (204, b"")
    assert "Idempotency-Key" in answered.headers["access-control-allow-headers"]
    assert "Authorization" in answered.headers["access-control-allow-headers"]
