"""Asking to hear how a call ends, without an account here: behind the link that came with the thanks."""

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import settings_of
from fediunion.kit.catalogues import translated
from fediunion.kit.errors import NotFound
from fediunion.kit.html import escape
from fediunion.kit.sentences import Sentence
from fediunion.union.campaigns.consents.service import find_consent, give
from fediunion.union.campaigns.messages import linked, send_message
from fediunion.union.campaigns.models import CampaignCall, Signature
from fediunion.union.campaigns.queries import lead_of
from fediunion.union.campaigns.service.rows import terms_of
from fediunion.union.campaigns.signing.links import end_news_link, news_for
from fediunion.union.campaigns.wording import language_of


def may_ask(session: Session, call: CampaignCall, actor_id: int) -> bool:
    """Return whether there is still something to hear for an actor that did not ask yet."""
    return call.local and not call.outcome_status and find_consent(session, call.id, actor_id) is None


def find_asking(session: Session, sealed: str) -> tuple[CampaignCall, Actor] | None:
    """Return who may ask by a link, and of which call; None where the signature was withdrawn.

    Raises NotFound for a link that is none of ours.
    """
    signature = session.get(Signature, news_for(sealed, settings_of(session)))
    if signature is None or signature.actor_id is None:
        return None
    return session.get_one(CampaignCall, signature.call_id), session.get_one(Actor, signature.actor_id)


def ask_by_link(session: Session, sealed: str) -> None:
    """Note that who signed from elsewhere wants to hear; a message has the link that takes it back.

    A second time changes nothing. Raises NotFound as `find_asking` does, and where that one withdrew;
    NotAllowed where the outcome is known.
    """
    found = find_asking(session, sealed)
    if found is None:
        raise NotFound(Sentence("This link was used, or is too old."))
    call, actor = found
    if not may_ask(session, call, actor.id) and not call.outcome_status:
        return
    consent = give(session, call, actor)
    language = language_of(terms_of(call))
    ends = Sentence("You asked to hear how it ends. To take that back, open this link:")
    link = linked(end_news_link(consent.id, settings_of(session)))
    html = f"<p>{escape(call.title)}</p><p>{escape(translated(ends, language))}<br>{link}</p>"
    send_message(session, lead_of(session, call), actor, html, language)
