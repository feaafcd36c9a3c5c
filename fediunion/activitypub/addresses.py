"""Which addresses we connect to, and a resolver that gives out no other."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeAlias

from aiohttp.abc import AbstractResolver, ResolveResult

from fediunion.kit.errors import NAME_REFUSED, AddressRefused
from fediunion.kit.urls import RemoteUrl

IpAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Lookup: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]

LOOPBACK: Final = ipaddress.IPv4Address("127.0.0.1")

_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _networks(*texts: str) -> tuple[IpNetwork, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


_PRIVATE = _networks("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
# Python's own tables changed between patch releases, so every special network is named here as well.
_SPECIAL_V4 = _networks(
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
    *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
)
_SPECIAL_V6 = _networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Where the server may connect to.

    `allow_private` opens loopback, RFC 1918 and unique local addresses (True) or just the named
    networks. `any_port` opens ports other than the scheme's own. All three are for development.
    """

    allow_http: bool = False
    allow_private: bool | tuple[IpNetwork, ...] = False
    any_port: bool = False

    def check_url(self, url: RemoteUrl) -> None:
        """Refuse what can be refused without asking a name server; raises AddressRefused.

        Looks at the scheme, the port, a literal address, and at names under `.localhost`,
        which mean 127.0.0.1 and nothing else (RFC 6761 section 6.3).
        """
        if url.scheme != "https" and not self.allow_http:
            raise AddressRefused(f"{url.origin} is not https", reason="scheme-refused")
        if url.port is not None and not self.any_port:
            raise AddressRefused(f"{url.origin} has an unusual port", reason="port-refused")
        if is_localhost_name(url.host):
            self.check_address(LOOPBACK)
        elif (literal := literal_address(url.host)) is not None:
            self.check_address(literal)

    def check_address(self, address: IpAddress) -> None:
        """Refuse every address that is not plainly public, or opened here; raises AddressRefused.

        IPv4 inside IPv6 (mapped, compatible, 6to4, Teredo) is refused; NAT64 is judged by the
        address inside it. Source: the IANA special-purpose address registries.
        """
        if is_public(address):
            return
        opened = _PRIVATE if self.allow_private is True else self.allow_private or ()
        if not any(address in network for network in opened):
            raise AddressRefused(f"{address} is not a public address")


def is_public(address: IpAddress) -> bool:
    """Return whether everybody on the Internet means the same host by this address."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not any(address in network for network in _SPECIAL_V4)
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return (
        address.scope_id is None
        and address in _GLOBAL_V6
        and address.is_global
        and not any(address in network for network in _SPECIAL_V6)
    )


def is_localhost_name(host: str) -> bool:
    """Return whether the name is reserved for this machine."""
    return host == "localhost" or host.endswith(".localhost")


def literal_address(host: str) -> IpAddress | None:
    """Return the address that a host is written as; None for a name."""
    if ":" not in host and not host[-1:].isdigit():
        return None
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


class ForbiddenSocket(OSError):
    """A socket to an address that the policy does not allow was about to be opened."""


class GuardedResolver(AbstractResolver):
    """Looks names up and gives out addresses only when all of them are allowed.

    One private address among public ones refuses the name (an attacker's resolver chooses the
    order), and the connection is made to exactly the addresses that were checked.
    """

    def __init__(self, policy: AddressPolicy, lookup: Lookup | None = None) -> None:
        self._policy = policy
        self._threads: ThreadPoolExecutor | None = None
        self._lookup = lookup or self._ask_machine

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the checked addresses of `host`; raises AddressRefused, or OSError where there are none."""
        if is_localhost_name(host):
            answers: Sequence[str] = [str(LOOPBACK)]
        else:
            answers = await self._lookup(host, port)
        addresses = [ipaddress.ip_address(answer) for answer in answers]
        if not addresses:
            raise OSError(socket.EAI_NONAME, f"{host} has no address")
        for address in addresses:
            self._check(host, address)
        results = [_resolved(host, address, port) for address in addresses]
        return [result for result in results if family in (socket.AF_UNSPEC, result["family"])]

    def _check(self, host: str, address: IpAddress) -> None:
        try:
            self._policy.check_address(address)
        except AddressRefused as error:
            raise AddressRefused(f"{host}: {error}", reason=NAME_REFUSED) from None

    async def close(self) -> None:
        """Let go of the threads that wait for name servers."""
        if self._threads is not None:
            threads, self._threads = self._threads, None
            threads.shutdown(wait=False, cancel_futures=True)

    def open_socket(self, address: tuple[object, ...]) -> socket.socket:
        """Open a socket for one of getaddrinfo's tuples, checking its address a last time."""
        family, kind, protocol, _, where = address
        if not isinstance(family, int) or not isinstance(kind, int) or not isinstance(protocol, int):
            raise ForbiddenSocket("the address is not one of getaddrinfo's")
        host = where[0] if isinstance(where, tuple) else ""
        try:
            self._policy.check_address(ipaddress.ip_address(str(host)))
        except (AddressRefused, ValueError) as error:
            raise ForbiddenSocket(str(error)) from error
        return socket.socket(family, kind, protocol)

    async def _ask_machine(self, host: str, port: int) -> Sequence[str]:
        # A black-holed name server holds threads for many seconds: they must not be those of the database.
        if self._threads is None:
            self._threads = ThreadPoolExecutor(max_workers=16, thread_name_prefix="names")
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _resolved(host: str, address: IpAddress, port: int) -> ResolveResult:
    return ResolveResult(
        hostname=host,
        host=str(address),
        port=port,
        family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
        proto=socket.IPPROTO_TCP,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )
