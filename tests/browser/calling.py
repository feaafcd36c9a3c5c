"""Calls in an instance: one is open with everything that a call can ask, one is a draft."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, ActorKind
from fediunion.db import settings_of
from fediunion.union.campaigns import solidarity
from fediunion.union.campaigns.asks.boost_pledge import BoostPledgeAsk
from fediunion.union.campaigns.asks.sign import SignAsk
from fediunion.union.campaigns.asks.solidarity import SolidarityAsk
from fediunion.union.campaigns.asks.union_resolution import UnionResolutionAsk
from fediunion.union.campaigns.asks.write_to_target import WriteToTargetAsk
from fediunion.union.campaigns.consents.service import give
from fediunion.union.campaigns.models import SigningMode
from fediunion.union.campaigns.resolutions.service import add_resolution
from fediunion.union.campaigns.service.drafting import create_draft
from fediunion.union.campaigns.service.publishing import publish_call
from fediunion.union.campaigns.signing.links import ask_news_link, end_news_link, withdraw_link
from fediunion.union.campaigns.signing.members import sign
from fediunion.union.campaigns.signing.web import WebForm, confirm_link
from fediunion.union.campaigns.terms.call import CallTerms, Channel, Evidence, Target
from fediunion.union.campaigns.thunderclap import links as pledges
from fediunion.union.campaigns.thunderclap.service import set_thunderclap
from fediunion.union.campaigns.thunderclap.terms import ThunderclapTerms
from tests.social.builders import local_actor

_ASKS = (
    SignAsk(modes=(SigningMode.COUNTED, SigningMode.TARGET, SigningMode.PUBLIC), goal=5000),
    BoostPledgeAsk(),
    WriteToTargetAsk(
        template={"en": "Dear head,\n\nplease talk.", "fr": "Madame, Monsieur,\n\nparlez."},
        subject={"en": "Talks"},
    ),
    UnionResolutionAsk(goal=40),
    SolidarityAsk(),
)


def add_calls(session: Session, *, member: Actor, elsewhere: Actor, words: str) -> Mapping[str, str]:
    """Add calls of `campaigns`; return what stands in addresses. `words` are long ones.

    `member` signs with a name, `elsewhere` has links for a pledge.
    """
    lead = local_actor(session, "campaigns", kind=ActorKind.FEED)
    session.flush()
    now = datetime.now(UTC)
    terms = CallTerms(
        title=f"Restore negotiation {words}",
        demand=f"Reinstate negotiation in the {words}.",
        case={"en": f"Because **so**: {words}"},
        targets=(
            Target(role=words, organisation=words, channel=Channel.EMAIL, address="office@rco.example"),
        ),
        asks=_ASKS,
        hashtags=("StaffRightsNow",),
        languages=("en", "fr"),
        evidence=(Evidence(url="https://docs.example/rev1", name=words),),
    )
    opens, closes = now - timedelta(days=9), now + timedelta(days=90)
    clap = ThunderclapTerms(message={"en": words}, threshold=300, release_at=now + timedelta(days=9))
    drafted = create_draft(session, lead, terms, opens, closes, by="olga")
    set_thunderclap(session, drafted, clap, by="olga")
    call = create_draft(session, lead, terms, opens, closes, by="olga")
    made = set_thunderclap(session, call, clap, by="olga")
    publish_call(session, call, by="olga")
    signature = sign(session, call, member, SigningMode.PUBLIC, words)
    consent = give(session, call, address="vera@home.example")
    for shown in (True, False):
        solidarity.write_message(session, call, name=words, text=words, language="en", actor_id=None)
        session.flush()
        if shown:
            (message,) = solidarity.list_messages(session, call, shown=False)
            solidarity.show_message(session, call, message.id, by="olga")
    add_resolution(session, call, f"Sector {words}", by="olga", text=words)
    settings = settings_of(session)
    pledge = pledges.PledgeLink(made.id, elsewhere.id)
    links = {
        "call_confirm": confirm_link(session, call, WebForm(address="vera@home.example", name=words)),
        "call_withdraw": withdraw_link(signature.id, settings),
        "call_consent": end_news_link(consent.id, settings),
        "call_news": ask_news_link(signature.id, settings),
        "call_pledge": pledges.confirm_link(pledge, settings),
        "call_unpledge": pledges.withdraw_link(pledge, settings),
    }
    named = {name: link.removeprefix(settings.base_url) for name, link in links.items()}
    return {"call": call.slug, "call_draft": drafted.slug, **named}
