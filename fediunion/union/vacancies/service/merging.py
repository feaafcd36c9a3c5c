"""One job, several notices: which are the same, and what follows from all of them together.

Two notices of one employer with one number are one vacancy. The latest closing date of a verified source
wins; all sources stay visible. What ended in every notice has ended.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.db import emit, now_of
from fediunion.kit.words import folded_words
from fediunion.union.vacancies.events import VacancyEnded, VacancyOpened
from fediunion.union.vacancies.models import OPEN_STATES, Vacancy, VacancySource, VacancyState
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.service.ending import end_elsewhere, reopen
from fediunion.union.vacancies.service.publishing import retell, schedule_closing
from fediunion.union.vacancies.service.rows import employer_key, notice_of, touch, write_notice

_UNDER_WAY = (*OPEN_STATES, VacancyState.CLOSED, VacancyState.FILLED, VacancyState.WITHDRAWN)


def find_same_job(session: Session, notice: Notice) -> Vacancy | None:
    """Return the vacancy, ours or not, that a notice of the same job belongs to; hidden ones take none."""
    if not notice.number:
        return None
    return session.scalar(
        select(Vacancy)
        .where(
            Vacancy.employer_key == employer_key(notice.employer),
            Vacancy.number_key == folded_words(notice.number),
            Vacancy.hidden.is_(False),
            Vacancy.state.in_(_UNDER_WAY),
        )
        .order_by(Vacancy.local.desc(), Vacancy.id)
        .limit(1)
    )


def sources_of(session: Session, vacancy_id: int) -> Sequence[VacancySource]:
    """Return all notices of a vacancy, in the order in which they came."""
    statement = select(VacancySource).where(VacancySource.vacancy_id == vacancy_id)
    return session.scalars(statement.order_by(VacancySource.id)).all()


def settle(session: Session, vacancy: Vacancy) -> None:
    """Bring a vacancy in line with its sources: its closing date, and whether it is open.

    A vacancy of ours that another union knows a later date of is extended, and its post is changed once.
    """
    sources = sources_of(session, vacancy.id)
    _keep_a_post(vacancy, sources)
    before = (vacancy.state, vacancy.closes_at)
    alive = [each for each in sources if not each.ended]
    latest = _latest(vacancy, alive)
    if latest is not None and latest.closes_at != vacancy.closes_at:
        notice = replace(notice_of(vacancy), closes_at=latest.closes_at, closes_zone=latest.closes_zone)
        _put_off(session, vacancy, notice)
    if not vacancy.local and not alive and vacancy.state in OPEN_STATES:
        end_elsewhere(session, vacancy, VacancyState(sources[0].ended or VacancyState.CLOSED))
    touch(session, vacancy)
    session.flush()
    if not vacancy.hidden and vacancy.state in OPEN_STATES:
        schedule_closing(session, vacancy)
        emit(session, VacancyOpened(vacancy.id))
    elif before[0] in OPEN_STATES:
        emit(session, VacancyEnded(vacancy.id))


def _latest(vacancy: Vacancy, alive: Sequence[VacancySource]) -> VacancySource | None:
    """Return the source whose closing date holds: the latest verified one, else the vacancy's own."""
    verified = [each for each in alive if each.verified]
    if verified:
        return max(verified, key=lambda source: source.closes_at)
    return next((each for each in alive if each.post_id == vacancy.post_id), None)


def _put_off(session: Session, vacancy: Vacancy, notice: Notice) -> None:
    later = notice.closes_at > vacancy.closes_at
    if vacancy.local and not later:
        # Of our own vacancies our editors say when they close; others can only know of a later date.
        return
    write_notice(vacancy, notice)
    if not later or notice.closes_at <= now_of(session):
        return
    if vacancy.state in OPEN_STATES:
        vacancy.state = VacancyState.EXTENDED
    elif vacancy.state == VacancyState.CLOSED:
        reopen(session, vacancy)
    else:
        return
    if vacancy.local and vacancy.post_id is not None:
        retell(session, vacancy, notice)


def _keep_a_post(vacancy: Vacancy, sources: Sequence[VacancySource]) -> None:
    """Let a vacancy of elsewhere be shown by a post that is there, where its first one is gone."""
    if not vacancy.local and sources and all(each.post_id != vacancy.post_id for each in sources):
        vacancy.post_id, vacancy.board_id = sources[0].post_id, sources[0].board_id
