"""The instance's key for push services."""

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import select

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.client import Client
from fediunion.config import Settings
from fediunion.db import Database
from fediunion.social.push.base64url import read_base64
from fediunion.social.push.models import VapidKey
from fediunion.social.push.vapid import TOKEN_LIVES, ensure_vapid, find_vapid, vapid_of
from fediunion.world import World
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet


def world_of(database: Database, settings: Settings, clock: FakeClock) -> World:
    """Return a world of this database."""
    client = Client(FakeInternet(), AddressPolicy(), settings.authority, "FediUnion/test", clock)
    return World(settings, clock, database, client)


async def test_the_key_is_made_once_and_is_the_same_for_all_processes(
    database: Database, settings: Settings, clock: FakeClock
) -> None:
    assert await database.read(find_vapid) is None
    first = await vapid_of(world_of(database, settings, clock))
    other = await vapid_of(world_of(database, settings, clock))
    late = await database.write(ensure_vapid)
    assert first.public == other.public == late.public
    assert len(read_base64(first.public)) == 65


async def test_the_private_half_is_stored_sealed(
    database: Database, settings: Settings, clock: FakeClock
) -> None:
    await vapid_of(world_of(database, settings, clock))
    row = await database.read(lambda session: session.scalars(select(VapidKey)).one())
    assert b"PRIVATE" not in row.sealed_private
    assert row.public.encode() not in row.sealed_private


async def test_a_token_names_the_service_and_is_signed_with_the_published_key(
    database: Database, settings: Settings, clock: FakeClock
) -> None:
    vapid = await vapid_of(world_of(database, settings, clock))
    header, claims, signature = vapid.token("https://push.test", clock.now()).split(".")
    assert orjson.loads(read_base64(header)) == {"typ": "JWT", "alg": "ES256"}
    told = orjson.loads(read_base64(claims))
    assert told["aud"] == "https://push.test"
    assert told["exp"] == int((clock.now() + TOKEN_LIVES).timestamp())
    assert told["sub"].startswith(("mailto:", "https://"))
    raw = read_base64(signature)
    assert len(raw) == 64
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), read_base64(vapid.public))
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public.verify(der, f"{header}.{claims}".encode(), ec.ECDSA(SHA256()))
