"""Before any work: who calls, through which proxy, and whether the request is meant for this server."""

import ipaddress
from collections.abc import Callable, Iterable
from typing import Final

from fediunion.app.asgi import answer, header
from fediunion.config import Settings
from fediunion.config.readers import Network
from fediunion.kit.asgi import AsgiApp, Message, Receive, Send

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_THIS_MACHINE: Final[tuple[Network, ...]] = (
    ipaddress.ip_network("127.0.0.0/8"),
    ipaddress.ip_network("::1/128"),
)
_LONGEST_CHAIN: Final = 50


def gate(settings: Settings, app: AsgiApp) -> AsgiApp:
    """Return `app` behind a check of the Host header, with the real caller in `scope["client"]`.

    A request for another host, or for none, is answered 421 or 400 before anything else happens (O21,
    S09). `/health/` answers callers on this machine whatever they call it, and so do `/health/` and
    `/metrics` those who may read the metrics: such tools know an address and no name. X-Forwarded-For counts
    from a trusted proxy only, read from the right up to the first address that is none (O19).
    """
    is_ours = _host_check(settings)
    proxies = settings.server.trusted_proxies or _THIS_MACHINE
    scheme = str(settings.instance.scheme)
    tools = settings.metrics_networks

    def is_for_tools(scope: Message) -> bool:
        path = scope["path"]
        if path.startswith("/health/"):
            return is_local(scope) or is_within(scope, tools)
        return path == "/metrics" and is_within(scope, tools)

    async def guarded(scope: Message, receive: Receive, send: Send) -> None:
        scope["client"] = (_caller(scope, proxies), 0)
        scope["scheme"] = scheme
        if not is_ours(scope) and not is_for_tools(scope):
            missing = not header(scope, b"host")
            text = b'{"error":"The request names no host"}' if missing else _NOT_OURS
            await answer(send, 400 if missing else 421, text, more=[(b"connection", b"close")])
            return
        await app(scope, receive, send)

    return guarded


_NOT_OURS: Final = b'{"error":"This server does not answer for that host"}'


def is_local(scope: Message) -> bool:
    """Return whether the caller is on this machine, as the gate found it."""
    return is_within(scope, _THIS_MACHINE)


def is_within(scope: Message, networks: Iterable[Network]) -> bool:
    """Return whether the caller's address, as the gate found it, is in one of `networks`."""
    caller = _address(scope["client"][0])
    return caller is not None and any(caller in network for network in networks)


def _host_check(settings: Settings) -> Callable[[Message], bool]:
    default_port = ":443" if settings.instance.scheme == "https" else ":80"
    ours = {name.encode("ascii") for name in settings.authority}
    ours |= {name.removesuffix(default_port.encode()) for name in ours}
    spelled = frozenset(ours | {name + default_port.encode() for name in ours if b":" not in name})

    def is_ours(scope: Message) -> bool:
        hosts = [value for key, value in scope["headers"] if key == b"host"]
        return len(hosts) == 1 and (hosts[0] in spelled or hosts[0].strip().lower() in spelled)

    return is_ours


def _caller(scope: Message, proxies: Iterable[Network]) -> str:
    peer: str = scope["client"][0] if scope.get("client") else ""
    forwarded = [value for key, value in scope["headers"] if key == b"x-forwarded-for"]
    if not forwarded:
        return peer
    chain = b",".join(forwarded).decode("latin-1").split(",")[-_LONGEST_CHAIN:]
    caller = peer
    while chain and (address := _address(caller)) is not None and any(address in each for each in proxies):
        hop = _address(chain.pop().strip())
        if hop is None:
            break
        caller = str(hop)
    return caller


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address
