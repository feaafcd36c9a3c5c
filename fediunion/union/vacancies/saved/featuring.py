"""What boards and searches show first: what closes within a week."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.db import insert_ignoring, now_of
from fediunion.kit.ids import new_id
from fediunion.kit.json import JsonObject
from fediunion.social.posts.models import Pin
from fediunion.union.vacancies.models import OPEN_STATES, SearchAnnouncement, Vacancy, VacancySearch
from fediunion.world import World

FEATURE_JOB: Final = "vacancies.feature"
CLOSING_SOON: Final = timedelta(days=7)


async def feature(world: World, _payload: JsonObject) -> None:
    """Renew what boards and searches show first."""
    await world.db.write(renew_featured)


def renew_featured(session: Session) -> None:
    """Pin what closes within a week, and unpin what has closed or was put off; other pins are left alone."""
    now = now_of(session)
    soon = (
        Vacancy.state.in_(OPEN_STATES),
        Vacancy.closes_at > now,
        Vacancy.closes_at <= now + CLOSING_SOON,
        Vacancy.hidden.is_(False),
        Vacancy.audience == Audience.PUBLIC,
        Vacancy.post_id.is_not(None),
    )
    on_boards = select(Vacancy.board_id, Vacancy.post_id).where(Vacancy.local.is_(True), *soon)
    in_searches = (
        select(VacancySearch.actor_id, Vacancy.post_id)
        .join(SearchAnnouncement, SearchAnnouncement.search_id == VacancySearch.id)
        .join(Vacancy, Vacancy.id == SearchAnnouncement.vacancy_id)
        .where(VacancySearch.actor_id.is_not(None), *soon)
    )
    rows = [*session.execute(on_boards), *session.execute(in_searches)]
    wanted = {(actor_id, post_id) for actor_id, post_id in rows}
    told = select(Vacancy.post_id).where(Vacancy.post_id.is_not(None))
    pins = session.execute(select(Pin.actor_id, Pin.post_id).where(Pin.post_id.in_(told)))
    pinned = {(row[0], row[1]) for row in pins}
    for actor_id, post_id in pinned - wanted:
        session.execute(delete(Pin).where(Pin.actor_id == actor_id, Pin.post_id == post_id))
    new = [
        {"id": new_id(), "actor_id": actor_id, "post_id": post_id, "created_at": now}
        for actor_id, post_id in sorted(wanted - pinned)
    ]
    insert_ignoring(session, Pin, new)
