"""HTTP exchanges over real sockets: what a hostile server cannot do to us."""

import asyncio
import contextlib
import gzip
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.transport import AiohttpTransport, RawResponse
from fediunion.kit.errors import AddressRefused, BadDocument, TooLarge, Unreachable
from fediunion.kit.urls import parse_remote_url
from tests.fakes.raw_server import RawServer, http_answer
from tests.ports import free_port

LOOPBACK = AddressPolicy(allow_http=True, allow_private=True, any_port=True)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
async def transport() -> AsyncIterator[AiohttpTransport]:
    transport = AiohttpTransport(LOOPBACK, keepalive_seconds=600)
    yield transport
    await transport.close()
    await asyncio.sleep(0)


async def get(
    transport: AiohttpTransport,
    url: str,
    *,
    max_bytes: int = 10_000,
    deadline_seconds: float = 60.0,
    cut_at_limit: bool = False,
) -> RawResponse:
    return await transport.send(
        "GET",
        parse_remote_url(url),
        {"Accept": "*/*"},
        None,
        max_bytes=max_bytes,
        deadline_seconds=deadline_seconds,
        cut_at_limit=cut_at_limit,
    )


async def drip(writer: asyncio.StreamWriter, body: bytes) -> None:
    for byte in body:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def test_an_answer_has_status_headers_in_any_case_and_body(transport: AiohttpTransport) -> None:
    async with RawServer(http_answer(b"hello", "X-One: 1", status="418 Teapot")) as server:
        response = await get(transport, server.url())
    assert (response.status, response.headers["x-one"], response.body) == (418, "1", b"hello")


async def test_only_the_given_headers_are_sent_and_no_cookies(transport: AiohttpTransport) -> None:
    async with RawServer(http_answer(b"", "Set-Cookie: tracked=1; Path=/")) as server:
        for _ in range(2):
            await transport.send(
                "POST",
                parse_remote_url(server.url("union-a.localhost", "/inbox?a=%2f")),
                {"User-Agent": "FediUnion", "Digest": "SHA-256=x"},
                b"{}",
                max_bytes=100,
                deadline_seconds=60,
            )
    lines = server.requests[1].decode().split("\r\n")
    assert lines[0] == "POST /inbox?a=%2f HTTP/1.1"
    assert sorted(lines[1:-2]) == [
        "Accept-Encoding: identity",
        "Content-Length: 2",
        "Digest: SHA-256=x",
        f"Host: union-a.localhost:{server.port}",
        "User-Agent: FediUnion",
    ]
    assert lines[-1] == "{}"
    assert server.connections == 1


async def test_redirects_are_handed_back(transport: AiohttpTransport) -> None:
    async with RawServer(http_answer(b"", "Location: http://10.0.0.1/", status="302 Found")) as server:
        assert (await get(transport, server.url())).status == 302
        assert len(server.requests) == 1


