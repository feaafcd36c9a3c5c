"""Saying which sites are an employer's own, and what follows for the vacancies that wait for it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.social.moderation.audit import record_audit
from fediunion.union.vacancies.models import OPEN_STATES, Employer, Vacancy, VacancyState
from fediunion.union.vacancies.service.doubts import status_of_source
from fediunion.union.vacancies.service.employers import confirm_employer
from fediunion.union.vacancies.service.publishing import open_here
from fediunion.union.vacancies.service.remote import judge_again
from fediunion.union.vacancies.service.rows import notice_of, touch
from fediunion.union.vacancies.terms.source import SourceStatus


def verify_employer(session: Session, name: str, domains: Sequence[str], *, by: str) -> Employer:
    """Note by the word of an officer here which sites are an employer's own.

    Its open vacancies of ours that are verified by it are told of now; its drafts are marked; notices of
    other unions are judged by it too. Raises Invalid as `confirm_employer`.
    """
    employer = confirm_employer(session, name, domains, by=by)
    record_audit(
        session, by=by, action="employer.confirm", subject=employer.name, reason=", ".join(employer.domains)
    )
    waiting = select(Vacancy).where(
        Vacancy.local.is_(True),
        Vacancy.employer_key == employer.name_key,
        Vacancy.source_status != SourceStatus.VERIFIED,
        Vacancy.state.in_((VacancyState.DRAFT, *OPEN_STATES)),
    )
    for vacancy in session.scalars(waiting.order_by(Vacancy.id).with_for_update()).all():
        notice = notice_of(vacancy)
        if status_of_source(session, notice, believed=False) is not SourceStatus.VERIFIED:
            continue
        if vacancy.state == VacancyState.DRAFT:
            vacancy.source_status = SourceStatus.VERIFIED
            touch(session, vacancy)
        else:
            open_here(session, vacancy, notice)
    judge_again(session, employer.name_key)
    return employer
