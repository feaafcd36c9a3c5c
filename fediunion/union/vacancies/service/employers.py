"""Employers and the sites that are their own: the register behind the official-source rule."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.kit.errors import Invalid
from fediunion.kit.html import plain_name
from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.models import Employer
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.service.rows import employer_key
from fediunion.union.vacancies.terms.source import normal_domain

MOST_DOMAINS: Final = 20
_LONGEST_NAME: Final = 200


def find_employer(session: Session, name: str) -> Employer | None:
    """Return the employer of that name, however it is written."""
    return session.scalar(select(Employer).where(Employer.name_key == employer_key(name)))


def list_employers(session: Session) -> Sequence[Employer]:
    """Return all employers by name."""
    return session.scalars(select(Employer).order_by(Employer.name_key)).all()


def official_domains(session: Session, notice: Notice, *, believed: bool) -> Sequence[str]:
    """Return the sites that are known to be the employer's.

    What an officer here confirmed stands alone; else what a believed notice claims, for itself alone: a
    peer's word is no reason to believe anybody else's.
    """
    known = find_employer(session, notice.employer)
    if known is not None and known.ours:
        return list(known.domains)
    return notice.verified_domains if believed else ()


def confirm_employer(
    session: Session, name: str, domains: Sequence[str], *, by: str, ours: bool = True
) -> Employer:
    """Note that sites are an employer's own: by an officer here, or with `ours` False by a believed peer.

    A peer's word never changes an officer's, nor that of a peer that said it first. Raises Invalid for a
    name or a site that cannot be one.
    """
    shown = plain_name(name, _LONGEST_NAME)
    if not shown or not employer_key(shown):
        raise Invalid(Sentence("An employer needs a name."), field="employer")
    checked = list(dict.fromkeys(normal_domain(domain) for domain in domains))[:MOST_DOMAINS]
    now = now_of(session)
    employer = find_employer(session, shown)
    if employer is None:
        employer = Employer(
            name=shown,
            name_key=employer_key(shown),
            domains=checked,
            confirmed_by=by,
            ours=ours,
            created_at=now,
            updated_at=now,
        )
        session.add(employer)
    elif ours or (not employer.ours and employer.confirmed_by == by):
        employer.domains, employer.confirmed_by, employer.ours = checked, by, ours
        employer.updated_at = now
    session.flush()
    return employer
