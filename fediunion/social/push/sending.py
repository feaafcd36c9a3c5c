"""One message to one app, through its push service."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from fediunion.activitypub.answers import parse_retry_after
from fediunion.kit.errors import PASSING_STATUSES, AddressRefused, BadDocument, Unreachable
from fediunion.kit.urls import parse_remote_url
from fediunion.social.push.encryption import Encrypted, Recipient, encrypt, encrypt_as_draft
from fediunion.social.push.vapid import Vapid, vapid_of
from fediunion.world import World

_GONE: Final = frozenset({404, 410})


class Answered(Enum):
    """What became of a message: the service took it, knows the app no more, or will never take it."""

    TAKEN = "taken"
    GONE = "gone"
    REFUSED = "refused"


@dataclass(frozen=True, repr=False)
class Message:
    """What is sent to an app. `topic` names it: a repetition replaces it where it still waits."""

    endpoint: str
    recipient: Recipient
    standard: bool
    body: bytes
    topic: str
    lives_seconds: int
    urgency: str = "normal"


async def send(world: World, message: Message) -> Answered:
    """Send `message` and return what the push service made of it.

    Raises Unreachable where asking again later may work. Only addresses that the instance may connect to
    are asked (row F17). Source: RFC 8030 sections 5 to 5.4.
    """
    make = encrypt if message.standard else encrypt_as_draft
    encrypted = make(message.body, message.recipient)
    try:
        origin = parse_remote_url(message.endpoint).origin
        headers = _headers(message, encrypted, await vapid_of(world), origin, world)
        response = await world.client.post(message.endpoint, encrypted.body, headers=headers)
    except (AddressRefused, BadDocument):
        return Answered.REFUSED
    status = response.status
    if 200 <= status < 300:
        return Answered.TAKEN
    if status in _GONE:
        return Answered.GONE
    if status >= 500 or status in PASSING_STATUSES:
        wait = parse_retry_after(response.headers.get("Retry-After"), world.clock.now())
        raise Unreachable(f"{origin} answered {status}", status=status, retry_after_seconds=wait)
    return Answered.REFUSED


def _headers(
    message: Message, encrypted: Encrypted, vapid: Vapid, origin: str, world: World
) -> Mapping[str, str]:
    token = vapid.token(origin, world.clock.now())
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": encrypted.encoding,
        "TTL": str(message.lives_seconds),
        "Urgency": message.urgency,
        "Topic": message.topic,
    }
    if message.standard:
        return headers | {"Authorization": f"vapid t={token}, k={vapid.public}"}
    # Source: draft-ietf-webpush-vapid-01. The order of the parameters is that which libraries expect.
    return headers | {
        "Authorization": f"WebPush {token}",
        "Encryption": f"salt={encrypted.salt}",
        "Crypto-Key": f"dh={encrypted.crypto_key};p256ecdsa={vapid.public}",
    }
