"""Requests that no client means, made for every row of the route table: the same ones in every run."""

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final
from urllib.parse import quote, urlencode

import orjson

from fediunion.api.endpoint import Endpoint

_READ: Final = re.compile(
    r"\.(?:text|word|flag|moment|whole_number|id|ids|listed|texts|group|groups)\(\s*\"([\w\[\]]+)\""
)
_TEXTS: Final[tuple[str, ...]] = (
    *("", " ", "0", "1", "-1", "x", "\x00", "a\x00b", "\ufeff", "\u202e", "é́", "𝕏😀", "\r\nSet-Cookie: a=b"),
    *("true", "null", "NaN", "inf", "-inf", "1e400", "1e15", "0x10", "١٢", "9" * 19, "9" * 400, "2" * 30),
    *("../../etc/passwd", "%00", "%", "%s", "' OR 1=1 --", '"', "NEAR/2 * (", "<script>", "{{7*7}}", "\\"),
    *("https://[::1", "https://a@b:c/", "javascript:alert(1)", "@a@b@c", "@", "#", "acct:", "a" * 5_000),
    *("2026-13-45", "0001-01-01", "9999-12-31T23:59:59-23:59", "T", "1970-01-01T00:00:00Z"),
    *("home", "public", "direct", "en", "follow", "mention", "list", "all", "nobody", "union.test"),
)
_VALUES: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1.5, -0.0, 1e308, 2**31, 2**53, 2**63 - 1, 2**63, 2**64 - 1),
    *([], {}, [[]], [None], [{}], {"": ""}, {"a": {"b": {"c": [1]}}}, ["x"] * 300, [[["x"]]], [1, "2", None]),
    *({"0": {"name": "x", "value": 1}}, {"options": [1, None], "expires_in": "x"}, {"keyword": "x"}),
)
_PAGING: Final = ("limit", "max_id", "min_id", "since_id", "offset")
_TAILS: Final = ("&%FF=%FE", "&a=\xe9", "&" * 50, "&max_id=%FF")
_KINDS: Final = (
    *("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"),
    *("multipart/form-data", "text/plain", "", "application/json; charset=utf-16", "é", "a;b=" * 50),
)
_BODIES: Final[tuple[bytes, ...]] = (
    *(
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"1",
        b'{"a":' * 2_000,
        b"[" * 100_000,
        b'{"status":"\xff"}',
        b"\x00" * 50,
    ),
    *(
        b'{"status":"\\ud800"}',
        b'{"status":"\\u0000"}',
        b'{"status":"a","status":["b"],"status":{}}',
        b"&=&&[]=[&",
    ),
    *(
        b"--b\r\n\r\n\r\n--b--",
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nx\r\n--b--',
    ),
    *(b"--b\r\nContent-Disposition: form-data; name*=utf-9''%ff; filename*=x''%00\r\n\r\nx\r\n--b--", b"--b"),
    *(
        b"status=%FF%FE",
        b"status[a][b][c][d][e]=1&status[][]=2&status=3",
        b"media_ids[]=%00&poll[options][][]=1",
    ),
)


@dataclass(frozen=True)
class AnyRequest:
    """One request as the server sees it: `path` decoded, `query` raw."""

    method: str
    path: str
    query: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def __str__(self) -> str:
        kind = dict(self.headers).get(b"content-type")
        return f"{self.method} {self.path!r:.200} ?{self.query!r:.300} {kind!r:.100} {self.body!r:.600}"


def requests_for(endpoint: Endpoint, ids: Sequence[str], how_many: int) -> Iterator[AnyRequest]:
    """Yield requests for an endpoint; `ids` are those of things that are there."""
    # A seed of its own: a new row of the table does not change what the others are asked.
    random = Random(f"{endpoint.method} {endpoint.path}")
    names = _names_read_by(endpoint) or list(_PAGING)
    for _ in range(how_many):
        path = "/".join(_part(random, part, ids) for part in endpoint.path.split("/"))
        query = _query(random, names, ids) if random.random() < 0.6 else b""
        kind, body = ("", b"") if endpoint.method == "GET" else _body(random, names, ids)
        headers = [(b"content-length", b"%d" % len(body))] if body else []
        if kind:
            headers.append((b"content-type", kind.encode()))
        if random.random() < 0.2:
            headers.append((b"idempotency-key", _text(random, ids)[:300].encode()))
        yield AnyRequest(endpoint.method, path, query, tuple(headers), body)


def _names_read_by(endpoint: Endpoint) -> list[str]:
    """Return the parameters that the module of an endpoint speaks of."""
    module = inspect.getmodule(endpoint.handle)
    return sorted(set(_READ.findall(inspect.getsource(module)))) if module is not None else []


def _part(random: Random, part: str, ids: Sequence[str]) -> str:
    if not part.startswith(":"):
        return part
    found = random.choice(ids) if random.random() < 0.6 else random.choice(_TEXTS)
    return found.replace("/", "") or "0"


def _text(random: Random, ids: Sequence[str]) -> str:
    return random.choice(ids) if random.random() < 0.25 else random.choice(_TEXTS)


def _query(random: Random, names: Sequence[str], ids: Sequence[str]) -> bytes:
    pairs = [
        (random.choice(names) + random.choice(("", "", "", "[]", "[a]", "[0][b]")), _text(random, ids))
        for _ in range(random.randint(1, 4))
    ]
    if random.random() < 0.3:
        pairs.append((random.choice(_PAGING), random.choice(("1", "9" * 25, "-1", "x", "0", "1e3"))))
    tail = random.choice(_TAILS) if random.random() < 0.1 else ""
    return (urlencode(pairs) + tail).encode("latin-1")


def _body(random: Random, names: Sequence[str], ids: Sequence[str]) -> tuple[str, bytes]:
    chance = random.random()
    if chance < 0.2:
        return random.choice(_KINDS), random.choice(_BODIES)
    if chance < 0.35:
        return _KINDS[1], _query(random, names, ids)
    chosen = random.sample(names, k=min(len(names), random.randint(1, 8)))
    return _KINDS[0], orjson.dumps({name: _value(random, ids) for name in chosen})


def _value(random: Random, ids: Sequence[str]) -> Any:
    chance = random.random()
    if chance < 0.5:
        return _text(random, ids)
    if chance < 0.6:
        return [_text(random, ids) for _ in range(random.randint(0, 4))]
    return random.choice(_VALUES)


async def send(app: Any, request: AnyRequest, bearer: str) -> tuple[int, Mapping[bytes, bytes], bytes]:
    """Return status, headers and body. The sender is gone as soon as it has said all, so that streams end."""
    said = [{"type": "http.request", "body": request.body, "more_body": False}]
    start: dict[str, Any] = {}
    body = bytearray()

    async def receive() -> dict[str, Any]:
        return said.pop() if said else {"type": "http.disconnect"}

    async def take(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            body.extend(message.get("body", b""))

    headers = list(request.headers)
    if bearer:
        headers.append((b"authorization", b"Bearer " + bearer.encode()))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "https",
        "path": request.path,
        "raw_path": quote(request.path).encode(),
        "query_string": request.query,
        "root_path": "",
        "headers": headers,
        "client": ("192.0.2.7", 4000),
        "server": ("union.test", 443),
    }
    await app(scope, receive, take)
    return start["status"], dict(start["headers"]), bytes(body)
