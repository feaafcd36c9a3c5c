"""The one message to who signed without an account here: thanks, and the link that takes it back."""

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import settings_of
from fediunion.kit.catalogues import translated
from fediunion.kit.html import escape
from fediunion.kit.sentences import Sentence
from fediunion.members.mail.notices import title_of, write_to_stranger
from fediunion.union.campaigns.messages import linked, send_message
from fediunion.union.campaigns.models import CampaignCall, ContactConsent, Signature
from fediunion.union.campaigns.queries import lead_of
from fediunion.union.campaigns.service.rows import terms_of
from fediunion.union.campaigns.signing.links import end_news_link, withdraw_link
from fediunion.union.campaigns.wording import language_of


def thank_voter(session: Session, call: CampaignCall, voter: Actor, signature: Signature) -> None:
    """Write to who signed by a vote elsewhere, in the call's language; our members see it on its page."""
    if voter.local or not call.local:
        return
    language = language_of(terms_of(call))
    thanks = translated(Sentence("Thank you for signing “%(title)s”.", title=call.title), language)
    withdraw = translated(Sentence("To withdraw your signature, open this link:"), language)
    link = linked(withdraw_link(signature.id, settings_of(session)))
    html = f"<p>{escape(thanks)}</p><p>{escape(withdraw)}<br>{link}</p>"
    send_message(session, lead_of(session, call), voter, html, language)


def thank_by_mail(
    session: Session,
    call: CampaignCall,
    address: str,
    signature: Signature,
    consent: ContactConsent | None,
    *,
    language: str,
) -> None:
    """Write to who signed on the web, with a link for the signature, and one of its own for the consent."""
    settings = settings_of(session)
    news: tuple[str, ...] = ()
    if consent is not None:
        ends = Sentence("You asked to hear how it ends. To take that back, open this link:")
        news = (ends, end_news_link(consent.id, settings))
    write_to_stranger(
        session,
        address,
        Sentence("%(title)s: thank you for signing", title=title_of(settings)),
        call.title,
        call.url,
        Sentence("Your signature counts. To withdraw it, open this link:"),
        withdraw_link(signature.id, settings),
        *news,
        language=language,
    )
