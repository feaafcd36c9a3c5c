"""Signatures as they are looked at: who agreed to be named, and how somebody signed."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.db import settings_of
from fediunion.union.campaigns.models import CampaignCall, Signature, SigningMode
from fediunion.union.campaigns.signing.links import signature_in

NAMED = (SigningMode.PUBLIC, SigningMode.TARGET)
"""The modes in which a name is kept."""


def list_public(session: Session, call: CampaignCall, *, limit: int) -> Sequence[Signature]:
    """Return signatures whose names everybody may read, those of the last days first."""
    shown = select(Signature).where(Signature.call_id == call.id, Signature.mode == SigningMode.PUBLIC)
    shown = shown.where(Signature.counted_here.is_(True))
    return session.scalars(shown.order_by(Signature.id.desc()).limit(limit)).all()


def list_named(session: Session, call: CampaignCall, *, after_id: int, limit: int) -> Sequence[Signature]:
    """Return signatures with a name, for the target: all but those in the mode counted, the oldest first."""
    named = select(Signature).where(
        Signature.call_id == call.id,
        Signature.mode.in_(NAMED),
        Signature.counted_here.is_(True),
        Signature.id > after_id,
    )
    return session.scalars(named.order_by(Signature.id).limit(limit)).all()


def find_by_link(session: Session, sealed: str) -> tuple[CampaignCall, Signature] | None:
    """Return which signature a link is about, and of which call; None where it was withdrawn.

    Raises NotFound for a link that is none of ours.
    """
    found = session.get(Signature, signature_in(sealed, settings_of(session)))
    return None if found is None else (session.get_one(CampaignCall, found.call_id), found)
