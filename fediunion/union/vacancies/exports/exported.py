"""A vacancy as it leaves in whatever format: what is known of it, with addresses that last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.db import settings_of
from fediunion.kit.json import JsonObject
from fediunion.union.vacancies.models import ENDED_STATES, OPEN_STATES, Vacancy, VacancyState
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.posting import CONTEXT, posting_of
from fediunion.union.vacancies.reading import stored_notice
from fediunion.union.vacancies.wording import page_url

_SHOWN: Final = (*OPEN_STATES, *ENDED_STATES)


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A vacancy that anybody may see. `page` is its page here, and its id in every format for all time.

    `state` is open, closed, filled or withdrawn; `board` the handle of the board that told of it first.
    """

    page: str
    state: str
    notice: Notice
    source_status: str
    board: str
    board_name: str
    board_url: str
    posted_at: datetime
    updated_at: datetime

    @property
    def is_open(self) -> bool:
        """Return whether one can still apply."""
        return self.state == VacancyState.OPEN


def exported(session: Session, vacancies: Iterable[Vacancy], *, members: bool = False) -> list[Exported]:
    """Return those of some vacancies that anybody may see, as they leave, in their order (row V08).

    For `members` what is for the network is among them.
    """
    audiences = {Audience.PUBLIC, Audience.UNLISTED, *([Audience.NETWORK] if members else [])}
    shown = [
        each for each in vacancies if each.state in _SHOWN and not each.hidden and each.audience in audiences
    ]
    base_url = settings_of(session).base_url
    ids = {each.board_id for each in shown}
    boards = {each.id: each for each in session.scalars(select(Actor).where(Actor.id.in_(ids)))}
    return [_exported(each, boards[each.board_id], base_url) for each in shown]


def job_posting(each: Exported, *, alone: bool = False) -> JsonObject:
    """Return a vacancy as JobPosting with its id, state and sources; `alone` with its `@context`."""
    context: JsonObject = {"@context": CONTEXT} if alone else {}
    return {
        **context,
        "@id": f"{each.page}#posting",
        **posting_of(each.notice),
        "mainEntityOfPage": each.page,
        "fu:status": each.state,
        "fu:sourceStatus": each.source_status,
        "fu:postedBy": f"acct:{each.board.removeprefix('@')}",
    }


def last_change(vacancies: Sequence[Exported], otherwise: datetime) -> datetime:
    """Return when the newest of these changed."""
    return max((each.updated_at for each in vacancies), default=otherwise)


def _exported(vacancy: Vacancy, board: Actor, base_url: str) -> Exported:
    state = VacancyState(vacancy.state)
    handle = f"@{board.username}@{board.handle_host}"
    return Exported(
        page=page_url(vacancy, base_url),
        state=VacancyState.OPEN.value if state in OPEN_STATES else state.value,
        notice=stored_notice(vacancy.posting),
        source_status=vacancy.source_status,
        board=handle,
        board_name=board.display_name or handle,
        board_url=board.url or board.uri,
        posted_at=vacancy.posted_at,
        updated_at=vacancy.updated_at,
    )
