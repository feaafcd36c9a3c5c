"""Who asks for a document: the signature of a received GET, checked."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request

from fediunion.activitypub.headers import RequestHeaders, SignedRequest, normal_authority
from fediunion.activitypub.request_signatures import check_key, check_request, read_signature
from fediunion.actors.domains import host_blocked
from fediunion.actors.key_fetches import SenderKey
from fediunion.actors.sender_keys import key_again, key_for
from fediunion.actors.viewer import ANONYMOUS, Viewer
from fediunion.config import FederationMode, Settings
from fediunion.kit.errors import BadSignature, NotAllowed
from fediunion.kit.urls import authority_of
from fediunion.world import World

_WRONG: Final = "signature-wrong"


def asks_for_signatures(settings: Settings) -> bool:
    """Return whether also what is public needs a signature: by the switch, or as only some may see it."""
    return settings.federation.authorized_fetch or settings.federation.mode is FederationMode.ALLOWLIST


async def viewer_of_request(world: World, request: Request) -> Viewer:
    """Return who signed a GET or HEAD; ANONYMOUS where nobody did.

    Raises BadSignature for a signature that does not hold (401), Unreachable where its key cannot be had at
    the moment (503), NotAllowed where the server is blocked (403, row V37).
    """
    return await viewer_of_scope(world, request.scope)


async def viewer_of_scope(world: World, scope: Mapping[str, Any]) -> Viewer:
    """Return what `viewer_of_request` does, from a bare ASGI scope."""
    headers = RequestHeaders(scope["headers"])
    if not is_signed(headers):
        return ANONYMOUS
    received = read_signature(headers)
    authority = authority_of(received.key_id)
    if await host_blocked(world, authority):
        raise NotAllowed(f"{authority} is blocked here", reason="blocked")
    request = signed_request(world.settings, scope, headers)
    check_request(received, request, world.clock.now())
    caller: str = scope["client"][0] if scope.get("client") else ""
    key = await key_for(world, received.key_id, caller=caller)
    try:
        check_key(received, request, key.public)
    except BadSignature as error:
        newer = await key_again(world, received.key_id, caller=caller) if error.reason == _WRONG else None
        if newer is None:
            raise
        check_key(received, request, newer.public)
        key = newer
    return _viewer_with(key)


def is_signed(headers: RequestHeaders) -> bool:
    """Return whether a request says that it is signed, in either form."""
    if headers.get("signature") is not None or headers.get("signature-input") is not None:
        return True
    authorization = headers.get("authorization")
    return authorization is not None and authorization[:10].lower() == "signature "


def signed_request(
    settings: Settings, scope: Mapping[str, Any], headers: RequestHeaders, body: bytes | None = None
) -> SignedRequest:
    """Return the request of an ASGI scope as a signature check needs it, with our public scheme and hosts."""
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope.get("query_string", b"")
    scheme = str(settings.instance.scheme)
    return SignedRequest(
        method=scope["method"],
        target=(raw_path + b"?" + query if query else raw_path).decode("latin-1"),
        headers=headers,
        body=body,
        hosts=[normal_authority(host, scheme) for host in settings.authority],
        scheme=scheme,
    )


def _viewer_with(key: SenderKey) -> Viewer:
    return Viewer(actor_id=key.actor_id, host=authority_of(key.actor_uri))
