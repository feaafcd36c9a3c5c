"""A push service that keeps what it is sent, and an app that subscribes there and decrypts."""

import base64
import os
from dataclasses import dataclass, field
from typing import Any

import http_ece
import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fediunion.kit.asgi import Message, Receive, Send
from fediunion.social.push.encryption import Recipient
from tests.fakes.internet import FakeInternet, SentRequest

AUTHORITY = "push.test"


class FakePushService:
    """Answers 201 to everything, until the internet is told otherwise."""

    def __init__(self, internet: FakeInternet, authority: str = AUTHORITY) -> None:
        self.authority = authority
        self._internet = internet
        internet.join(authority, self)

    @property
    def requests(self) -> list[SentRequest]:
        """Return what it was sent, oldest first."""
        return self._internet.requests_to(self.authority)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """See ASGI."""
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 201, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@dataclass
class PushedApp:
    """An app with its keys."""

    endpoint: str = f"https://{AUTHORITY}/send/1"
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def recipient(self) -> Recipient:
        """Return what a server encrypts for."""
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return Recipient(point, self.secret)

    def request(self, *, standard: bool = True, policy: str = "all", **alerts: bool) -> dict[str, Any]:
        """Return the body of a subscription; `mention` unless other alerts are named."""
        keys = {
            "p256dh": base64.urlsafe_b64encode(self.recipient.point).decode().rstrip("="),
            "auth": base64.urlsafe_b64encode(self.secret).decode().rstrip("="),
        }
        return {
            "subscription": {"endpoint": self.endpoint, "keys": keys, "standard": standard},
            "data": {"alerts": alerts or {"mention": True}, "policy": policy},
        }

    def decrypt(self, request: SentRequest) -> dict[str, Any]:
        """Return what a message says, opened by another implementation than ours."""
        headers, body = request.headers, request.body or b""
        if headers["Content-Encoding"] == "aes128gcm":
            opened = http_ece.decrypt(
                body, private_key=self.private, auth_secret=self.secret, version="aes128gcm"
            )
        else:
            salt, point = headers["Encryption"], headers["Crypto-Key"]
            opened = http_ece.decrypt(
                body,
                salt=_bytes(salt.partition("salt=")[2]),
                private_key=self.private,
                dh=_bytes(point.partition("dh=")[2].partition(";")[0]),
                auth_secret=self.secret,
                keylabel="P-256",
                version="aesgcm",
            )
        said: dict[str, Any] = orjson.loads(opened)
        return said


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
