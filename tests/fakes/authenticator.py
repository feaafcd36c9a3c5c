"""An authenticator in software: it makes passkeys and signs with them as a browser with a device would."""

import base64
import hashlib
import json
import os
import struct
from dataclasses import dataclass, field
from typing import Any, Final

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

_PRESENT: Final = 0x01
_VERIFIED: Final = 0x04
_ATTESTED: Final = 0x40


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One passkey on one device, for the pages of `origin`. `counts` is whether it counts its signatures."""

    origin: str
    verifies: bool = True
    counts: bool = True
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    count: int = 0
    user_handle: bytes = b""

    def make(self, options: str, *, origin: str = "", rp_id: str = "") -> str:
        """Return the JSON of the answer to `navigator.credentials.create`."""
        asked = json.loads(options)
        self.user_handle = _raw(asked["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = (
            bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + cbor2.dumps(cose)
        )
        authenticator = self._said(rp_id or asked["rp"]["id"], self.verifies, _ATTESTED) + attested
        return self._answer(
            clientDataJSON=_text(self._client("webauthn.create", asked["challenge"], origin)),
            attestationObject=_text(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": authenticator})),
            transports=["internal"],
        )

    def sign(
        self,
        options: str,
        *,
        origin: str = "",
        rp_id: str = "",
        challenge: str = "",
        kind: str = "webauthn.get",
        verified: bool | None = None,
        count: int | None = None,
        user_handle: bytes | None = None,
    ) -> str:
        """Return the JSON of the answer to `navigator.credentials.get`; what is given replaces the truth."""
        asked = json.loads(options)
        self.count += self.counts
        said = self._said(
            rp_id or asked["rpId"],
            self.verifies if verified is None else verified,
            count=self.count if count is None else count,
        )
        client = self._client(kind, challenge or asked["challenge"], origin)
        signature = self.key.sign(said + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=_text(client),
            authenticatorData=_text(said),
            signature=_text(signature),
            userHandle=_text(self.user_handle if user_handle is None else user_handle),
        )

    def _said(self, rp_id: str, verified: bool, flags: int = 0, *, count: int = 0) -> bytes:
        flags |= _PRESENT | (_VERIFIED if verified else 0)
        return hashlib.sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, count)

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": origin or self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, **response: Any) -> str:
        named = _text(self.credential_id)
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": response})
