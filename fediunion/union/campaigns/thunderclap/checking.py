"""Whether a thunderclap fits the call that it is of."""

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.db import now_of
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.union.campaigns.asks.boost_pledge import BoostPledgeAsk
from fediunion.union.campaigns.models import CampaignCall
from fediunion.union.campaigns.service.rows import terms_of
from fediunion.union.campaigns.thunderclap.queries import find_thunderclap
from fediunion.union.campaigns.thunderclap.queries import terms_of as clap_terms_of
from fediunion.union.campaigns.thunderclap.terms import ThunderclapTerms


def check_before_opening(session: Session, call: CampaignCall) -> None:
    """Raise Invalid, with its field, where a call asks for pledges to what has no moment, or a wrong one."""
    clap = find_thunderclap(session, call.id)
    if clap is not None:
        check_fits(session, call, clap_terms_of(clap))
    elif terms_of(call).ask(BoostPledgeAsk) is not None:
        raise Invalid(
            Sentence("Who pledges a boost needs to know when it is: add the moment of the boost."),
            field="asks",
            reason="no-thunderclap",
        )


def check_fits(session: Session, call: CampaignCall, terms: ThunderclapTerms) -> None:
    """Raise Invalid, with its field, for what a call cannot have as its thunderclap."""
    if terms_of(call).ask(BoostPledgeAsk) is None:
        raise Invalid(Sentence("The call does not ask to pledge a boost."), field="asks")
    if call.audience != Audience.PUBLIC:
        raise Invalid(Sentence("Only a public call can be boosted."), field="audience")
    if terms.release_at <= now_of(session):
        raise Invalid(Sentence("The moment of the boost is in the past."), field="releaseAt", reason="past")
    if terms.release_at <= call.opens_at or terms.ends_at > call.closes_at:
        raise Invalid(Sentence("The boost takes place while the call is open."), field="releaseAt")
