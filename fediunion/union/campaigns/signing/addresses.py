"""Addresses of who signs on the web: a keyed hash is kept of each, for one signature a call."""

import hashlib
import hmac

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.config import Settings
from fediunion.db import settings_of
from fediunion.members.emails import unseal_email
from fediunion.members.queries import find_member_by_email, find_member_of
from fediunion.union.campaigns.models import CampaignCall, Signature
from fediunion.union.campaigns.signing.rows import find_signature


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


def find_web_signature_of(session: Session, call: CampaignCall, member_actor: Actor) -> Signature | None:
    """Return how a member signed on the web, from the address that the account has here; or None."""
    member = find_member_of(session, member_actor.id)
    if member is None or member.sealed_email is None:
        return None
    return find_by_address(session, call, unseal_email(member.sealed_email, member.id, settings_of(session)))


def has_signed_as_member(session: Session, call: CampaignCall, address: str) -> bool:
    """Return whether the member here who has this address signed with the account, by whatever way."""
    for spelling in dict.fromkeys((address, _mailbox(address))):
        found = find_member_by_email(session, spelling)
        if found is not None and find_signature(session, call.id, found[1].id) is not None:
            return True
    return False


def _mailbox(address: str) -> str:
    local_part, _, domain = address.lower().rpartition("@")
    return f"{local_part.partition('+')[0] or local_part}@{domain}"
