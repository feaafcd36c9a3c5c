"""Telling how a call ended to those who asked to hear: some at a time, each once, and nobody else."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.queries import find_actor
from fediunion.db import now_of, settings_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.catalogues import translated
from fediunion.kit.html import escape
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.members.mail.notices import title_of, write_to_stranger
from fediunion.social.notifications.models import NotificationKind
from fediunion.social.notifications.service import notify_all
from fediunion.union.campaigns.consents.service import (
    KEPT_AFTER_TELLING,
    ContactChannel,
    address_of,
    forget_expired,
)
from fediunion.union.campaigns.events import CallEnded
from fediunion.union.campaigns.messages import linked, send_message
from fediunion.union.campaigns.models import CampaignCall, ContactConsent, OutcomeStatus
from fediunion.union.campaigns.queries import call_lock, lead_of
from fediunion.union.campaigns.service.rows import terms_of
from fediunion.union.campaigns.signing.links import end_news_link
from fediunion.union.campaigns.wording import language_of
from fediunion.world import World

TELL_JOB: Final = "campaigns.tell_outcome"
FORGET_JOB: Final = "campaigns.forget_consents"
AT_ONCE: Final = 50

_OUTCOMES: Final = {
    OutcomeStatus.WON: Sentence("The call is won."),
    OutcomeStatus.PARTLY_WON: Sentence("The call is won in part."),
    OutcomeStatus.LOST: Sentence("The call is lost."),
    OutcomeStatus.WITHDRAWN: Sentence("The call was withdrawn."),
}


def call_ended(session: Session, event: CallEnded) -> None:
    """Reaction: once it is known what came of a call, those who asked are told."""
    if event.call.outcome_status:
        enqueue(session, TELL_JOB, key=f"{TELL_JOB}:{event.call.id}", call_id=event.call.id)


async def tell(world: World, payload: JsonObject) -> None:
    """Job: tell everybody of a call's outcome who is to be told; what a crash left is told then, once."""
    while await world.db.write(tell_some, payload["call_id"]):
        pass


async def forget(world: World, _payload: JsonObject) -> None:
    """Job: forget the consents whose time is over."""
    while await world.db.write(forget_expired):
        pass


def tell_some(session: Session, call_id: int) -> bool:
    """Tell some; return whether there may be more. Their rows say so in the unit that writes to them."""
    if session.get(CampaignCall, call_id) is None:
        return False
    call, now = call_lock(session, call_id), now_of(session)
    if not call.outcome_status:
        # Another union took back what it had said.
        return False
    waiting = select(ContactConsent).where(
        ContactConsent.call_id == call.id,
        ContactConsent.told_at.is_(None),
        ContactConsent.expires_at > now,
    )
    rows = session.scalars(waiting.order_by(ContactConsent.id).limit(AT_ONCE)).all()
    for consent in rows:
        _tell(session, call, consent)
        consent.told_at = now
        consent.expires_at = now + KEPT_AFTER_TELLING
    return len(rows) == AT_ONCE


def _tell(session: Session, call: CampaignCall, consent: ContactConsent) -> None:
    outcome = _OUTCOMES[OutcomeStatus(call.outcome_status)]
    match ContactChannel(consent.channel):
        case ContactChannel.EMAIL:
            _mail(session, call, consent, outcome)
        case ContactChannel.MESSAGE:
            _message(session, call, consent, outcome)
        case ContactChannel.MEMBER:
            recipients = [consent.actor_id] if consent.actor_id is not None else []
            lead = lead_of(session, call)
            notify_all(session, NotificationKind.EDIT, recipients, lead, post_id=call.post_id)


def _mail(session: Session, call: CampaignCall, consent: ContactConsent, outcome: Sentence) -> None:
    settings = settings_of(session)
    end = end_news_link(consent.id, settings)
    write_to_stranger(
        session,
        address_of(consent, settings),
        Sentence("%(title)s: how the call ended", title=title_of(settings)),
        call.title,
        outcome,
        call.outcome_text,
        call.url,
        Sentence("You asked for this one mail. To have your address forgotten at once, open this link:"),
        end,
        language=consent.language,
        unsubscribe=end,
    )


def _message(session: Session, call: CampaignCall, consent: ContactConsent, outcome: Sentence) -> None:
    recipient = find_actor(session, consent.actor_id or 0)
    if recipient is None or recipient.deleted_at is not None:
        return
    language = language_of(terms_of(call))
    lines = (escape(call.title), escape(translated(outcome, language)), escape(call.outcome_text))
    html = "".join(f"<p>{line}</p>" for line in (*lines, linked(call.url)))
    send_message(session, lead_of(session, call), recipient, html, language)
