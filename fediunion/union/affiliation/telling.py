"""Mails to officers about relations: what another union offers, and what it changed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.db import settings_of
from fediunion.kit.sentences import Sentence
from fediunion.kit.urls import authority_of
from fediunion.members.mail.notices import title_of, write_to
from fediunion.members.models import Member, MemberState, Role
from fediunion.union.affiliation.events import AffiliationChanged, AffiliationOffered
from fediunion.union.affiliation.models import Affiliation, AffiliationStatus
from fediunion.union.affiliation.service.parts import peer_uri_of


def tell_of_offer(session: Session, event: AffiliationOffered) -> None:
    """Reaction: an offer waits for an officer's answer."""
    peer = _name(event.affiliation)
    _tell(
        session,
        Sentence("%(peer)s offers your union an affiliation. An officer has to answer it.", peer=peer),
    )


def tell_of_change(session: Session, event: AffiliationChanged) -> None:
    """Reaction: another union accepted, suspended, resumed or ended a relation."""
    if not event.by_peer:
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
