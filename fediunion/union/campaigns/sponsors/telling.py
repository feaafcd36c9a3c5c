"""Mails to officers about co-sponsorships: what another union asks ours to carry, and what it answered."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.db import settings_of
from fediunion.kit.sentences import Sentence
from fediunion.kit.urls import authority_of
from fediunion.members.mail.notices import title_of as title_of_instance
from fediunion.union.affiliation.queries import our_union
from fediunion.union.affiliation.telling import write_to_officers
from fediunion.union.campaigns.models import CoSponsor, SponsorState
from fediunion.union.campaigns.sponsors.documents import title_of
from fediunion.union.campaigns.sponsors.events import SponsorshipChanged, SponsorshipOffered
from fediunion.union.campaigns.sponsors.parts import call_of, peer_uri_of

PAGE: Final = "/admin/campaigns"


def tell_of_offer(session: Session, event: SponsorshipOffered) -> None:
    """Reaction: an offer waits for an officer's answer."""
    what = Sentence(
        "%(peer)s asks your union to co-sponsor the campaign call “%(call)s”. An officer has to answer it.",
        **_named(session, event.sponsorship),
    )
    _tell(session, what)


def tell_of_change(session: Session, event: SponsorshipChanged) -> None:
    """Reaction: another union accepted, declined or ended a co-sponsorship."""
    if not event.by_peer:
        return
    named = _named(session, event.sponsorship)
    match event.sponsorship.state:
        case SponsorState.ACCEPTED:
            what = Sentence("%(peer)s co-sponsors your campaign call “%(call)s”.", **named)
        case SponsorState.DECLINED:
            what = Sentence("%(peer)s will not co-sponsor your campaign call “%(call)s”.", **named)
        case _:
            what = Sentence("%(peer)s has ended the co-sponsorship of the campaign call “%(call)s”.", **named)
    _tell(session, what)


def _named(session: Session, row: CoSponsor) -> dict[str, str]:
    peer = authority_of(peer_uri_of(row, our_union(session)))
    return {"peer": peer, "call": title_of(row, call_of(session, row))}


def _tell(session: Session, what: Sentence) -> None:
    title = title_of_instance(settings_of(session))
    write_to_officers(session, Sentence("Campaign calls of %(title)s", title=title), what, PAGE)
