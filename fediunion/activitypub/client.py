"""The one door for requests to other servers: signed fetches and posts, within limits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import BinaryIO, Final, Literal, Protocol

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.alternates import NotADocument
from fediunion.activitypub.answers import raise_for_status, redirect_target
from fediunion.activitypub.jsonparse import parse_json_object
from fediunion.activitypub.media_types import ACTIVITY_ACCEPT, is_activity_type, is_jrd_type, is_json_type
from fediunion.activitypub.transport import RawResponse, Transport
from fediunion.kit.clock import Clock
from fediunion.kit.errors import AddressRefused, BadDocument, Unreachable
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import DEFAULT_PORTS, RemoteUrl, parse_remote_url

MAX_REDIRECTS: Final = 3
MAX_DOCUMENT_BYTES: Final = 1_048_576
MAX_POST_ANSWER_BYTES: Final = 8192
FETCH_DEADLINE_SECONDS: Final = 10.0

Expect = Literal["activity", "jrd", "json"]

_MEDIA_TYPE_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "activity": is_activity_type,
    "jrd": is_jrd_type,
    "json": is_json_type,
}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Signer(Protocol):
    """Signs requests in one actor's name with one signature scheme."""

    def sign(self, method: str, url: RemoteUrl, body: bytes | None) -> Mapping[str, str]:
        """Return the headers to add to the request."""
        ...

    def alternate(self) -> "Signer | None":
        """Return a signer with the other scheme; None where there is none left to try."""
        ...

    def accepted(self, authority: str) -> None:
        """Remember that `authority` took this scheme."""
        ...


@dataclass(frozen=True, slots=True)
class Fetched:
    """A JSON document, and the address that served it after redirects."""

    document: JsonObject
    final_url: str
    status: int


