"""Vacancies on pages of other things: on the first page, and in the place of posts that tell of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.db import now_of
from fediunion.feature import FrontPart, PostCards
from fediunion.union.vacancies.models import OPEN_STATES, Vacancy, VacancySource, VacancyState
from fediunion.union.vacancies.pages.shown import ShownVacancy
from fediunion.union.vacancies.terms.source import SourceStatus

_ON_FRONT: Final = 4


@dataclass(frozen=True)
class _Front:
    items: Sequence[ShownVacancy]


def _front(session: Session) -> _Front | None:
    """Return the verified vacancies that close next and anybody may see; None where there are none."""
    open_to_all = (
        Vacancy.state.in_(OPEN_STATES),
        Vacancy.closes_at > now_of(session),
        Vacancy.hidden.is_(False),
        Vacancy.audience == Audience.PUBLIC,
        Vacancy.source_status == SourceStatus.VERIFIED,
    )
    found = session.scalars(
        select(Vacancy).where(*open_to_all).order_by(Vacancy.closes_at, Vacancy.id).limit(_ON_FRONT)
    ).all()
    return _Front([ShownVacancy(vacancy=each) for each in found]) if found else None


def _cards(session: Session, post_ids: Collection[int]) -> Mapping[int, ShownVacancy]:
    """Return the vacancies that posts tell of, by post; who may see the post may see what it says."""
    rows = session.execute(
        select(VacancySource.post_id, Vacancy)
        .join(Vacancy, Vacancy.id == VacancySource.vacancy_id)
        .where(
            VacancySource.post_id.in_(post_ids),
            Vacancy.hidden.is_(False),
            Vacancy.state != VacancyState.REMOVED,
        )
    )
    return {post_id: ShownVacancy(vacancy=vacancy) for post_id, vacancy in rows if post_id is not None}


FRONT: Final = FrontPart("vacancies/front.html", _front)
CARDS: Final = PostCards("vacancies/card.html", _cards, lambda extension: "vacancy" in extension)
