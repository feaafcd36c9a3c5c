"""One job, several notices: which are the same, and what follows from all of them together.

Two notices of one employer with one number, for the same readers, are one vacancy. One of them leads: the
vacancy says what it says. Of the closing dates the latest wins whose source is on a site of the employer, as
officers here or the leading notice know them; all sources stay visible. What ended in every notice has ended.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.db import emit, now_of
from fediunion.union.vacancies.events import VacancyEnded, VacancyOpened
from fediunion.union.vacancies.models import OPEN_STATES, Vacancy, VacancySource, VacancyState
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.reading import stored_notice
from fediunion.union.vacancies.service.doubts import SOURCE_DOMAIN
from fediunion.union.vacancies.service.employers import official_domains
from fediunion.union.vacancies.service.ending import end_elsewhere, reopen
from fediunion.union.vacancies.service.publishing import retell, schedule_closing
from fediunion.union.vacancies.service.rows import (
    employer_key,
    lock_vacancy,
    notice_of,
    number_key,
    take_turn,
    touch,
    write_notice,
)
from fediunion.union.vacancies.terms.source import SourceStatus, source_status

_UNDER_WAY = (*OPEN_STATES, VacancyState.CLOSED, VacancyState.FILLED, VacancyState.WITHDRAWN)


def find_same_job(session: Session, notice: Notice, audience: str) -> Vacancy | None:
    """Return the vacancy, ours or not, that a notice of the same job belongs to; hidden ones take none.

    Two notices that come at once find each other: the second one waits here until the first is stored.
    """
    if not notice.number:
        return None
    found = _find(session, notice, audience)
    if found is not None:
        lock_vacancy(session, found)
        return found
    take_turn(session)
    return _find(session, notice, audience)


def _find(session: Session, notice: Notice, audience: str) -> Vacancy | None:
    return session.scalar(
        select(Vacancy)
        .where(
            Vacancy.employer_key == employer_key(notice.employer),
            Vacancy.number_key == number_key(notice.number),
            Vacancy.hidden.is_(False),
            Vacancy.audience == audience,
            Vacancy.state.in_(_UNDER_WAY),
        )
        .order_by(Vacancy.local.desc(), Vacancy.id)
        .limit(1)
    )


def is_of(vacancy: Vacancy, notice: Notice) -> bool:
    """Return whether a notice tells of this vacancy's job, by employer and number."""
    named = (employer_key(notice.employer), number_key(notice.number))
    return named == (vacancy.employer_key, vacancy.number_key)


def sources_of(session: Session, vacancy_id: int) -> Sequence[VacancySource]:
    """Return all notices of a vacancy, in the order in which they came."""
    statement = select(VacancySource).where(VacancySource.vacancy_id == vacancy_id)
    return session.scalars(statement.order_by(VacancySource.id)).all()


def settle(session: Session, vacancy: Vacancy) -> None:
    """Bring a vacancy in line with its sources: its closing date, and whether it is open.

    A vacancy of ours that another union knows a later date of is extended, and its post is changed once.
    """
    sources = sources_of(session, vacancy.id)
    if not vacancy.local and sources:
        _follow(vacancy, _leading(vacancy, sources))
    was_open = vacancy.state in OPEN_STATES
    alive = [each for each in sources if not each.ended]
    latest = _latest(session, vacancy, alive)
    if latest is not None and latest.closes_at != vacancy.closes_at:
        notice = replace(notice_of(vacancy), closes_at=latest.closes_at, closes_zone=latest.closes_zone)
        _put_off(session, vacancy, notice)
    if not vacancy.local and latest is not None and vacancy.state == VacancyState.CLOSED:
        _open_again(session, vacancy)
    if not vacancy.local and not alive and vacancy.state in OPEN_STATES:
        end_elsewhere(session, vacancy, VacancyState(sources[0].ended or VacancyState.CLOSED))
    touch(session, vacancy)
    session.flush()
    if not vacancy.hidden and vacancy.state in OPEN_STATES:
        schedule_closing(session, vacancy)
        emit(session, VacancyOpened(vacancy.id))
    elif was_open:
        emit(session, VacancyEnded(vacancy.id))


def _latest(session: Session, vacancy: Vacancy, alive: Sequence[VacancySource]) -> VacancySource | None:
    """Return the source whose closing date holds: the latest verified one, else the vacancy's own.

    What another notice says of the employer's sites counts for itself, not for this vacancy.
    """
    domains = official_domains(session, notice_of(vacancy), believed=not vacancy.local)
    verified = [
        each
        for each in alive
        if each.verified
        and (_leads(vacancy, each) or source_status(each.source_url, domains) is SourceStatus.VERIFIED)
    ]
    if verified:
        return max(verified, key=lambda source: source.closes_at)
    return next((each for each in alive if _leads(vacancy, each)), None)


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


def _open_again(session: Session, vacancy: Vacancy) -> None:
    """Open what closed here by the clock, and whose board says a later date since."""
    if vacancy.closes_at > now_of(session):
        reopen(session, vacancy)


def _leads(vacancy: Vacancy, source: VacancySource) -> bool:
    return source.post_id == vacancy.post_id


def _leading(vacancy: Vacancy, sources: Sequence[VacancySource]) -> VacancySource:
    """Return the notice that a vacancy of elsewhere is shown by: the one before while it is there.

    One on the employer's own site comes before one that is not.
    """
    return min(sources, key=lambda each: (not each.verified, not _leads(vacancy, each), each.id))


def _follow(vacancy: Vacancy, source: VacancySource) -> None:
    """Let a vacancy of elsewhere say what another of its notices says."""
    if _leads(vacancy, source):
        return
    vacancy.post_id, vacancy.board_id = source.post_id, source.board_id
    write_notice(vacancy, stored_notice(source.posting))
    vacancy.flags = [] if source.verified else [SOURCE_DOMAIN]
    vacancy.source_status = SourceStatus.VERIFIED if source.verified else SourceStatus.UNVERIFIED
