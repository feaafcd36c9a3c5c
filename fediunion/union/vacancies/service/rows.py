"""The row of a vacancy and the notice in it: written together, numbered with every change."""

from datetime import datetime
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from fediunion.db import announce, insert_ignoring, now_of
from fediunion.kit.html import html_to_text
from fediunion.kit.words import folded_words
from fediunion.union.vacancies.models import Vacancy, VacancyRevision, VacancyState
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.posting import posting_of
from fediunion.union.vacancies.reading import stored_notice
from fediunion.world import CHANGED

VACANCIES: Final = "vacancies"
"""Announced as changed with every change of a vacancy."""

_ROW: Final = 1
_MOST_OF_A_KEY: Final = 300
"""Characters, of 4 bytes at most: two keys stand in one index, which takes 2,704 bytes on PostgreSQL."""


def lock_vacancy(session: Session, vacancy: Vacancy) -> None:
    """Wait for whoever else changes a vacancy now, and read what it is then; call it before deciding.

    Who needs the number of a change too takes that afterwards (`touch`): in one order, nobody waits for ever.
    """
    session.refresh(vacancy, with_for_update=True)


def notice_of(vacancy: Vacancy) -> Notice:
    """Return what a vacancy says."""
    return stored_notice(vacancy.posting)


def write_notice(vacancy: Vacancy, notice: Notice) -> None:
    """Let a vacancy say `notice`, in all the columns that repeat something of it."""
    before: datetime | None = vacancy.closes_at
    if before is not None and vacancy.state != VacancyState.DRAFT and notice.closes_at > before:
        vacancy.first_closes_at = vacancy.first_closes_at or before
    vacancy.posting = posting_of(notice)
    vacancy.title, vacancy.employer = notice.title, notice.employer
    vacancy.employer_key, vacancy.number_key = employer_key(notice.employer), number_key(notice.number)
    vacancy.source_url = notice.source_url
    vacancy.closes_at, vacancy.closes_zone = notice.closes_at, notice.closes_zone
    vacancy.words = words_of(notice)


def employer_key(name: str) -> str:
    """Return the name of an employer as it is compared, in 300 characters at most."""
    return folded_words(name)[:_MOST_OF_A_KEY]


def number_key(number: str) -> str:
    """Return the number of a job opening as it is compared, in 300 characters at most."""
    return folded_words(number)[:_MOST_OF_A_KEY]


def words_of(notice: Notice) -> str:
    """Return the words that a vacancy is found by, folded, in whatever language it is written."""
    texts = (notice.description_html, notice.responsibilities_html, notice.qualifications_html)
    return folded_words(
        " ".join(
            (
                *(notice.title, notice.employer, notice.department, notice.number, notice.grade),
                *(f"{station.city} {station.country}" for station in notice.stations),
                *(each.name for each in notice.occupations),
                *(html_to_text(text) for text in texts),
            )
        )
    )


def touch(session: Session, vacancy: Vacancy) -> None:
    """Number a change of a vacancy: call it last, whoever comes next waits until this is committed."""
    vacancy.revision = take_turn(session)
    vacancy.updated_at = now_of(session)
    announce(session, CHANGED, VACANCIES)


def take_turn(session: Session) -> int:
    """Return the next number of a change, once whoever has an earlier one is done."""
    insert_ignoring(session, VacancyRevision, [{"id": _ROW, "number": 0}])
    number: int = session.execute(
        update(VacancyRevision)
        .where(VacancyRevision.id == _ROW)
        .values(number=VacancyRevision.number + 1)
        .returning(VacancyRevision.number)
    ).scalar_one()
    return number
