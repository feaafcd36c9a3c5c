"""Requests that we sign, in the scheme that each server takes."""

import asyncio

import pytest

from fediunion.activitypub.headers import RequestHeaders, SignedRequest
from fediunion.activitypub.keys import PublicKey
from fediunion.activitypub.request_signatures import read_signature, verify
from fediunion.actors.keys import make_keys
from fediunion.actors.queries import find_instance
from fediunion.actors.remote import resolve_actor
from fediunion.actors.service import mark_actor_deleted, rotate_keys
from fediunion.actors.signing import find_proof_key, instance_signer, signer_of
from fediunion.kit.asgi import Message, Receive, Send
from fediunion.kit.errors import NotFound
from fediunion.kit.urls import parse_remote_url
from tests.actors.home import Home, keys_for
from tests.fakes.internet import FakeInternet
from tests.fakes.signing import rsa_key
from tests.fakes.stranger import Stranger

URL = parse_remote_url("https://good.example/inbox?x=1")


def _verified(home: Home, headers: dict[str, str], number: int, body: bytes | None = None) -> str:
    received = RequestHeaders.of({"Host": URL.authority, **headers}.items())
    signature = read_signature(received)
    method = "GET" if body is None else "POST"
    request = SignedRequest(method, URL.path_query, received, body, ["good.example"])
    verify(signature, request, PublicKey("rsa", rsa_key(number).public_key()), home.clock.now())
    return signature.scheme


async def test_a_stranger_gets_cavage_and_its_second_try_rfc9421(home: Home) -> None:
    ana = await home.add("ana")
    signer = await signer_of(home.world, ana.id)
    assert _verified(home, dict(signer.sign("GET", URL, None)), 51) == "cavage"
    assert _verified(home, dict(signer.sign("POST", URL, b"{}")), 51, b"{}") == "cavage"
    second = signer.alternate()
    assert _verified(home, dict(second.sign("POST", URL, b"{}")), 51, b"{}") == "rfc9421"
    assert second.alternate() is None


async def test_what_a_server_took_is_remembered_also_over_a_restart(
    home: Home, good: Stranger, internet: FakeInternet
) -> None:
    alice = good.add_actor("alice")
    await resolve_actor(home.world, alice.uri)

    async def only_rfc9421(scope: Message, receive: Receive, send: Send) -> None:
        if any(name == b"signature-input" for name, _ in scope["headers"]):
            await good(scope, receive, send)
        else:
            await send({"type": "http.response.start", "status": 401, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    internet.join("good.example", only_rfc9421)
    await resolve_actor(home.world, alice.uri, max_age_seconds=0)
    asked = len(internet.requests)
    await resolve_actor(home.world, alice.uri, max_age_seconds=0)
    assert len(internet.requests) == asked + 1
    await signer_of(home.world, (await home.add("ana")).id)
    instance = await home.world.db.read(find_instance, "good.example")
    assert instance is not None
    assert instance.signature_scheme == "rfc9421"
    home.world.parts.clear()
    home.world.caches.clear()
    signer = await instance_signer(home.world)
    assert "Signature-Input" in signer.sign("GET", URL, None)


async def test_after_a_rotation_the_new_key_signs_at_once(home: Home) -> None:
    ana = await home.add("ana")
    assert (await signer_of(home.world, ana.id)).key_uri.endswith("#main-key")
    await home.change("ana", rotate_keys, keys_for(home.settings, 2))
    signer = await signer_of(home.world, ana.id)
    assert signer.key_uri.endswith("#main-key-2")
    assert _verified(home, dict(signer.sign("GET", URL, None)), 52) == "cavage"
    _, proof_key_uri = await home.world.db.read(find_proof_key, ana.id)
    assert proof_key_uri.endswith("#ed25519-key-2")


async def test_V33_a_deleted_actor_can_still_sign_its_delete(home: Home) -> None:
    ana = await home.add("ana")
    await home.change("ana", mark_actor_deleted)
    assert (await signer_of(home.world, ana.id)).key_uri.endswith("#main-key")


async def test_a_remote_actor_has_no_key_that_we_could_sign_with(home: Home, good: Stranger) -> None:
    alice = await resolve_actor(home.world, good.add_actor("alice").uri)
    with pytest.raises(NotFound):
        await signer_of(home.world, alice.id)


async def test_new_keys_are_rsa_of_2048_bits_and_ed25519(home: Home) -> None:
    keys = await asyncio.to_thread(make_keys, home.settings)
    assert (keys.rsa.algorithm, keys.ed25519.algorithm) == ("rsa", "ed25519")
    assert getattr(keys.rsa.loaded, "key_size", None) == 2048
    assert "PrivateKey" not in repr(keys)
