"""The gate: foreign hosts are turned away first, and callers are who they are."""

from dataclasses import replace
from ipaddress import ip_network

import pytest

from fediunion.app.asgi import answer
from fediunion.app.gate import gate
from fediunion.config import Instance, Server, Settings
from fediunion.kit.asgi import Message, Receive, Send
from tests.app.asking import ask


class Echo:
    """An app that answers with the caller's address, and counts."""

    def __init__(self) -> None:
        self.calls = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer 200."""
        self.calls += 1
        await answer(send, 200, f"{scope['client'][0]} {scope['scheme']}".encode(), "text/plain")


@pytest.mark.parametrize(
    "host",
    ["evil.example", "union.test.evil.example", "union.test:8443", "union.test@evil.example", "good/path?"],
)
async def test_O21_another_host_is_turned_away_before_any_work(settings: Settings, host: str) -> None:
    echo = Echo()
    answered = await ask(gate(settings, echo), host=host)
    assert (answered.status, echo.calls) == (421, 0)


async def test_S09_a_request_without_a_host_or_with_two_is_turned_away(settings: Settings) -> None:
    echo = Echo()
    assert (await ask(gate(settings, echo), host=None)).status == 400
    doubled = await ask(gate(settings, echo), headers=[("Host", "evil.example")])
    assert (doubled.status, echo.calls) == (421, 0)


@pytest.mark.parametrize("host", ["union.test", "Union.TEST", "union.test:443"])
async def test_our_host_is_ours_in_every_spelling(settings: Settings, host: str) -> None:
    assert (await ask(gate(settings, Echo()), host=host)).status == 200


async def test_both_domains_are_ours_where_they_differ(settings: Settings) -> None:
    split = replace(settings, instance=Instance(domain="union.test", web_domain="fedi.union.test"))
    assert (await ask(gate(split, Echo()), host="union.test")).status == 200
    assert (await ask(gate(split, Echo()), host="fedi.union.test")).status == 200


async def test_health_answers_this_machine_whatever_it_calls_us(settings: Settings) -> None:
    app = gate(settings, Echo())
    assert (await ask(app, "/health/live", host="10.1.2.3:8000", client="127.0.0.1")).status == 200
    assert (await ask(app, "/health/live", host=None, client="::1")).status == 200
    assert (await ask(app, "/health/live", host="10.1.2.3:8000", client="10.1.2.4")).status == 421


async def test_tools_that_may_read_the_metrics_need_not_know_our_name(settings: Settings) -> None:
    settings = replace(settings, server=Server(metrics_allowed=(ip_network("10.1.2.0/24"),)))
    app = gate(settings, Echo())
    for path in ("/metrics", "/health/ready"):
        assert (await ask(app, path, host="10.1.2.3:8000", client="10.1.2.4")).status == 200
        assert (await ask(app, path, host="10.1.2.3:8000", client="10.9.2.4")).status == 421
    assert (await ask(app, "/", host="10.1.2.3:8000", client="10.1.2.4")).status == 421


@pytest.mark.parametrize(
    ("client", "forwarded", "caller"),
    [
        ("198.51.100.9", "203.0.113.1", "198.51.100.9"),
        ("127.0.0.1", "203.0.113.1", "203.0.113.1"),
        ("127.0.0.1", "10.9.9.9, 203.0.113.1", "203.0.113.1"),
        ("127.0.0.1", "203.0.113.1, 127.0.0.1", "203.0.113.1"),
        ("127.0.0.1", "203.0.113.1, nonsense", "127.0.0.1"),
        ("127.0.0.1", "::ffff:203.0.113.1", "203.0.113.1"),
        ("127.0.0.1", "2001:db8::1", "2001:db8::1"),
    ],
)
async def test_O19_a_forwarded_address_counts_from_a_trusted_proxy_only(
    settings: Settings, client: str, forwarded: str, caller: str
) -> None:
    answered = await ask(gate(settings, Echo()), headers=[("X-Forwarded-For", forwarded)], client=client)
    assert answered.body.decode().split()[0] == caller


async def test_O19_a_proxy_that_is_configured_replaces_this_machine(settings: Settings) -> None:
    server = Server(trusted_proxies=(ip_network("10.0.0.0/8"),))
    app = gate(replace(settings, server=server), Echo())
    forwarded = [("X-Forwarded-For", "203.0.113.1")]
    assert (await ask(app, headers=forwarded, client="10.1.1.1")).body.startswith(b"203.0.113.1 ")
    assert (await ask(app, headers=forwarded, client="127.0.0.1")).body.startswith(b"127.0.0.1 ")


async def test_a_caller_behind_a_proxy_is_not_on_this_machine(settings: Settings) -> None:
    answered = await ask(
        gate(settings, Echo()),
        "/health/live",
        host="evil.example",
        headers=[("X-Forwarded-For", "203.0.113.1")],
        client="127.0.0.1",
    )
    assert answered.status == 421


async def test_the_scheme_is_the_configured_one_behind_a_tls_proxy(settings: Settings) -> None:
    assert (await ask(gate(settings, Echo()))).body.endswith(b" https")
