"""One HTTP exchange with another server: guarded addresses, bounded bytes, bounded time."""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO, Final, Protocol

import aiohttp
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from fediunion.activitypub.addresses import AddressPolicy, ForbiddenSocket, GuardedResolver, Lookup
from fediunion.kit.errors import AddressRefused, BadDocument, TooLarge, Unreachable
from fediunion.kit.urls import RemoteUrl

CONNECT_SECONDS: Final = 5.0
# Below the five seconds after which common servers close an idle connection: a POST that meets
# the closing cannot be told from one that was received.
KEEPALIVE_SECONDS: Final = 4.5
DNS_CACHE_SECONDS: Final = 60
DNS_CACHE_NAMES: Final = 1000

_UNASKED = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
_PLAIN_ENCODINGS = ("", "identity")


@dataclass(frozen=True, slots=True)
class RawResponse:
    """What a server answered; `headers` are found in any case."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes


class Transport(Protocol):
    """Sends one request as it is told; neither follows redirects nor judges the answer."""

    async def send(
        self,
        method: str,
        url: RemoteUrl,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        max_bytes: int,
        deadline_seconds: float,
        cut_at_limit: bool = False,
        sink: BinaryIO | None = None,
    ) -> RawResponse:
        """Return the answer, whatever its status. With `sink` the body of a 200 is written there instead.

        Raises AddressRefused, Unreachable, BadDocument (a compressed body), and TooLarge for a body over
        `max_bytes`. With `cut_at_limit` only the status matters: once it is known, an overlong, broken,
        compressed or slow body is cut instead.
        """
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class AiohttpTransport:
    """The real network, over aiohttp: no proxies or secrets from the environment, no cookies.

    TLS is at least 1.2 and always verified against the name; `ca_file` adds an authority (tests).
    `lookup` replaces the machine's resolver. A connection is used again within `keepalive_seconds`.
    """

    def __init__(
        self,
        policy: AddressPolicy,
        ca_file: str | None = None,
        *,
        lookup: Lookup | None = None,
        keepalive_seconds: float = KEEPALIVE_SECONDS,
    ) -> None:
        self._policy = policy
        self._tls = _tls_context(ca_file)
        self._resolver = GuardedResolver(policy, lookup)
        self._keepalive_seconds = keepalive_seconds
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self,
        method: str,
        url: RemoteUrl,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        max_bytes: int,
        deadline_seconds: float,
        cut_at_limit: bool = False,
        sink: BinaryIO | None = None,
    ) -> RawResponse:
        """Return the answer as `Transport.send` says; one deadline covers name, connection and body."""
        self._policy.check_url(url)
        session = self._session or self._open()
        sent = CIMultiDict(headers)
        sent["Accept-Encoding"] = "identity"
        response: aiohttp.ClientResponse | None = None
        read = bytearray()
        try:
            async with asyncio.timeout(deadline_seconds):
                response = await session.request(
                    method, _yarl(url.text), headers=sent, data=body, allow_redirects=False
                )
                if cut_at_limit:
                    await _read_up_to(response, max_bytes, read)
                elif sink is not None and response.status == 200:
                    await _read_all(response, max_bytes, sink.write)
                else:
                    await _read_all(response, max_bytes, read.extend)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # TimeoutError is an OSError; aiohttp lets ValueError through for answers it cannot parse.
            if response is None or not cut_at_limit:
                raise _translated(error, url) from error
        finally:
            if response is not None:
                # Returns the connection to the pool when the body was read to its end, else closes it.
                response.release() if response.content.at_eof() else response.close()
        return RawResponse(response.status, response.headers, bytes(read))

    async def close(self) -> None:
        """Close all connections; the transport opens again when it is used again."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()
        await self._resolver.close()

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            resolver=self._resolver,
            socket_factory=self._resolver.open_socket,
            ssl=self._tls,
            limit=200,
            limit_per_host=8,
            keepalive_timeout=self._keepalive_seconds,
            ttl_dns_cache=DNS_CACHE_SECONDS,
            dns_cache_max_size=DNS_CACHE_NAMES,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            skip_auto_headers=_UNASKED,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
            read_bufsize=65536,
            max_line_size=8190,
            max_field_size=8190,
            max_headers=100,
        )
        return self._session


@lru_cache(maxsize=2048)
def _yarl(text: str) -> URL:
    # Already in its final spelling: yarl must not write it anew, the signature covers it.
    return URL(text, encoded=True)


async def _read_all(
    response: aiohttp.ClientResponse, max_bytes: int, take: Callable[[bytes], object]
) -> None:
    if response.headers.get("Content-Encoding", "").strip().lower() not in _PLAIN_ENCODINGS:
        raise BadDocument("the answer is compressed, which was not asked for", reason="content-encoding")
    if (response.content_length or 0) > max_bytes:
        raise TooLarge(f"the answer is longer than {max_bytes} bytes")
    size = 0
    while chunk := await response.content.readany():
        size += len(chunk)
        if size > max_bytes:
            raise TooLarge(f"the answer is longer than {max_bytes} bytes")
        take(chunk)


async def _read_up_to(response: aiohttp.ClientResponse, max_bytes: int, into: bytearray) -> None:
    while len(into) < max_bytes and (chunk := await response.content.readany()):
        into += chunk
    del into[max_bytes:]


def _translated(error: Exception, url: RemoteUrl) -> Unreachable:
    where = url.authority
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, ForbiddenSocket):
        return AddressRefused(f"{where}: {error.os_error}")
    if isinstance(error, TimeoutError):
        return Unreachable(f"{where} did not answer in time", reason="timeout")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Unreachable(f"the name of {where} was not found", reason="name-not-found")
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return Unreachable(f"{where} has no valid certificate", reason="tls-failed")
    if isinstance(error, aiohttp.ClientConnectorError):
        return Unreachable(f"no connection to {where} could be made", reason="connection-failed")
    return Unreachable(f"{where} broke off or did not speak HTTP", reason="broken-answer")


def _tls_context(ca_file: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context
