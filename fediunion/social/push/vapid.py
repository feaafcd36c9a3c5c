"""The instance's own key for push services: made once, and what is signed with it (RFC 8292)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from sqlalchemy.orm import Session

from fediunion.config import Settings
from fediunion.db import insert_ignoring, now_of, settings_of
from fediunion.kit.errors import BadConfiguration
from fediunion.kit.sealing import seal, unseal
from fediunion.social.push.base64url import base64url
from fediunion.social.push.models import VapidKey
from fediunion.world import World

TOKEN_LIVES: Final = timedelta(hours=12)
"""A push service refuses more than 24 hours. Source: RFC 8292 section 2."""

_NAME: Final = "vapid"
_ASSOCIATED: Final = b"vapid-key"
_CACHE: Final = "vapid"
_KEPT_SECONDS: Final = 3600.0


@dataclass(frozen=True, repr=False)
class Vapid:
    """The key pair, loaded; `public` is what apps are given: an uncompressed point in base64url."""

    private: ec.EllipticCurvePrivateKey
    public: str
    contact: str

    def token(self, origin: str, now: datetime) -> str:
        """Return the JWT that says to the push service at `origin` who sends. Source: RFC 8292 section 2."""
        claims = {"aud": origin, "exp": int((now + TOKEN_LIVES).timestamp()), "sub": self.contact}
        signed = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
        r, s = decode_dss_signature(self.private.sign(signed.encode("ascii"), ec.ECDSA(SHA256())))
        return f"{signed}.{base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


async def vapid_of(world: World) -> Vapid:
    """Return the instance's key pair, made and stored where there is none yet."""

    async def read() -> Vapid:
        stored = await world.db.read(find_vapid)
        return await world.db.write(ensure_vapid) if stored is None else stored

    return await world.cache(_CACHE, 1, _KEPT_SECONDS).load(_NAME, read)


def find_vapid(session: Session) -> Vapid | None:
    """Return the stored key pair, or None before the first start. Raises BadConfiguration."""
    row = session.get(VapidKey, _NAME)
    settings = settings_of(session)
    if row is None:
        return None
    pem = unseal(row.sealed_private, settings.secrets.master_key, _ASSOCIATED)
    private = load_pem_private_key(pem, None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise BadConfiguration("The stored key for push services is none")
    return Vapid(private, row.public, _contact(settings))


def ensure_vapid(session: Session) -> Vapid:
    """Return the stored key pair; where there is none, a new one is stored: the first process wins."""
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    row: dict[str, object] = {
        "name": _NAME,
        "public": _public(private),
        "sealed_private": seal(pem, settings_of(session).secrets.master_key, _ASSOCIATED),
        "created_at": now_of(session),
    }
    insert_ignoring(session, VapidKey, [row])
    found = find_vapid(session)
    if found is None:
        raise BadConfiguration("The key for push services could not be stored")
    return found


def _public(private: ec.EllipticCurvePrivateKey) -> str:
    return base64url(private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _contact(settings: Settings) -> str:
    """Return whom the operator of a push service may write to: an address, else the instance's page."""
    contact = settings.instance.contact
    return f"mailto:{contact}" if contact else settings.base_url


def _json(value: object) -> str:
    return base64url(orjson.dumps(value))
