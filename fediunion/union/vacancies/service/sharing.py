"""Which vacancies a union is told of with whom they are shared from now on."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.db import now_of
from fediunion.union.affiliation.models import Trust
from fediunion.union.affiliation.sharing import Shared
from fediunion.union.vacancies.models import OPEN_STATES, Vacancy


def _list_open(session: Session, after: int, most: int) -> Sequence[tuple[int, int | None]]:
    ours = select(Vacancy.id, Vacancy.post_id).where(
        Vacancy.local.is_(True),
        Vacancy.state.in_(OPEN_STATES),
        Vacancy.closes_at > now_of(session),
        Vacancy.audience == Audience.PUBLIC,
        Vacancy.post_id.is_not(None),
        Vacancy.id > after,
    )
    return session.execute(ours.order_by(Vacancy.id).limit(most)).all()


SHARED_VACANCIES: Final = Shared(Trust.VACANCIES, "vacancies.tell_peer", _list_open)
