"""Consent to hear how one call ends: given, withdrawn, and gone by itself when its time is over.

It is a record of its own. It names no signature, and none names it; of an address it has another hash than
a signature has, and its number tells no moment.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.config import Settings
from fediunion.db import now_of, settings_of
from fediunion.kit.errors import NotAllowed
from fediunion.kit.sealing import seal, unseal
from fediunion.kit.sentences import Sentence
from fediunion.union.campaigns.days import day_of, id_of_day
from fediunion.union.campaigns.models import CampaignCall, ContactConsent
from fediunion.union.campaigns.queries import call_lock
from fediunion.union.campaigns.signing.addresses import address_key
from fediunion.union.campaigns.signing.links import consent_in

KEPT_AFTER_CLOSING: Final = timedelta(days=180)
"""An outcome may take a while after the last signature; who was not told by then is told no more."""

KEPT_AFTER_TELLING: Final = timedelta(days=30)
_AT_ONCE: Final = 500


class ContactChannel(StrEnum):
    """How somebody is told: by mail, by a direct message, or as a member here."""

    EMAIL = "email"
    MESSAGE = "message"
    MEMBER = "member"


def give(
    session: Session,
    call: CampaignCall,
    actor: Actor | None = None,
    *,
    address: str = "",
    language: str = "",
) -> ContactConsent:
    """Note that an actor, or who confirmed an address, wants to hear how a call ends; once for each.

    `language` is that in which the reader was spoken to. Raises NotAllowed where the outcome is known, and
    for an actor elsewhere where the call is not ours, for only its own union writes to people.
    """
    call = call_lock(session, call.id)
    if call.outcome_status:
        raise NotAllowed(Sentence("This call has ended."), reason="call-closed")
    if not call.local and (actor is None or not actor.local):
        raise NotAllowed(Sentence("The union that leads the call tells how it ends."), reason="not-our-call")
    settings = settings_of(session)
    existing = (
        find_consent(session, call.id, actor.id)
        if actor is not None
        else _find_by_address(session, call, address, settings)
    )
    if existing is not None:
        return existing
    row = ContactConsent(
        id=id_of_day(session),
        call_id=call.id,
        channel=_channel(actor),
        actor_id=None if actor is None else actor.id,
        language=language,
        given_on=day_of(session),
        expires_at=call.closes_at + KEPT_AFTER_CLOSING,
    )
    if actor is None:
        row.address_key = _key(call, address, settings)
        row.address = seal(address.encode(), settings.secrets.master_key, _associated(row.id))
    session.add(row)
    session.flush()
    return row


def withdraw(session: Session, consent: ContactConsent) -> None:
    """Forget a consent: nothing more is written to that one about the call. A signature stays."""
    session.execute(
        delete(ContactConsent)
        .where(ContactConsent.id == consent.id)
        .execution_options(synchronize_session="fetch")
    )


def withdraw_own(session: Session, call: CampaignCall, actor: Actor) -> None:
    """Forget the consent that an actor gave, if it did."""
    consent = find_consent(session, call.id, actor.id)
    if consent is not None:
        withdraw(session, consent)


def find_consent(session: Session, call_id: int, actor_id: int) -> ContactConsent | None:
    """Return the consent that an actor gave, or None."""
    return session.scalar(
        select(ContactConsent).where(ContactConsent.call_id == call_id, ContactConsent.actor_id == actor_id)
    )


def find_by_link(session: Session, sealed: str) -> tuple[CampaignCall, ContactConsent] | None:
    """Return which consent a link is about, and of which call; None where it is gone already.

    Raises NotFound for a link that is none of ours.
    """
    found = session.get(ContactConsent, consent_in(sealed, settings_of(session)))
    return None if found is None else (session.get_one(CampaignCall, found.call_id), found)


def address_of(consent: ContactConsent, settings: Settings) -> str:
    """Return the address of a consent by mail."""
    return unseal(consent.address or b"", settings.secrets.master_key, _associated(consent.id)).decode()


def forget_expired(session: Session) -> bool:
    """Delete some consents whose time is over; return whether there may be more."""
    over = select(ContactConsent.id).where(ContactConsent.expires_at <= now_of(session)).limit(_AT_ONCE)
    ids = session.scalars(over).all()
    session.execute(
        delete(ContactConsent).where(ContactConsent.id.in_(ids)).execution_options(synchronize_session=False)
    )
    return len(ids) == _AT_ONCE


def _find_by_address(
    session: Session, call: CampaignCall, address: str, settings: Settings
) -> ContactConsent | None:
    key = _key(call, address, settings)
    return session.scalar(
        select(ContactConsent).where(ContactConsent.call_id == call.id, ContactConsent.address_key == key)
    )


def _key(call: CampaignCall, address: str, settings: Settings) -> str:
    return address_key(call.id, address, settings, purpose=b"consent")


def _channel(actor: Actor | None) -> ContactChannel:
    if actor is None:
        return ContactChannel.EMAIL
    return ContactChannel.MEMBER if actor.local else ContactChannel.MESSAGE


def _associated(row_id: int) -> bytes:
    return b"campaign-consent:%d" % row_id