async def test_F15_proxies_and_netrc_of_the_environment_are_ignored(
    transport: AiohttpTransport, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login spy password secret")
    async with RawServer(http_answer()) as proxy, RawServer(http_answer()) as server:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        monkeypatch.setenv("NETRC", f"{tmp_path}/netrc")
        await get(transport, server.url())
        assert (len(proxy.requests), len(server.requests)) == (0, 1)
        assert b"Authorization" not in server.requests[0]


async def test_F27_a_declared_length_over_the_limit_is_refused_unread(transport: AiohttpTransport) -> None:
    async with RawServer(b"HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n") as server:
        with pytest.raises(TooLarge):
            await get(transport, server.url(), max_bytes=1_048_576)


@pytest.mark.parametrize("head", [CHUNKED, b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"])
async def test_F27_an_endless_body_is_cut_at_the_limit(transport: AiohttpTransport, head: bytes) -> None:
    piece = b"10000\r\n" + b"a" * 65536 + b"\r\n" if head is CHUNKED else b"a" * 65536

    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()

    async with RawServer(endless) as server:
        tracemalloc.start()
        with pytest.raises(TooLarge):
            await get(transport, server.url(), max_bytes=1_048_576)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 5 * 1_048_576


async def test_F28_dripped_bodies_and_headers_end_at_the_total_deadline(transport: AiohttpTransport) -> None:
    async def drip_body(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        await drip(writer, b"a" * 1000)

    async def drip_headers(writer: asyncio.StreamWriter) -> None:
        await drip(writer, b"HTTP/1.1 200 OK\r\nX-Padding: " + b"a" * 1000)

    async def silence(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(3600)

    for answer in (drip_body, drip_headers, silence):
        async with RawServer(answer) as server:
            with pytest.raises(Unreachable) as raised:
                await get(transport, server.url(), deadline_seconds=0.3)
            assert raised.value.reason == "timeout"


async def test_F29_compressed_answers_are_refused_unpacked(transport: AiohttpTransport) -> None:
    bomb = gzip.compress(b"\0" * 3_000_000)
    for encoding in ("gzip", "br", "zstd", "gzip, gzip", "deflate"):
        async with RawServer(http_answer(bomb, f"Content-Encoding: {encoding}")) as server:
            with pytest.raises(BadDocument):
                await get(transport, server.url())


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"a" * 1_000_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Many: 1\r\n" * 10_000 + b"\r\n",
        CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n",
        CHUNKED + b"-1\r\nabc\r\n0\r\n\r\n",
        CHUNKED + b"fffffffffffffffff\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    ],
)
async def test_F30_broken_http_is_refused(transport: AiohttpTransport, answer: bytes) -> None:
    async with RawServer(answer) as server:
        with pytest.raises(Unreachable):
            await get(transport, server.url(), deadline_seconds=1)


async def test_a_body_that_ends_early_is_refused(transport: AiohttpTransport) -> None:
    async def early(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
        writer.close()

    async with RawServer(early) as server:
        with pytest.raises(Unreachable) as raised:
            await get(transport, server.url())
        assert raised.value.reason == "broken-answer"


async def test_L17_no_listener_and_unknown_names_are_unreachable() -> None:
    async def lookup(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    closed = f"http://127.0.0.1:{free_port()}/"
    transport = AiohttpTransport(LOOPBACK, lookup=lookup)
    for url, reason in ((closed, "connection-failed"), ("https://gone.example/", "name-not-found")):
        with pytest.raises(Unreachable) as raised:
            await get(transport, url)
        assert raised.value.reason == reason
        assert not isinstance(raised.value, AddressRefused)
    await transport.close()


async def test_when_only_the_status_matters_the_body_may_be_anything(transport: AiohttpTransport) -> None:
    async def slow_body(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 1000\r\n\r\n")
        await drip(writer, b"a" * 1000)

    overlong = http_answer(b"a" * 100_000, status="202 Accepted")
    packed = http_answer(gzip.compress(b"ok"), "Content-Encoding: gzip", status="202 Accepted")
    for answer in (overlong, packed):
        async with RawServer(answer) as server:
            response = await get(transport, server.url(), max_bytes=50, cut_at_limit=True)
            assert response.status == 202
            assert len(response.body) <= 50
    async with RawServer(slow_body) as server:
        for deadline in (0.3, 3, 30):
            # Where the machine stands still meanwhile, the status comes too late.
            with contextlib.suppress(Unreachable):
                response = await get(
                    transport, server.url(), max_bytes=2000, deadline_seconds=deadline, cut_at_limit=True
                )
                break
        assert response.status == 202
        assert len(response.body) < 1000


async def test_a_connection_is_used_again_only_after_a_whole_answer(transport: AiohttpTransport) -> None:
    async with RawServer(http_answer(b"a" * 5_000_000)) as server:
        for _ in range(3):
            await get(transport, server.url(), max_bytes=5_000_000)
        assert server.connections == 1
        for _ in range(2):
            with pytest.raises(TooLarge):
                await get(transport, server.url(), max_bytes=10)
        await get(transport, server.url(), max_bytes=5_000_000)
    assert server.connections == 3