class Client:
    """Asks other servers, and never ourselves or a private address.

    `own_authorities` are our own `host[:port]`s: what is ours is read from the database.
    """

    def __init__(
        self,
        transport: Transport,
        policy: AddressPolicy,
        own_authorities: frozenset[str],
        user_agent: str,
        clock: Clock,
    ) -> None:
        self.policy = policy
        self._transport = transport
        own = [
            parse_remote_url(f"{scheme}://{name}/") for name in own_authorities for scheme in DEFAULT_PORTS
        ]
        self._own_authorities = frozenset(url.authority for url in own)
        self._own_hosts = frozenset(url.host for url in own)
        self._user_agent = user_agent
        self._clock = clock

    async def fetch_json(
        self,
        url: str,
        *,
        signer: Signer | None = None,
        accept: str = ACTIVITY_ACCEPT,
        expect: Expect = "activity",
        max_bytes: int = MAX_DOCUMENT_BYTES,
        deadline_seconds: float = FETCH_DEADLINE_SECONDS,
        within_origin: bool = False,
    ) -> Fetched:
        """Return the JSON object at `url`, following up to three redirects within one deadline.

        Raises NotFound, Gone, TooLarge, AddressRefused, BadDocument (address, JSON; NotADocument),
        and Unreachable for all that may pass. `within_origin` as in `fetch`.
        """
        response, final = await self.fetch(
            url,
            signer=signer,
            accept=accept,
            max_bytes=max_bytes,
            deadline_seconds=deadline_seconds,
            within_origin=within_origin,
        )
        media_types = response.headers.getall("Content-Type", [])
        if len(media_types) != 1 or not _MEDIA_TYPE_CHECKS[expect](media_types[0]):
            raise NotADocument(response, final)
        return Fetched(parse_json_object(response.body), final.text, response.status)

    async def fetch_object(
        self,
        url: str,
        signer: Signer | None = None,
        *,
        deadline_seconds: float = FETCH_DEADLINE_SECONDS,
        within_origin: bool = False,
    ) -> JsonObject:
        """Return the ActivityStreams object of `url`, from the address that is its `id`.

        A document is believed only where its `id` is the address that served it; otherwise `id` is
        fetched once, and must then hold. A `#main-key` address gives the document that holds the key.
        With `within_origin` an `id` elsewhere is not asked for. Raises as `fetch_json`. Source: FEP-fe34;
        an upload or another host could claim any `id`.
        """
        ends_at = self._clock.monotonic() + deadline_seconds
        fetched = await self.fetch_json(
            url, signer=signer, deadline_seconds=deadline_seconds, within_origin=within_origin
        )
        claimed = _id_of(fetched.document)
        if claimed.text != fetched.final_url:
            if within_origin and claimed.origin != parse_remote_url(url).origin:
                raise BadDocument(f"{url} served {claimed.text}", reason="foreign-id")
            left = ends_at - self._clock.monotonic()
            fetched = await self.fetch_json(
                claimed.identity, signer=signer, deadline_seconds=left, within_origin=within_origin
            )
            found = _id_of(fetched.document)
            if not found.text == fetched.final_url == claimed.text or found.fragment not in (
                "",
                claimed.fragment,
            ):
                raise BadDocument(f"{claimed.text} is not the id of what it serves", reason="id-mismatch")
        elif claimed.fragment and claimed != parse_remote_url(url):
            raise BadDocument(f"{claimed.text} serves a part of itself", reason="id-mismatch")
        return fetched.document

    async def fetch(
        self,
        url: str,
        *,
        signer: Signer | None = None,
        accept: str,
        max_bytes: int = MAX_DOCUMENT_BYTES,
        deadline_seconds: float = FETCH_DEADLINE_SECONDS,
        sink: BinaryIO | None = None,
        conditions: Mapping[str, str] = MappingProxyType({}),
        within_origin: bool = False,
    ) -> tuple[RawResponse, RemoteUrl]:
        """Return a 200 answer of any media type and the address that gave it; raises as `fetch_json`.

        With `sink` the body is written there and never whole in memory (row R17). With `conditions`
        (If-None-Match, If-Modified-Since) a 304 is an answer too. With `within_origin` a redirect to
        another scheme, host or port is refused, and nobody is asked there: so that the time which somebody
        lets us wait is never taken for that of the server which was named (row F39).
        """
        ends_at = self._clock.monotonic() + deadline_seconds
        target = parse_remote_url(url)
        origin = target.origin
        for _ in range(MAX_REDIRECTS + 1):
            self._check(target)
            sent = {"Accept": accept, **conditions}
            response, signer = await self._get(target, signer, sent, max_bytes, ends_at, sink)
            if response.status == 200 or (conditions and response.status == 304):
                return response, target
            if response.status not in _REDIRECTS:
                raise_for_status(response, target, self._clock.now())
            target = redirect_target(response, target)
            if within_origin and target.origin != origin:
                raise AddressRefused(f"{url} redirects to {target.origin}", reason="other-origin")
        raise Unreachable(f"{url} redirects too often", reason="too-many-redirects")

    async def post(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str],
        signer: Signer | None = None,
        deadline_seconds: float = FETCH_DEADLINE_SECONDS,
    ) -> RawResponse:
        """Send `body` and return the answer, whatever its status, its body cut at 8 KiB.

        `headers` are sent as they are, with those of `signer` where there is one. 307 and 308 are
        followed on the same host only, where `signer` can sign for the new path. Raises
        AddressRefused, BadDocument (address) and Unreachable.
        """
        ends_at = self._clock.monotonic() + deadline_seconds
        target = parse_remote_url(url)
        for _ in range(MAX_REDIRECTS + 1):
            self._check(target)
            sent = {**headers, "User-Agent": self._user_agent}
            if signer is not None:
                sent.update(signer.sign("POST", target, body))
            response = await self._transport.send(
                "POST",
                target,
                sent,
                body,
                max_bytes=MAX_POST_ANSWER_BYTES,
                deadline_seconds=self._seconds_until(ends_at, target),
                cut_at_limit=True,
            )
            if signer is None or response.status not in (307, 308):
                return response
            try:
                following = redirect_target(response, target)
            except (BadDocument, AddressRefused):
                return response
            if following.host != target.host:
                return response
            target = following
        raise Unreachable(f"{url} redirects too often", reason="too-many-redirects")

    def check_address(self, url: str) -> None:
        """Refuse an address that would be refused when it is asked, as far as that is known without asking.

        Raises BadDocument for what is no address, AddressRefused.
        """
        self._check(parse_remote_url(url))

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.close()

    def _check(self, target: RemoteUrl) -> None:
        own = target.authority in self._own_authorities
        if own or (target.host in self._own_hosts and not self.policy.any_port):
            raise AddressRefused(f"{target.authority} is this server", reason="own-host")
        self.policy.check_url(target)

    async def _get(
        self,
        target: RemoteUrl,
        signer: Signer | None,
        headers: Mapping[str, str],
        max_bytes: int,
        ends_at: float,
        sink: BinaryIO | None,
    ) -> tuple[RawResponse, Signer | None]:
        while True:
            sent = {**headers, "User-Agent": self._user_agent}
            if signer is not None:
                sent.update(signer.sign("GET", target, None))
            response = await self._transport.send(
                "GET",
                target,
                sent,
                None,
                max_bytes=max_bytes,
                deadline_seconds=self._seconds_until(ends_at, target),
                sink=sink,
            )
            if signer is None:
                return response, None
            if response.status not in (401, 403):
                if response.status == 200:
                    signer.accepted(target.authority)
                return response, signer
            other = signer.alternate()
            if other is None:
                return response, signer
            signer = other

    def _seconds_until(self, ends_at: float, target: RemoteUrl) -> float:
        left = ends_at - self._clock.monotonic()
        if left <= 0:
            raise Unreachable(f"{target.authority} did not answer in time", reason="timeout")
        return left


def _id_of(document: JsonObject) -> RemoteUrl:
    identity = document.get("id")
    if not isinstance(identity, str):
        raise BadDocument("the document has no id", reason="no-id")
    return parse_remote_url(identity)
