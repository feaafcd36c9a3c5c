"""Reads: which unions carry a call beside the one that leads it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.kit.errors import NotFound
from fediunion.kit.sentences import Sentence
from fediunion.kit.urls import authority_of, owner_domain
from fediunion.union.affiliation.queries import our_union
from fediunion.union.campaigns.models import CampaignCall, CoSponsor, SponsorState


def list_sponsors(session: Session, call: CampaignCall, *states: SponsorState) -> Sequence[CoSponsor]:
    """Return the co-sponsorships of a call, those in `states` where some are given, the oldest first."""
    wanted = select(CoSponsor).where(CoSponsor.call_uri == call.uri).order_by(CoSponsor.id)
    if states:
        wanted = wanted.where(CoSponsor.state.in_(states))
    return session.scalars(wanted).all()


def find_sponsorship(session: Session, call_uri: str, union_uri: str) -> CoSponsor | None:
    """Return the co-sponsorship of a call by a union, in whatever state, or None."""
    return session.scalar(
        select(CoSponsor).where(CoSponsor.call_uri == call_uri, CoSponsor.union_uri == union_uri)
    )


def find_by_offer(session: Session, offer_uri: str) -> CoSponsor | None:
    """Return the co-sponsorship whose present offer has this id, or None."""
    return session.scalar(select(CoSponsor).where(CoSponsor.offer_uri == offer_uri))


def get_sponsorship(session: Session, sponsorship_id: int) -> CoSponsor:
    """Return a co-sponsorship that our union is a party of. Raises NotFound."""
    found = session.get(CoSponsor, sponsorship_id)
    if found is None:
        raise NotFound(Sentence("There is no such co-sponsorship."))
    return found


def find_own(session: Session, call: CampaignCall) -> CoSponsor | None:
    """Return the co-sponsorship of a call by our own union, in whatever state, or None."""
    return find_sponsorship(session, call.uri or "", our_union(session).uri)


def is_carried_here(session: Session, call: CampaignCall) -> bool:
    """Return whether our union carries another's call: our members sign it at home, and we tell their sum."""
    if call.local:
        return False
    found = find_own(session, call)
    return found is not None and found.state == SponsorState.ACCEPTED


def list_offers_to_us(session: Session) -> Sequence[CoSponsor]:
    """Return what other unions offer ours, and waits for an officer's answer, the oldest first."""
    waiting = (CoSponsor.state == SponsorState.OFFERED, CoSponsor.union_uri == our_union(session).uri)
    return session.scalars(select(CoSponsor).where(*waiting).order_by(CoSponsor.id)).all()


def count_offers_from(session: Session, lead_uri: str) -> int:
    """Return how many offers of a union, and of others on its domain, wait here for an answer."""
    theirs = CoSponsor.lead_uri != our_union(session).uri
    waiting = session.scalars(
        select(CoSponsor.lead_uri).where(CoSponsor.state == SponsorState.OFFERED, theirs)
    )
    domain = owner_domain(authority_of(lead_uri))
    return sum(owner_domain(authority_of(uri)) == domain for uri in waiting)


def list_all(session: Session, *states: SponsorState) -> Sequence[CoSponsor]:
    """Return all co-sponsorships that our union is a party of, the oldest first."""
    wanted = select(CoSponsor).where(CoSponsor.state.in_(states or tuple(SponsorState)))
    return session.scalars(wanted.order_by(CoSponsor.id)).all()


def list_with_host(session: Session, host: str, *states: SponsorState) -> Sequence[CoSponsor]:
    """Return the co-sponsorships between ours and the union on a server, the oldest first."""
    return [each for each in list_all(session, *states) if host in (each.host, authority_of(each.lead_uri))]
