"""Mails to officers about relations: what another union offers, and what it changed."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.db import insert_ignoring, now_of, settings_of
from fediunion.jobs.models import ScheduledRun
from fediunion.jobs.queue import enqueue
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.kit.urls import authority_of
from fediunion.members.mail.notices import title_of, write_to
from fediunion.members.models import Member, MemberState, Role
from fediunion.union.affiliation.events import AffiliationChanged, AffiliationOffered
from fediunion.union.affiliation.models import Affiliation, AffiliationStatus
from fediunion.union.affiliation.queries import list_our_relations, trust_of
from fediunion.union.affiliation.service.parts import peer_uri_of
from fediunion.world import World

TELL_OFFERS: Final = "affiliation.tell_offers"
_TOLD: Final = "affiliation.offers_told"
_A_DAY: Final = timedelta(days=1)


def tell_of_offer(session: Session, event: AffiliationOffered) -> None:
    """Reaction: an offer waits for an officer's answer.

    Of those of strangers one mail a day is written, as anybody can offer.
    """
    peer = _name(event.affiliation)
    if not trust_of(session, peer):
        told = _last_told(session)
        if told.last_at > now_of(session) - _A_DAY:
            enqueue(session, TELL_OFFERS, at=told.last_at + _A_DAY, key=TELL_OFFERS)
            return
        told.last_at = now_of(session)
    _tell(
        session,
        Sentence("%(peer)s offers your union an affiliation. An officer has to answer it.", peer=peer),
    )


async def tell_of_offers(world: World, _payload: JsonObject) -> None:
    """Job: write one mail about all offers of strangers that came since the last, and wait still."""
    await world.db.write(_tell_of_offers)


def _tell_of_offers(session: Session) -> None:
    told = _last_told(session)
    waiting = list_our_relations(session, AffiliationStatus.OFFERED)
    if any(each.offered_by != each.our_side and each.updated_at >= told.last_at for each in waiting):
        told.last_at = now_of(session)
        _tell(session, Sentence("Offers of an affiliation wait for an answer. An officer has to give it."))


def _last_told(session: Session) -> ScheduledRun:
    insert_ignoring(session, ScheduledRun, [{"job": _TOLD, "last_at": now_of(session) - _A_DAY}])
    return session.get_one(ScheduledRun, _TOLD, with_for_update=True)


def tell_of_change(session: Session, event: AffiliationChanged) -> None:
    """Reaction: another union accepted, suspended, resumed or ended a relation.

    Nobody is told of an offer that it takes back before anybody answered.
    """
    taken_back = (
        event.affiliation.answer is None and event.affiliation.offered_by != event.affiliation.our_side
    )
    if not event.by_peer or taken_back:
        return
    peer = _name(event.affiliation)
    match event.affiliation.status:
        case AffiliationStatus.ACTIVE:
            what = Sentence("The affiliation with %(peer)s is in force.", peer=peer)
        case AffiliationStatus.SUSPENDED:
            what = Sentence("%(peer)s has suspended the affiliation with your union.", peer=peer)
        case _:
            what = Sentence("The affiliation with %(peer)s has ended, or was refused.", peer=peer)
    _tell(session, what)


def _tell(session: Session, what: Sentence) -> None:
    title = title_of(settings_of(session))
    write_to_officers(session, Sentence("Affiliations of %(title)s", title=title), what, "/admin/unions")


def write_to_officers(session: Session, subject: Sentence, what: Sentence, path: str) -> None:
    """Queue a mail to each officer of the union, with a link to the page at `path`."""
    officers = session.scalars(
        select(Member).where(Member.role.in_([Role.ADMIN, Role.OWNER]), Member.state == MemberState.ACTIVE)
    )
    for officer in officers.all():
        write_to(session, officer, subject, what, f"{settings_of(session).base_url}{path}")


def _name(affiliation: Affiliation) -> str:
    return authority_of(peer_uri_of(affiliation))
