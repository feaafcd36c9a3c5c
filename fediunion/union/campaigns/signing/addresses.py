"""Addresses of who signs on the web: a keyed hash is kept of each, for one signature a call."""

import hashlib
import hmac

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.config import Settings
from fediunion.db import settings_of
from fediunion.union.campaigns.models import CampaignCall, Signature


def address_key(call_id: int, address: str, settings: Settings, purpose: bytes = b"signature") -> str:
    """Return the keyed hash of an address for one call and one purpose: HMAC-SHA-256, hex.

    Those of two purposes, or of two calls, have nothing in common that anybody without the key could see.
    Letters count in any case, and what stands after a `+` does not: it leads to the same mailbox.
    """
    key = hmac.digest(settings.secrets.master_key, b"fediunion campaign " + purpose, hashlib.sha256)
    return hmac.new(key, f"{call_id}\n{_mailbox(address)}".encode(), hashlib.sha256).hexdigest()


def find_by_address(session: Session, call: CampaignCall, address: str) -> Signature | None:
    """Return the signature that was confirmed from an address, or None."""
    key = address_key(call.id, address, settings_of(session))
    return session.scalar(select(Signature).where(Signature.call_id == call.id, Signature.address_key == key))


def _mailbox(address: str) -> str:
    local_part, _, domain = address.lower().rpartition("@")
    return f"{local_part.partition('+')[0] or local_part}@{domain}"
