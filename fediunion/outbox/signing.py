"""Signatures for deliveries: made when a delivery goes out, off the event loop, several in one go."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeAlias

from fediunion.activitypub import message_signatures, signatures
from fediunion.activitypub.client import Signer
from fediunion.activitypub.digests import content_digest_header, sha256_digest_header
from fediunion.actors.signing import ActorSigner, Scheme
from fediunion.kit.urls import RemoteUrl

CONTENT_TYPE: Final = "application/activity+json"
OTHER_SCHEME: Final[Mapping[Scheme, Scheme]] = {"cavage": "rfc9421", "rfc9421": "cavage"}

_THREADS: Final = 2
_SIGNED_TOGETHER: Final = 8

Headers: TypeAlias = dict[str, str]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A body as it is sent, with its digests: made once for all recipients of an activity.

    `for_followers`: it goes to the author's followers and is not public (FEP-8fcf speaks of such).
    """

    body: bytes
    digest: str
    content_digest: str
    for_followers: bool

    @classmethod
    def of(cls, body: bytes, *, for_followers: bool) -> "Parcel":
        """Return the parcel of `body`."""
        return cls(body, sha256_digest_header(body), content_digest_header(body), for_followers)


def signed_headers(signer: ActorSigner, parcel: Parcel, url: str, scheme: Scheme) -> Headers:
    """Return the headers of a POST of `parcel` to `url`, signed and dated now."""
    now = signer.clock.now()
    if scheme == "cavage":
        return signatures.sign_request(
            method="POST",
            url=url,
            key=signer.key,
            key_id=signer.key_uri,
            now=now,
            body_digest=parcel.digest,
            content_type=CONTENT_TYPE,
        )
    headers = message_signatures.sign_request(
        method="POST",
        url=url,
        key=signer.key,
        key_id=signer.key_uri,
        now=now,
        content_digest=parcel.content_digest,
    )
    return {"Content-Type": CONTENT_TYPE, **headers}


@dataclass(frozen=True, slots=True)
class SignedDelivery:
    """The client's `Signer` for one delivery: signed beforehand, and anew for where it is redirected to."""

    signer: ActorSigner
    parcel: Parcel
    scheme: Scheme
    url: str
    headers: Headers

    def sign(self, method: str, url: RemoteUrl, body: bytes | None) -> Mapping[str, str]:
        """Return the headers made beforehand, or those for a redirect's target."""
        if url.text == self.url:
            return self.headers
        return signed_headers(self.signer, self.parcel, url.text, self.scheme)

    def alternate(self) -> Signer | None:
        """Return None: which scheme comes next is decided by who delivers."""
        return None

    def accepted(self, authority: str) -> None:
        """Do nothing: what a server took is written down with the delivery's result."""


class SigningDesk:
    """Runs signatures in two threads, several at a time.

    An RSA signature takes half a millisecond and leaves the interpreter to others meanwhile; handing
    single ones over would cost nearly as much again.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="signatures")
        self._waiting: list[tuple[Callable[[], Headers], asyncio.Future[Headers]]] = []
        self._busy = 0
        self._starting = False

    async def run(self, make: Callable[[], Headers]) -> Headers:
        """Return `make()`, run in a thread soon."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Headers] = loop.create_future()
        self._waiting.append((make, done))
        if not self._starting:
            self._starting = True
            loop.call_soon(self._start, loop)
        return await done

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._starting = False
        while self._waiting and self._busy < _THREADS:
            # An even share, so that the second thread is not idle while the first has them all.
            share = min(_SIGNED_TOGETHER, -(-len(self._waiting) // (_THREADS - self._busy)))
            portion, self._waiting = self._waiting[:share], self._waiting[share:]
            self._busy += 1
            self._threads.submit(self._sign_all, loop, portion)

    def _sign_all(
        self,
        loop: asyncio.AbstractEventLoop,
        portion: list[tuple[Callable[[], Headers], "asyncio.Future[Headers]"]],
    ) -> None:
        results: list[Headers | Exception] = []
        for make, _ in portion:
            try:
                results.append(make())
            except Exception as error:  # whoever waits for it gets it
                results.append(error)
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._hand_over, loop, portion, results)

    def _hand_over(
        self,
        loop: asyncio.AbstractEventLoop,
        portion: list[tuple[Callable[[], Headers], "asyncio.Future[Headers]"]],
        results: list[Headers | Exception],
    ) -> None:
        self._busy -= 1
        for (_, done), result in zip(portion, results, strict=True):
            if done.done():
                continue
            if isinstance(result, Exception):
                done.set_exception(result)
            else:
                done.set_result(result)
        self._start(loop)
