"""Vacancies that had closed when they were taken in, and closed ones that a later date opens again."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.sentences import Sentence
from fediunion.social.moderation.audit import record_audit
from fediunion.union.vacancies.models import Vacancy, VacancyState
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.service.drafting import create_draft
from fediunion.union.vacancies.service.ending import SHOWN_AFTER_END, schedule_removal
from fediunion.union.vacancies.service.publishing import check_words, tell_change
from fediunion.union.vacancies.service.rows import lock_vacancy, touch


def record_closed(session: Session, board: Actor, notice: Notice, *, by: str) -> Vacancy:
    """Return a new vacancy that closed before we knew of it: shown as closed, and sent to nobody.

    It goes 30 days after its closing date as all do. Raises Invalid for one of which these are over, or that
    has not closed, and for words of a fraud; NotAllowed as `create_draft`.
    """
    now = now_of(session)
    if not now - SHOWN_AFTER_END < notice.closes_at <= now:
        raise Invalid(Sentence("The closing date has passed."), field="validThrough", reason="past")
    check_words(session, notice)
    vacancy = create_draft(session, board, notice, by=by)
    vacancy.state, vacancy.ended_at = VacancyState.CLOSED, notice.closes_at
    posted = datetime.combine(notice.posted_on, time(), UTC)
    vacancy.posted_at = min(posted, notice.closes_at - timedelta(seconds=1))
    touch(session, vacancy)
    session.flush()
    schedule_removal(session, vacancy, notice.closes_at)
    return vacancy


def reopen_with(session: Session, vacancy: Vacancy, notice: Notice, *, by: str) -> None:
    """Open a vacancy of ours again that closed by the clock: the employer put its closing date off.

    Who got it is told once. Raises NotAllowed for one that is not ours or did not close by the clock, Invalid
    as `change_notice`.
    """
    lock_vacancy(session, vacancy)
    if not vacancy.local or vacancy.state != VacancyState.CLOSED:
        raise NotAllowed(Sentence("A vacancy that has ended is not changed any more."))
    vacancy.ended_at = None
    tell_change(session, vacancy, notice, extended=True)
    record_audit(session, by=by, action="vacancy.extend", subject=vacancy.slug)
