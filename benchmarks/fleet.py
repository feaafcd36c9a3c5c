"""A fleet of strangers: many actors on many made-up hosts, served by one small server on loopback."""

import asyncio
import base64
import hashlib
import ssl
import sys
from dataclasses import dataclass, field
from email.utils import formatdate
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import orjson
from aiohttp import web
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from benchmarks.resolver import LocalResolver

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
_ACTIVITY_JSON = "application/activity+json"


@dataclass
class Stranger:
    """One actor: its address, and the key that all of the fleet share (making one takes long)."""

    uri: str
    name: str
    host: str
    key: rsa.RSAPrivateKey
    received: list[dict[str, Any]] = field(default_factory=list)

    @property
    def inbox(self) -> str:
        """The actor's own inbox."""
        return f"{self.uri}/inbox"


class Fleet:
    """`hosts` hosts named `h0.localhost:PORT` and so on, with `actors` actors dealt out among them.

    Every Follow that arrives is accepted. `arrived` counts activities that are no Accept or Follow.
    """

    def __init__(
        self,
        *,
        actors: int,
        hosts: int,
        port: int,
        shared_inbox: bool = True,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._port = port
        self._tls = tls
        self._shared = shared_inbox
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.strangers = [self._stranger(number, number % hosts) for number in range(actors)]
        self._by_path = {(s.host, f"/users/{s.name}"): s for s in self.strangers}
        self.arrived = 0
        self._accepting: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None

    def _stranger(self, number: int, host_number: int) -> Stranger:
        host = f"h{host_number}.localhost:{self._port}"
        name = f"stranger{number}"
        return Stranger(f"{self._scheme}://{host}/users/{name}", name, host, self._key)

    @property
    def _scheme(self) -> str:
        return "http" if self._tls is None else "https"

    async def __aenter__(self) -> "Fleet":
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_get("/users/{name}", self._show_actor)
        app.router.add_get("/.well-known/webfinger", self._show_webfinger)
        app.router.add_post("/users/{name}/inbox", self._take)
        app.router.add_post("/inbox", self._take)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, backlog=1024, ssl_context=self._tls).start()
        resolver = LocalResolver()
        connector = aiohttp.TCPConnector(limit=64, resolver=resolver, ttl_dns_cache=3600)
        self._session = aiohttp.ClientSession(connector=connector)
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def signed(self, sender: Stranger, method: str, url: str, body: bytes = b"") -> dict[str, str]:
        """Return the headers of a request signed as Mastodon does (draft-cavage-12, rsa-sha256)."""
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {"Host": parts.netloc, "Date": formatdate(usegmt=True)}
        names = ["(request-target)", "host", "date"]
        if method == "POST":
            headers["Digest"] = f"SHA-256={base64.b64encode(hashlib.sha256(body).digest()).decode()}"
            headers["Content-Type"] = _ACTIVITY_JSON
            names += ["digest", "content-type"]
        values = {"(request-target)": f"{method.lower()} {target}"} | {
            name.lower(): value for name, value in headers.items()
        }
        text = "\n".join(f"{name}: {values[name]}" for name in names)
        signature = self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        headers["Signature"] = (
            f'keyId="{sender.uri}#main-key",algorithm="rsa-sha256",headers="{" ".join(names)}",'
            f'signature="{base64.b64encode(signature).decode()}"'
        )
        return headers

    async def post(self, sender: Stranger, url: str, activity: dict[str, Any]) -> int:
        """Deliver a signed activity; return the status of the answer."""
        body = orjson.dumps(activity)
        async with self.session.post(
            url, data=body, headers=self.signed(sender, "POST", url, body)
        ) as answer:
            await answer.read()
            return answer.status

    async def insist(self, sender: Stranger, url: str, activity: dict[str, Any]) -> int:
        """Deliver until the answer is not "later", for two minutes at most; return its status."""
        for _ in range(60):
            status = await self.post(sender, url, activity)
            if status not in (429, 503):
                break
            await asyncio.sleep(2)
        return status

    @property
    def session(self) -> aiohttp.ClientSession:
        """The HTTP client of the fleet; names under .localhost lead to this machine."""
        if self._session is None:
            raise RuntimeError("the fleet is not started")
        return self._session

    def actor_document(self, stranger: Stranger) -> dict[str, Any]:
        """Return the actor as other servers fetch it."""
        pem = self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        document: dict[str, Any] = {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": stranger.uri,
            "type": "Person",
            "preferredUsername": stranger.name,
            "name": stranger.name.title(),
            "inbox": stranger.inbox,
            "outbox": f"{stranger.uri}/outbox",
            "followers": f"{stranger.uri}/followers",
            "url": stranger.uri,
            "publicKey": {
                "id": f"{stranger.uri}#main-key",
                "owner": stranger.uri,
                "publicKeyPem": pem.decode(),
            },
        }
        if self._shared:
            document["endpoints"] = {"sharedInbox": f"{self._scheme}://{stranger.host}/inbox"}
        return document

    async def _show_actor(self, request: web.Request) -> web.Response:
        stranger = self._by_path.get((request.host, request.path))
        if stranger is None:
            return web.Response(status=404)
        return web.json_response(self.actor_document(stranger), content_type=_ACTIVITY_JSON)

    async def _show_webfinger(self, request: web.Request) -> web.Response:
        name, _, host = request.query["resource"].removeprefix("acct:").partition("@")
        link = {"rel": "self", "type": _ACTIVITY_JSON, "href": f"{self._scheme}://{host}/users/{name}"}
        jrd = {"subject": f"acct:{name}@{host}", "links": [link]}
        return web.json_response(jrd, content_type="application/jrd+json")

    async def _take(self, request: web.Request) -> web.Response:
        activity = await request.json(loads=orjson.loads)
        if activity["type"] == "Follow":
            task = asyncio.get_running_loop().create_task(self._accept(activity))
            self._accepting.add(task)
            task.add_done_callback(self._accepted)
        elif activity["type"] != "Accept":
            self.arrived += 1
        return web.Response(status=202)

    def _accepted(self, task: asyncio.Task[None]) -> None:
        self._accepting.discard(task)
        if not task.cancelled() and task.exception() is not None:
            print(f"a follow could not be accepted: {task.exception()!r}", file=sys.stderr)

    async def _accept(self, follow: dict[str, Any]) -> None:
        followed = next(s for s in self.strangers if s.uri == follow["object"])
        follower = await self._fetch(followed, follow["actor"])
        accept = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{followed.uri}#accepts/{follow['id']}",
            "type": "Accept",
            "actor": followed.uri,
            "object": follow,
        }
        await self.post(followed, follower["inbox"], accept)

    async def _fetch(self, sender: Stranger, url: str) -> dict[str, Any]:
        headers = self.signed(sender, "GET", url) | {"Accept": _ACTIVITY_JSON}
        async with self.session.get(url, headers=headers) as answer:
            document: dict[str, Any] = orjson.loads(await answer.read())
            return document
