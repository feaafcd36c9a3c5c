"""Where connections really go: private addresses, rebinding, certificates."""

import asyncio
import ipaddress
import ssl
from pathlib import Path

import pytest

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.transport import AiohttpTransport
from fediunion.kit.errors import NAME_REFUSED, AddressRefused, Unreachable
from fediunion.kit.urls import parse_remote_url
from tests.fakes.certificates import FakeAuthority
from tests.fakes.raw_server import RawServer, http_answer

LOOPBACK = AddressPolicy(allow_private=True, any_port=True)
STRICT = AddressPolicy(allow_http=True, any_port=True)


async def status(transport: AiohttpTransport, url: str) -> int:
    response = await transport.send(
        "GET", parse_remote_url(url), {}, None, max_bytes=1000, deadline_seconds=600
    )
    return response.status


@pytest.fixture
def authority(tmp_path: Path) -> FakeAuthority:
    return FakeAuthority(tmp_path)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "union-a.localhost", "0.0.0.0"]
)
async def test_F01_private_hosts_get_no_connection(host: str) -> None:
    transport = AiohttpTransport(STRICT)
    async with RawServer(http_answer()) as server:
        with pytest.raises(AddressRefused):
            await status(transport, server.url(host))
        assert server.connections == 0
    await transport.close()


@pytest.mark.parametrize(
    "answers", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "2606:4700::1111"]]
)
async def test_F02_names_with_a_private_address_get_no_connection(answers: list[str]) -> None:
    async def lookup(host: str, port: int) -> list[str]:
        return answers

    transport = AiohttpTransport(STRICT, lookup=lookup)
    async with RawServer(http_answer()) as server:
        with pytest.raises(AddressRefused) as refused:
            await status(transport, server.url("evil.example"))
        assert refused.value.reason == NAME_REFUSED
        assert server.connections == 0
    await transport.close()


async def test_F03_a_name_that_turns_private_is_never_connected_to() -> None:
    policy = AddressPolicy(
        allow_http=True, any_port=True, allow_private=(ipaddress.ip_network("127.0.0.2/32"),)
    )
    asked = 0

    async def rebinding(host: str, port: int) -> list[str]:
        nonlocal asked
        asked += 1
        return ["127.0.0.2"] if asked % 2 else ["127.0.0.1"]

    async with RawServer(http_answer()) as private:
        outcomes = set()
        for number in range(20):
            transport = AiohttpTransport(policy, lookup=rebinding)
            for _ in range(2):
                with pytest.raises(Unreachable) as raised:
                    await status(transport, private.url(f"rebind-{number // 2}.example"))
                outcomes.add(raised.value.reason)
            await transport.close()
        assert private.connections == 0
    assert NAME_REFUSED in outcomes


async def test_F03_an_address_is_checked_again_when_its_socket_is_opened() -> None:
    transport = AiohttpTransport(STRICT)
    transport._open()
    # From here on only the check inside the connection stands in the way.
    transport._policy = AddressPolicy(allow_http=True, allow_private=True, any_port=True)
    async with RawServer(http_answer()) as server:
        with pytest.raises(AddressRefused):
            await status(transport, server.url())
        assert server.connections == 0
    await transport.close()


async def test_L17_a_silent_name_server_costs_no_more_than_the_deadline() -> None:
    asked: list[str] = []

    async def silent(host: str, port: int) -> list[str]:
        asked.append(host)
        await asyncio.sleep(60)
        return []

    transport = AiohttpTransport(LOOPBACK, lookup=silent)
    url = parse_remote_url("https://good.example/")
    attempts = [transport.send("GET", url, {}, None, max_bytes=1, deadline_seconds=0.1) for _ in range(3)]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert [getattr(outcome, "reason", None) for outcome in outcomes] == ["timeout"] * 3
    assert asked == ["good.example"]
    await transport.close()


async def test_F02_everyone_who_waits_for_a_private_name_is_refused() -> None:
    async def lookup(host: str, port: int) -> list[str]:
        await asyncio.sleep(0.01)
        return ["10.0.0.1"]

    transport = AiohttpTransport(STRICT, lookup=lookup)
    outcomes = await asyncio.gather(
        *[status(transport, "https://evil.example/") for _ in range(5)], return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [AddressRefused] * 5
    await transport.close()


async def test_R10_looked_up_names_are_kept_in_a_bounded_cache_for_a_minute() -> None:
    asked: list[str] = []

    async def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    transport = AiohttpTransport(
        AddressPolicy(allow_http=True, allow_private=True, any_port=True), lookup=lookup
    )
    async with RawServer(http_answer(b"", "Connection: close")) as server:
        for _ in range(3):
            await status(transport, server.url("good.example"))
        assert server.connections == 3
    assert asked == ["good.example"]
    await transport.close()


async def test_a_certificate_of_the_test_authority_is_accepted_by_name(authority: FakeAuthority) -> None:
    transport = AiohttpTransport(LOOPBACK, authority.ca_file, lookup=to_loopback)
    async with RawServer(http_answer(), authority.server_context("good.example")) as server:
        assert await status(transport, server.url("good.example")) == 200
    await transport.close()


async def test_F34_bad_certificates_are_refused(authority: FakeAuthority) -> None:
    contexts = [
        authority.server_context("good.example", days=-1),
        authority.server_context("good.example", self_signed=True),
        authority.server_context("other.example"),
    ]
    transport = AiohttpTransport(LOOPBACK, authority.ca_file, lookup=to_loopback)
    for context in contexts:
        async with RawServer(http_answer(), context) as server:
            with pytest.raises(Unreachable) as raised:
                await status(transport, server.url("good.example"))
            assert raised.value.reason == "tls-failed"
            assert server.requests == []
    await transport.close()


async def test_F34_an_unknown_authority_is_refused(authority: FakeAuthority) -> None:
    transport = AiohttpTransport(LOOPBACK, lookup=to_loopback)
    async with RawServer(http_answer(), authority.server_context("good.example")) as server:
        with pytest.raises(Unreachable):
            await status(transport, server.url("good.example"))
    await transport.close()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
async def test_F34_old_tls_is_refused(authority: FakeAuthority) -> None:
    context = authority.server_context("good.example")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1_1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    transport = AiohttpTransport(LOOPBACK, authority.ca_file, lookup=to_loopback)
    async with RawServer(http_answer(), context) as server:
        with pytest.raises(Unreachable):
            await status(transport, server.url("good.example"))
        assert server.requests == []
    await transport.close()


async def test_F35_a_certificate_for_the_address_does_not_stand_for_the_name(
    authority: FakeAuthority,
) -> None:
    seen: list[str | None] = []
    context = authority.server_context("127.0.0.1")

    def note(connection: object, name: str | None, used: ssl.SSLContext) -> None:
        seen.append(name)

    context.sni_callback = note
    transport = AiohttpTransport(LOOPBACK, authority.ca_file, lookup=to_loopback)
    async with RawServer(http_answer(), context) as server:
        with pytest.raises(Unreachable):
            await status(transport, server.url("good.example"))
    assert seen == ["good.example"]
    await transport.close()


async def to_loopback(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]
