"""Requests signed in the name of our actors, in the scheme that each server takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fediunion.activitypub import message_signatures, signatures
from fediunion.activitypub.client import Signer
from fediunion.activitypub.digests import content_digest_header, sha256_digest_header
from fediunion.activitypub.keys import PrivateKey
from fediunion.actors.keys import private_key_of
from fediunion.actors.models import ActorKey, Instance
from fediunion.actors.queries import instance_actor
from fediunion.db import settings_of
from fediunion.kit.clock import Clock
from fediunion.kit.errors import NotFound
from fediunion.kit.urls import RemoteUrl
from fediunion.world import World

Scheme = Literal["cavage", "rfc9421"]

_OTHER: Final[dict[Scheme, Scheme]] = {"cavage": "rfc9421", "rfc9421": "cavage"}
_KEPT_KEYS: Final = 20_000
_KEPT_SECONDS: Final = 3600.0
_MOST_HOSTS: Final = 100_000
_SCHEMES_SECONDS: Final = 600.0


class KnownSchemes:
    """Which signature scheme each server took last; one object for an instance.

    Strangers get draft-cavage, which nearly all understand. What is learnt waits for `settle`.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[str, Scheme] = {}
        self._unsaved: dict[str, Scheme] = {}
        self._read_again_at = 0.0

    def of(self, authority: str) -> Scheme:
        """Return the scheme to begin with for `host[:port]`."""
        return self._known.get(authority, "cavage")

    def note(self, authority: str, scheme: Scheme) -> None:
        """Remember that a server took `scheme`."""
        if self.of(authority) != scheme and (authority in self._known or len(self._known) < _MOST_HOSTS):
            self._known[authority] = self._unsaved[authority] = scheme

    async def settle(self) -> None:
        """Save what was learnt; read now and then what other processes learnt."""
        if self._unsaved:
            learnt, self._unsaved = self._unsaved, {}
            await self._world.db.write(remember_schemes, learnt)
        now = self._world.clock.monotonic()
        if now >= self._read_again_at:
            self._read_again_at = now + _SCHEMES_SECONDS
            self._known = await self._world.db.read(_known_schemes) | self._unsaved


@dataclass(frozen=True, slots=True)
class ActorSigner:
    """Signs for one actor of ours, for each server in the scheme that it took last.

    Implements the client's `Signer`; safe to share between requests.
    """

    key: PrivateKey
    key_uri: str
    clock: Clock
    schemes: KnownSchemes

    def sign(self, method: str, url: RemoteUrl, body: bytes | None) -> Mapping[str, str]:
        """Return the headers to add, dated now."""
        return self.sign_as(self.schemes.of(url.authority), method, url, body)

    def alternate(self) -> "SecondTry":
        """Return a signer for the same request in the other scheme."""
        return SecondTry(self)

    def accepted(self, authority: str) -> None:
        """Nothing is new: this was the remembered scheme."""

    def sign_as(self, scheme: Scheme, method: str, url: RemoteUrl, body: bytes | None) -> Mapping[str, str]:
        """Return the headers of one scheme."""
        now = self.clock.now()
        if scheme == "cavage":
            return signatures.sign_request(
                method=method,
                url=url.text,
                key=self.key,
                key_id=self.key_uri,
                now=now,
                body_digest=None if body is None else sha256_digest_header(body),
            )
        return message_signatures.sign_request(
            method=method,
            url=url.text,
            key=self.key,
            key_id=self.key_uri,
            now=now,
            content_digest=None if body is None else content_digest_header(body),
        )


@dataclass(slots=True)
class SecondTry:
    """Signs one request again, in the scheme that was not tried; there is no third."""

    first: ActorSigner
    scheme: Scheme | None = None

    def sign(self, method: str, url: RemoteUrl, body: bytes | None) -> Mapping[str, str]:
        """Return the headers to add, dated now."""
        if self.scheme is None:
            self.scheme = _OTHER[self.first.schemes.of(url.authority)]
        return self.first.sign_as(self.scheme, method, url, body)

    def alternate(self) -> Signer | None:
        """Return None: both schemes were tried."""
        return None

    def accepted(self, authority: str) -> None:
        """Begin with this scheme next time."""
        if self.scheme is not None:
            self.first.schemes.note(authority, self.scheme)


async def signer_of(world: World, actor_id: int) -> ActorSigner:
    """Return the signer of an actor of ours, with its newest RSA key; raise NotFound where it has none.

    The loaded key is kept until keys change. A deleted actor still signs, for its Delete.
    """
    schemes = world.part(KnownSchemes)
    await schemes.settle()
    cache = world.cache("keys", _KEPT_KEYS, _KEPT_SECONDS)
    key, key_uri = await cache.load(actor_id, lambda: world.db.read(_signing_key, actor_id, "rsa"))
    return ActorSigner(key, key_uri, world.clock, schemes)


async def instance_signer(world: World) -> ActorSigner:
    """Return the signer of the instance actor, in whose name everything is fetched."""
    cache = world.cache("keys", _KEPT_KEYS, _KEPT_SECONDS)
    actor_id = await cache.load("instance", lambda: world.db.read(lambda session: instance_actor(session).id))
    return await signer_of(world, actor_id)


def find_proof_key(session: Session, actor_id: int) -> tuple[PrivateKey, str]:
    """Return the newest Ed25519 key of an actor of ours and its id, for FEP-8b32; raise NotFound."""
    return _signing_key(session, actor_id, "ed25519")


async def proof_key_of(world: World, actor_id: int) -> tuple[PrivateKey, str]:
    """Return what `find_proof_key` finds; kept until keys change. Raises NotFound."""
    cache = world.cache("keys", _KEPT_KEYS, _KEPT_SECONDS)
    return await cache.load(("proof", actor_id), lambda: world.db.read(find_proof_key, actor_id))


def remember_schemes(session: Session, schemes: Mapping[str, Scheme]) -> None:
    """Store which scheme each of these servers took, where we know the server."""
    for host, scheme in schemes.items():
        session.execute(update(Instance).where(Instance.host == host).values(signature_scheme=scheme))


def _known_schemes(session: Session) -> dict[str, Scheme]:
    rows = session.execute(
        select(Instance.host, Instance.signature_scheme)
        .where(Instance.signature_scheme.in_(list(_OTHER)))
        .limit(_MOST_HOSTS)
    )
    return {host: "rfc9421" if scheme == "rfc9421" else "cavage" for host, scheme in rows}


def _signing_key(session: Session, actor_id: int, algorithm: str) -> tuple[PrivateKey, str]:
    row = session.scalars(
        select(ActorKey)
        .where(
            ActorKey.actor_id == actor_id,
            ActorKey.algorithm == algorithm,
            ActorKey.sealed_private.is_not(None),
            ActorKey.retired_at.is_(None),
        )
        .order_by(ActorKey.id.desc())
    ).first()
    if row is None:
        raise NotFound(f"actor {actor_id} has no {algorithm} key of ours")
    return private_key_of(row, settings_of(session)), row.key_uri
