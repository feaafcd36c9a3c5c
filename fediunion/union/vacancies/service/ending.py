"""How vacancies end: at their closing instant, before it, and 30 days after (row I8)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.db import emit, now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import NotAllowed
from fediunion.kit.sentences import Sentence
from fediunion.social.moderation.audit import record_audit
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service.publishing.composed import withdraw_from_holders
from fediunion.union.vacancies.events import VacancyEnded
from fediunion.union.vacancies.models import (
    ENDED_STATES,
    OPEN_STATES,
    SearchAnnouncement,
    SubscriptionMatch,
    Vacancy,
    VacancySource,
    VacancyState,
)
from fediunion.union.vacancies.service.publishing import retell, schedule_closing
from fediunion.union.vacancies.service.rows import lock_vacancy, notice_of, touch

SHOWN_AFTER_END: Final = timedelta(days=30)
REMOVE_JOB: Final = "vacancies.remove"
_AT_ONCE: Final = 100


def end_vacancy(session: Session, vacancy: Vacancy, state: VacancyState, *, by: str) -> None:
    """End an open vacancy of ours as closed, filled or withdrawn: one Update tells those who got it.

    A draft that is withdrawn is removed. Raises NotAllowed for what is not ours or has ended.
    """
    lock_vacancy(session, vacancy)
    if not vacancy.local or state not in ENDED_STATES:
        raise NotAllowed(Sentence("This vacancy cannot be ended here."))
    if vacancy.state == VacancyState.DRAFT and state == VacancyState.WITHDRAWN:
        session.delete(vacancy)
    elif vacancy.state in OPEN_STATES:
        _end(session, vacancy, state)
    else:
        raise NotAllowed(Sentence("This vacancy has ended already."))
    record_audit(session, by=by, action=f"vacancy.{state.value}", subject=vacancy.slug)


def close_due(session: Session, vacancy_id: int | None = None) -> int:
    """Close what is past its closing instant, one portion or just one vacancy; return how many.

    Of other unions' vacancies nobody is told: they tell it themselves.
    """
    due = select(Vacancy).where(Vacancy.state.in_(OPEN_STATES), Vacancy.closes_at <= now_of(session))
    if vacancy_id is not None:
        due = due.where(Vacancy.id == vacancy_id)
    found = session.scalars(due.order_by(Vacancy.closes_at).limit(_AT_ONCE).with_for_update()).all()
    for vacancy in found:
        _end(session, vacancy, VacancyState.CLOSED)
    return len(found)


def remove_due(session: Session, vacancy_id: int | None = None) -> int:
    """Remove what ended 30 days ago, one portion or just one vacancy; return how many.

    One Delete goes to those who were sent it.
    """
    until = now_of(session) - SHOWN_AFTER_END
    due = select(Vacancy).where(Vacancy.state.in_(ENDED_STATES), Vacancy.ended_at <= until)
    if vacancy_id is not None:
        due = due.where(Vacancy.id == vacancy_id)
    found: Sequence[Vacancy] = session.scalars(due.limit(_AT_ONCE).with_for_update()).all()
    for vacancy in found:
        remove_vacancy(session, vacancy)
    return len(found)


def remove_vacancy(session: Session, vacancy: Vacancy) -> None:
    """Take a vacancy out of everything: its number and employer stay, its words are gone."""
    if vacancy.local and vacancy.post_id is not None:
        post = find_post(session, vacancy.post_id)
        if post is not None and post.deleted_at is None:
            withdraw_from_holders(session, get_actor(session, vacancy.board_id), post)
    for table in (VacancySource, SearchAnnouncement, SubscriptionMatch):
        session.execute(delete(table).where(table.vacancy_id == vacancy.id))
    if vacancy.state == VacancyState.REMOVED:
        return
    vacancy.state = VacancyState.REMOVED
    vacancy.ended_at = vacancy.ended_at or now_of(session)
    vacancy.posting, vacancy.words, vacancy.flags = {}, "", []
    vacancy.title = vacancy.source_url = ""
    touch(session, vacancy)
    emit(session, VacancyEnded(vacancy.id))


def end_elsewhere(session: Session, vacancy: Vacancy, state: VacancyState) -> None:
    """Note that a vacancy of another union has ended, as all who tell of it say."""
    _end(session, vacancy, state)


def reopen(session: Session, vacancy: Vacancy) -> None:
    """Let a vacancy that closed by the clock be open again: a later date is known now."""
    vacancy.state, vacancy.ended_at = VacancyState.EXTENDED, None
    schedule_closing(session, vacancy)


def _end(session: Session, vacancy: Vacancy, state: VacancyState) -> None:
    # What is late is removed no later for it: the 30 days count from the closing instant.
    vacancy.state, vacancy.ended_at = state, min(now_of(session), vacancy.closes_at)
    if vacancy.local:
        retell(session, vacancy, notice_of(vacancy), only_to_holders=True)
    touch(session, vacancy)
    session.flush()
    schedule_removal(session, vacancy, vacancy.ended_at)
    emit(session, VacancyEnded(vacancy.id))


def schedule_removal(session: Session, vacancy: Vacancy, ended_at: datetime) -> None:
    """Have a vacancy looked at 30 days after its end; one that is open again is left alone then."""
    at = ended_at + SHOWN_AFTER_END
    key = f"remove_vacancy:{vacancy.id}:{at.timestamp():.0f}"
    enqueue(session, REMOVE_JOB, at=at, key=key, vacancy_id=vacancy.id)
