"""A scripted remote server: actors with real keys, their documents and notes, what they send and receive."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import base58
import orjson
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from multidict import CIMultiDict, CIMultiDictProxy

from fediunion.activitypub.keys import PrivateKey
from fediunion.activitypub.proofs import add_proof
from fediunion.activitypub.transport import RawResponse
from fediunion.kit.asgi import Message, Receive, Send
from fediunion.kit.clock import Clock, format_instant
from fediunion.kit.urls import parse_remote_url
from tests.fakes.internet import FakeInternet, FakeSite
from tests.fakes.signing import Forging, ed25519_key, public_pem, rsa_key, signed_headers

Json: TypeAlias = dict[str, Any]

CONTEXT = [
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/v1",
    "https://w3id.org/security/data-integrity/v1",
]
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
HONEST = Forging()

_KEY_NUMBERS = itertools.count()


@dataclass(frozen=True)
class ReceivedPost:
    """One POST that a stranger got: the path, the headers, and the activity."""

    path: str
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def activity(self) -> Json:
        """The body as JSON."""
        document: Json = orjson.loads(self.body)
        return document


@dataclass
class Stranger:
    """The server of `authority`. `received` are the POSTs it got, `answer` the status it gives to them.

    >>> good = Stranger(internet, "good.example", clock=clock)
    >>> await good.start()
    >>> alice = good.add_actor("alice")
    >>> await alice.post("https://union.test/inbox", alice.create(alice.note("Hello")))
    """

    internet: FakeInternet
    authority: str
    clock: Clock = field(default_factory=Clock)
    scheme: str = "https"
    answer: int = 202
    received: list[ReceivedPost] = field(default_factory=list)
    actors: dict[str, "StrangeActor"] = field(default_factory=dict)
    site: FakeSite = field(default_factory=FakeSite)

    @property
    def base_url(self) -> str:
        """What all addresses of this server begin with."""
        return f"{self.scheme}://{self.authority}"

    async def start(self) -> "Stranger":
        """Join the Internet."""
        self.internet.join(self.authority, self)
        return self

    def add_actor(self, name: str, *, type: str = "Person", **more: Any) -> "StrangeActor":
        """Return a new actor with keys, served with its WebFinger; `more` are members of its document."""
        number = next(_KEY_NUMBERS)
        actor = StrangeActor(self, name, rsa_key(number % 12), ed25519_key(number), type, more)
        self.actors[name] = actor
        actor.serve()
        return actor

    def serve(self, url: str, document: object, *, status: int = 200, **options: Any) -> None:
        """Answer GETs of `url` (or a path) with a document."""
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self.site.serve(path, document, status=status, **options)

    def withdraw(self, url: str, *, status: int = 410) -> None:
        """Answer GETs of `url` with `status` from now on."""
        self.serve(url, b"", status=status)

    def fetches(self, url: str = "") -> list[str]:
        """Return the addresses here that were fetched, or how often `url` was."""
        asked = [sent.url for sent in self.internet.requests_to(self.authority) if sent.method == "GET"]
        return [each for each in asked if each == url] if url else asked

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Be an ASGI app: GETs are answered from what is served, POSTs are kept."""
        if scope["method"] != "POST":
            await self.site(scope, receive, send)
            return
        body = (await receive())["body"]
        headers = CIMultiDict((name.decode(), value.decode("latin-1")) for name, value in scope["headers"])
        self.received.append(ReceivedPost(scope["path"], CIMultiDictProxy(headers), body))
        await send({"type": "http.response.start", "status": self.answer, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@dataclass
class StrangeActor:
    """An actor of a stranger. `more` are members of its document; call `serve` after a change."""

    server: Stranger
    name: str
    rsa: rsa.RSAPrivateKey
    ed25519: ed25519.Ed25519PrivateKey
    type: str
    more: Json
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @property
    def uri(self) -> str:
        """The id."""
        return f"{self.server.base_url}/users/{self.name}"

    @property
    def key_id(self) -> str:
        """The id of the RSA key."""
        return f"{self.uri}#main-key"

    @property
    def ed25519_key_id(self) -> str:
        """The id of the Ed25519 key."""
        return f"{self.uri}#ed25519-key"

    @property
    def inbox(self) -> str:
        """Where it receives."""
        return f"{self.uri}/inbox"

    @property
    def followers(self) -> str:
        """Its collection of followers."""
        return f"{self.uri}/followers"

    def document(self) -> Json:
        """Return the actor document as it is served."""
        return {
            "@context": CONTEXT,
            "id": self.uri,
            "type": self.type,
            "preferredUsername": self.name,
            "name": self.name.title(),
            "inbox": self.inbox,
            "outbox": f"{self.uri}/outbox",
            "followers": self.followers,
            "following": f"{self.uri}/following",
            "endpoints": {"sharedInbox": f"{self.server.base_url}/inbox"},
            "url": f"{self.server.base_url}/@{self.name}",
            "publicKey": {"id": self.key_id, "owner": self.uri, "publicKeyPem": public_pem(self.rsa)},
            "assertionMethod": [
                {
                    "id": self.ed25519_key_id,
                    "type": "Multikey",
                    "controller": self.uri,
                    "publicKeyMultibase": _multibase(self.ed25519),
                }
            ],
            **self.more,
        }

    def serve(self) -> None:
        """Serve the document, and what WebFinger says of it."""
        authority = self.server.authority
        self.server.serve(self.uri, self.document())
        link = {"rel": "self", "type": "application/activity+json", "href": self.uri}
        jrd = {"subject": f"acct:{self.name}@{authority}", "aliases": [self.uri], "links": [link]}
        for resource in (f"acct:{self.name}@{authority}", f"acct%3A{self.name}%40{authority}"):
            path = f"/.well-known/webfinger?resource={resource}"
            self.server.site.serve(path, jrd, content_type="application/jrd+json")

    def change_key(self) -> None:
        """Serve another RSA key under the same id, and sign with it from now on."""
        self.rsa = rsa_key(100 + next(_KEY_NUMBERS) % 4)
        self.serve()

    def note(
        self, content: str = "Hello", *, to: Sequence[str] = (PUBLIC,), cc: Sequence[str] = (), **more: Any
    ) -> Json:
        """Return a note of this actor, which is also served; `more` replaces or adds members."""
        note: Json = {
            "id": f"{self.uri}/statuses/{next(self._numbers)}",
            "type": "Note",
            "attributedTo": self.uri,
            "content": f"<p>{content}</p>",
            "published": format_instant(self.server.clock.now()),
            "to": list(to),
            "cc": list(cc) or [self.followers],
            **more,
        }
        if str(note["id"]).startswith(f"{self.server.base_url}/"):
            self.server.serve(note["id"], {"@context": CONTEXT, **note})
        return note

    def activity(self, type: str, object: Any, **more: Any) -> Json:
        """Return an activity of this actor about `object`; `more` replaces or adds members."""
        return {
            "@context": CONTEXT,
            "id": f"{self.uri}#{type.lower()}s/{next(self._numbers)}",
            "type": type,
            "actor": self.uri,
            "object": object,
            **more,
        }

    def create(self, note: Json, **more: Any) -> Json:
        """Return the Create of `note`, which is also served."""
        create = self.activity(
            "Create", note, to=note["to"], cc=note["cc"], **({"id": f"{note['id']}/activity"} | more)
        )
        if str(create["id"]).startswith(f"{self.server.base_url}/"):
            self.server.serve(create["id"], create)
        return create

    def prove(self, document: Json) -> Json:
        """Return `document` with a FEP-8b32 proof of this actor, dated now."""
        key = PrivateKey("ed25519", self.ed25519)
        return add_proof(document, key, self.ed25519_key_id, self.server.clock.now())

    async def post(
        self,
        inbox: str,
        activity: Json | bytes,
        *,
        content_type: str | None = "application/activity+json",
        sent_body: bytes | None = None,
        at: datetime | None = None,
        forging: Forging = HONEST,
        **options: Any,
    ) -> RawResponse:
        """Sign `activity` (a document or bytes) and POST it to `inbox`; return the answer.

        `options` are those of Forging (`scheme="rfc9421"`, `key_id=…`, `digest=""`, …). `sent_body` is sent
        in place of what was signed; `at` is when it was signed, now by default.
        """
        body = activity if isinstance(activity, bytes) else orjson.dumps(activity)
        forging = replace(forging, **options)
        key = self.ed25519 if forging.key is self.ed25519 else self.rsa
        key_id = self.ed25519_key_id if key is self.ed25519 else self.key_id
        now = at or self.server.clock.now()
        headers = CIMultiDict(signed_headers(forging, url=inbox, body=body, key=key, key_id=key_id, now=now))
        if content_type is not None:
            headers["content-type"] = content_type
        return await self.server.internet.send(
            "POST",
            parse_remote_url(inbox),
            headers,
            body if sent_body is None else sent_body,
            max_bytes=1 << 20,
            deadline_seconds=600,
        )


def _multibase(key: ed25519.Ed25519PrivateKey) -> str:
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return "z" + base58.b58encode(b"\xed\x01" + raw).decode()
