"""An Internet in one process: authorities answered by ASGI apps, with faults on demand."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import unquote

import orjson
from multidict import CIMultiDict, CIMultiDictProxy

from fediunion.activitypub.transport import RawResponse
from fediunion.kit.asgi import AsgiApp, Message, Receive, Send
from fediunion.kit.errors import BadDocument, TooLarge, Unreachable
from fediunion.kit.urls import RemoteUrl

FAKE_ADDRESS = "203.0.113.7"


@dataclass(frozen=True, slots=True)
class SentRequest:
    """One request that somebody made."""

    method: str
    url: str
    headers: CIMultiDictProxy[str]
    body: bytes | None


class FakeInternet:
    """A `Transport` for any number of instances in one event loop; an unknown authority is unreachable.

    Authorities are `host` or `host:port`. Every request is kept in `requests`, also the failed ones.
    """

    def __init__(self) -> None:
        self.requests: list[SentRequest] = []
        self._apps: dict[str, AsgiApp] = {}
        self._faults: dict[str, tuple[int | Exception, int | None]] = {}
        self._delays: dict[str, float] = {}

    def join(self, authority: str, app: AsgiApp) -> None:
        """Let `app` answer for `authority`, in place of whoever did."""
        self._apps[authority] = app

    def leave(self, authority: str) -> None:
        """Make `authority` unknown."""
        self._apps.pop(authority, None)

    def fail(self, authority: str, fault: int | Exception, *, times: int | None = None) -> None:
        """Answer with a status, or raise, instead of asking the app; for ever, or `times` times."""
        self._faults[authority] = (fault, times)

    def slow(self, authority: str, seconds: float) -> None:
        """Let `authority` take so long; a caller whose deadline is shorter is told so at once."""
        self._delays[authority] = seconds

    def mend(self, authority: str) -> None:
        """Take back what `fail` and `slow` did."""
        self._faults.pop(authority, None)
        self._delays.pop(authority, None)

    def requests_to(self, authority: str) -> list[SentRequest]:
        """Return the requests made to one authority, oldest first."""
        return [request for request in self.requests if request.url.split("/")[2] == authority]

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
        """Answer as `Transport.send` says."""
        sent = CIMultiDict(headers)
        sent.setdefault("Host", url.authority)
        self.requests.append(SentRequest(method, url.text, CIMultiDictProxy(sent), body))
        await self._wait(url.authority, deadline_seconds)
        failed = self._failure(url.authority)
        if failed is not None:
            return failed
        app = self._apps.get(url.authority)
        if app is None:
            raise Unreachable(f"the name of {url.authority} was not found", reason="name-not-found")
        try:
            async with asyncio.timeout(deadline_seconds):
                response = await _call(app, method, url, sent, body)
        except TimeoutError as error:
            raise Unreachable(f"{url.authority} did not answer in time", reason="timeout") from error
        if cut_at_limit:
            return RawResponse(response.status, response.headers, response.body[:max_bytes])
        if len(response.body) > max_bytes:
            raise TooLarge(f"the answer is longer than {max_bytes} bytes")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise BadDocument("the answer is compressed, which was not asked for", reason="content-encoding")
        if sink is not None and response.status == 200:
            sink.write(response.body)
            return RawResponse(response.status, response.headers, b"")
        return response

    async def close(self) -> None:
        """Close nothing: other instances may still use it."""

    async def _wait(self, authority: str, deadline_seconds: float) -> None:
        delay = self._delays.get(authority, 0.0)
        if delay >= deadline_seconds:
            raise Unreachable(f"{authority} did not answer in time", reason="timeout")
        await asyncio.sleep(delay)

    def _failure(self, authority: str) -> RawResponse | None:
        fault, times = self._faults.get(authority, (None, None))
        if fault is None:
            return None
        if times is not None:
            if times <= 1:
                del self._faults[authority]
            else:
                self._faults[authority] = (fault, times - 1)
        if isinstance(fault, Exception):
            raise fault
        return RawResponse(fault, CIMultiDictProxy(CIMultiDict()), b"")


@dataclass
class FakeSite:
    """A small ASGI app with prepared answers by path (with its query, where one was given)."""

    answers: dict[str, tuple[int, list[tuple[str, str]], bytes]] = field(default_factory=dict)

    def serve(
        self,
        path: str,
        document: object = b"",
        *,
        content_type: str = "application/activity+json",
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer `path` with bytes as they are, or with a document as JSON."""
        body = document if isinstance(document, bytes) else orjson.dumps(document)
        self.answers[path] = (status, [("content-type", content_type), *(headers or {}).items()], body)

    def redirect(self, path: str, location: str, *, status: int = 302) -> None:
        """Send whoever asks for `path` elsewhere."""
        self.serve(path, status=status, headers={"location": location})

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request; what is not prepared is 404."""
        path = scope["raw_path"].decode()
        query = scope["query_string"].decode()
        found = self.answers.get(f"{path}?{query}") or self.answers.get(path) or (404, [], b"")
        status, headers, body = found
        encoded = [(name.encode(), value.encode()) for name, value in headers]
        await send({"type": "http.response.start", "status": status, "headers": encoded})
        await send({"type": "http.response.body", "body": body})


async def _call(
    app: AsgiApp, method: str, url: RemoteUrl, headers: CIMultiDict[str], body: bytes | None
) -> RawResponse:
    path, _, query = url.path_query.partition("?")
    scope: Message = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": url.scheme,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": _raw_headers(headers, body),
        "client": (FAKE_ADDRESS, 40000),
        "server": (url.host, url.port or (443 if url.scheme == "https" else 80)),
    }
    received = False
    started: Message = {}
    parts: list[bytes] = []
    finished = asyncio.Event()

    async def receive() -> Message:
        nonlocal received
        if received:
            await finished.wait()
            return {"type": "http.disconnect"}
        received = True
        return {"type": "http.request", "body": body or b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.update(message)
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                finished.set()

    await app(scope, receive, send)
    answered = CIMultiDict(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in started["headers"]
    )
    return RawResponse(started["status"], CIMultiDictProxy(answered), b"".join(parts))


def _raw_headers(headers: CIMultiDict[str], body: bytes | None) -> list[tuple[bytes, bytes]]:
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    if body is not None and "content-length" not in headers:
        raw.append((b"content-length", str(len(body)).encode()))
    return raw
