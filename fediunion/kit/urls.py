"""Addresses that came from elsewhere, read strictly, and what belongs to the same server or owner."""

import ipaddress
import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Final
from urllib.parse import quote

import idna
from publicsuffixlist import PublicSuffixList

from fediunion.kit.errors import BadDocument

MAX_URL_LENGTH: Final = 4096
DEFAULT_PORTS: Final = {"https": 443, "http": 80}

_CACHEABLE_LENGTH = 512
_SHAPE = re.compile(r"(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\ufeff]")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORT = re.compile(r"[0-9]{1,5}")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PATH_SAFE = "!$%&'()*+,-./:;=?@_~"
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


@dataclass(frozen=True, slots=True)
class RemoteUrl:
    """An http(s) address in one spelling, so that equal texts mean the same request.

    `host` is lower-case ASCII (an IPv6 address without brackets), `port` is None for the
    scheme's own port, `text` is what is fetched: without `fragment`, which is kept apart.
    """

    text: str
    scheme: str
    host: str
    port: int | None
    path_query: str
    fragment: str = ""
    authority: str = field(init=False)
    origin: str = field(init=False)

    def __post_init__(self) -> None:
        host = f"[{self.host}]" if ":" in self.host else self.host
        authority = host if self.port is None else f"{host}:{self.port}"
        object.__setattr__(self, "authority", authority)
        object.__setattr__(self, "origin", f"{self.scheme}://{authority}")

    @property
    def identity(self) -> str:
        """Return `text` with its fragment: what two ids are compared by."""
        return f"{self.text}#{self.fragment}" if self.fragment else self.text


def parse_remote_url(text: str) -> RemoteUrl:
    """Return the parts of an address that another server or a person named.

    Only http and https with `//`. User names, backslashes, blanks, control characters, zone ids,
    escapes in the host, hosts that some resolvers read as a number (`127.1`, `0x7f000001`) and
    ports outside 1..65535 raise BadDocument: parsers disagree about them, and that is how requests
    are smuggled to other hosts. Other scripts become IDNA, in paths percent-escapes.
    """
    return _parse_cached(text) if len(text) <= _CACHEABLE_LENGTH else _parse(text)


def same_origin(a: str, b: str) -> bool:
    """Return whether both are addresses with one scheme, host and port; False for what is no address."""
    try:
        return parse_remote_url(a).origin == parse_remote_url(b).origin
    except BadDocument:
        return False


def authority_of(url: str) -> str:
    """Return `host[:port]` of an address, lower-case, without the scheme's own port; raises BadDocument."""
    return parse_remote_url(url).authority


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str:
    """Return the domain that somebody registered and that `host` is part of.

    Hosts of one such domain have one owner and share limits. IP addresses, public suffixes and
    names under `.localhost` are returned as they are. Source: https://publicsuffix.org/list/
    """
    if host.endswith(".localhost") or ":" in host or _NUMBER_LABEL.fullmatch(host.rpartition(".")[2]):
        return host
    return _suffixes().privatesuffix(host) or host


def owner_domain(authority: str) -> str:
    """Return the registrable domain of `host[:port]`: what limits count by (row F36)."""
    host = authority[1 : authority.find("]")] if authority.startswith("[") else authority.partition(":")[0]
    return registrable_domain(host)


def is_public_suffix(host: str) -> bool:
    """Return whether names below `host` belong to many owners: a top-level domain, or what is like one."""
    if host.endswith("localhost") or ":" in host or _NUMBER_LABEL.fullmatch(host.rpartition(".")[2]):
        return False
    return not _suffixes().privatesuffix(host)


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _parse(text: str) -> RemoteUrl:
    if len(text) > MAX_URL_LENGTH:
        raise BadDocument("an address is longer than 4096 characters")
    if _FORBIDDEN.search(text):
        raise BadDocument("an address holds blanks, control characters or backslashes")
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise BadDocument("an address does not begin with http:// or https://")
    scheme = shape[1].lower()
    host, port = _host_and_port(shape[2])
    if port == DEFAULT_PORTS[scheme]:
        port = None
    path_query = _escaped((shape[3] or "/") + (shape[4] or ""))
    shown_host = f"[{host}]" if ":" in host else host
    authority = shown_host if port is None else f"{shown_host}:{port}"
    return RemoteUrl(
        text=f"{scheme}://{authority}{path_query}",
        scheme=scheme,
        host=host,
        port=port,
        path_query=path_query,
        fragment=_escaped((shape[5] or "#")[1:]),
    )


_parse_cached = lru_cache(maxsize=4096)(_parse)


def _host_and_port(authority: str) -> tuple[str, int | None]:
    if "@" in authority:
        raise BadDocument("an address holds a user name")
    if "%" in authority:
        raise BadDocument("a host holds a percent sign")
    if authority.startswith("["):
        closing = authority.find("]")
        host, rest = _ipv6_host(authority[1:closing] if closing > 0 else ""), authority[closing + 1 :]
    else:
        name, colon, digits = authority.partition(":")
        host, rest = _host_name(name), colon + digits
    if not rest:
        return host, None
    if not rest.startswith(":") or not _PORT.fullmatch(rest[1:]) or not 1 <= int(rest[1:]) <= 65535:
        raise BadDocument("a port is not a number from 1 to 65535")
    return host, int(rest[1:])


def _ipv6_host(text: str) -> str:
    try:
        return str(ipaddress.IPv6Address(text))
    except ValueError as error:
        raise BadDocument("a host in brackets is no IPv6 address") from error


def _host_name(name: str) -> str:
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise BadDocument("a host name is not valid IDNA") from error
    host = name.lower().removesuffix(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise BadDocument("a host name has empty, overlong or forbidden parts")
    if _NUMBER_LABEL.fullmatch(host.rpartition(".")[2]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError as error:
            raise BadDocument("a host looks like a number and is no plain IPv4 address") from error
    return host


def _escaped(text: str) -> str:
    if _BROKEN_ESCAPE.search(text):
        raise BadDocument("an address holds a percent sign that escapes nothing")
    try:
        return quote(text, safe=_PATH_SAFE)
    except UnicodeEncodeError as error:
        raise BadDocument("an address holds half a character") from error


def header_address(address: str) -> str:
    """Return an address as a header can carry it: what is no printable ASCII is escaped, all else stays.

    Source: RFC 3987 section 3.1
    """
    return quote(address, safe=_PRINTABLE)
