"""The parts of a received request that a signature can cover: its headers, and the request as a whole."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass


class RequestHeaders:
    """The headers of one request, by lower-case name, with duplicates kept.

    Values come back as Latin-1 text without surrounding blanks, so that encoding them as Latin-1
    gives the received bytes again.
    """

    __slots__ = ("_pairs", "_values")

    def __init__(self, raw: list[tuple[bytes, bytes]]) -> None:
        """Take an ASGI `scope["headers"]` as it is: its names are lower-case by the specification of ASGI."""
        self._pairs = raw
        self._values = dict(raw)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "RequestHeaders":
        """Return headers made from text, names in any case."""
        return cls([(_encoded(name.lower()), _encoded(value)) for name, value in pairs])

    def get(self, name: str) -> str | None:
        """Return the value of the header `name` (lower-case), its duplicates joined by ", "; None without it.

        Source: RFC 9110 section 5.2.
        """
        value = self._values.get(_encoded(name))
        if value is None:
            return None
        if len(self._pairs) == len(self._values):
            return value.decode("latin-1").strip(" \t")
        return ", ".join(self.all(name))

    def all(self, name: str) -> list[str]:
        """Return each value of the header `name` (lower-case) in the order received."""
        wanted = _encoded(name)
        return [value.decode("latin-1").strip(" \t") for key, value in self._pairs if key == wanted]


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A received request as a signature check needs it.

    `target` is path and query as received, not decoded (Latin-1 text). `body` is None or empty where there is
    none. `hosts` are our authorities: lower-case, with the port only where it is not the scheme's own.
    `scheme` is that of our public URL, whatever the connection behind a TLS proxy is.
    """

    method: str
    target: str
    headers: RequestHeaders
    body: bytes | None
    hosts: Collection[str]
    scheme: str = "https"


def normal_authority(authority: str, scheme: str) -> str:
    """Return `authority` in lower case and without the default port of `scheme`.

    Source: RFC 9421 section 2.2.3.
    """
    lowered = authority.lower()
    default_port = ":443" if scheme == "https" else ":80"
    return lowered.removesuffix(default_port)


def _encoded(text: str) -> bytes:
    return text.encode("latin-1", "replace")
