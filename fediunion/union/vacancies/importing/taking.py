"""What becomes of one record of a file: a draft, a vacancy, a change of one, or nothing."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.kit.errors import Invalid
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.union.importing import RowStatus, Taken
from fediunion.union.vacancies.models import OPEN_STATES, Vacancy, VacancySource, VacancyState
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.posting import posting_of
from fediunion.union.vacancies.reading import read_notice
from fediunion.union.vacancies.service import change_notice, create_draft, publish_vacancy
from fediunion.union.vacancies.service.employers import find_employer
from fediunion.union.vacancies.service.past import record_closed, reopen_with
from fediunion.union.vacancies.service.rows import employer_key, notice_of, number_key
from fediunion.union.vacancies.service.verifying import verify_employer
from fediunion.union.vacancies.terms.source import SourceStatus, normal_domain


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How records are taken in: by whom (for the log), published or as drafts.

    With `confirms` the employers' domains in the file are believed: it is an operator's or an officer's.
    `watched`: they are of a page that nobody has looked at. Then nothing is published whose source is not
    verified, and what has closed is left alone.
    """

    by: str
    publishes: bool = False
    confirms: bool = False
    watched: bool = False
    confirmed_by: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "confirmed_by", f"{self.by} (import)")

    def publish(self, vacancy: Vacancy) -> bool:
        """Return whether a draft is to be published."""
        return self.publishes and (not self.watched or vacancy.source_status == SourceStatus.VERIFIED)


_UNVERIFIED: Final = Sentence(
    "The source is not on the employer's own site: shown as unverified, and sent to nobody."
)
_CLOSED: Final = Sentence("It has closed already: shown as closed, and sent to nobody.")
_TWICE: Final = Sentence("An earlier row of the file is about the same vacancy, and says something else.")
_ENDED: Final = Sentence("It has ended here, and is not changed any more.")


def take_posting(
    session: Session,
    board_id: int,
    posting: JsonObject,
    wishes: Wishes,
    *,
    others: AbstractSet[int] = frozenset(),
) -> Taken:
    """Take a JobPosting of a file in, read strictly; as `take_notice`. Raises BadNotice too."""
    now = now_of(session)
    notice = read_notice(posting, now=now, past=True)
    if notice.closes_at > now:
        read_notice(posting, now=now)  # refuses what is too far ahead
    return take_notice(
        session, board_id, notice, wishes, others=others, dated=bool(posting.get("datePosted"))
    )


def take_notice(
    session: Session,
    board_id: int,
    notice: Notice,
    wishes: Wishes,
    *,
    dated: bool,
    others: AbstractSet[int] = frozenset(),
) -> Taken:
    """Take a notice in on a board of ours, or see that it is there; do it twice and nothing more happens.

    One of the same employer and number on this board is the same, without a number one of the same source
    address. `dated`: it says itself when it was posted. `others` are the vacancies of other records of the
    same file: they cannot be this one too. Raises Invalid and NotAllowed as the services; then the unit of
    work is to be undone.
    """
    now = now_of(session)
    # Two that import at once would both find nothing.
    board = session.get_one(Actor, board_id, with_for_update=True)
    known = find_on_board(session, board, notice)
    if known is not None:
        if not dated:
            notice = replace(notice, posted_on=notice_of(known).posted_on)
        if is_told(session, known, notice):
            return _publish_unchanged(session, known, wishes)
        if known.id in others:
            raise Invalid(_TWICE, field="identifier", reason="twice")
    if notice.closes_at <= now and not (known is None and wishes.publishes and not wishes.watched):
        raise Invalid(Sentence("The closing date has passed."), field="validThrough", reason="past")
    if wishes.confirms:
        _confirm(session, notice, wishes)
    if known is None:
        return _take_new(session, board, notice, wishes)
    return _change(session, known, notice, wishes)


def find_on_board(session: Session, board: Actor, notice: Notice) -> Vacancy | None:
    """Return the vacancy that a board of ours told of this job, not one that was removed; else None."""
    same = select(Vacancy).where(
        Vacancy.local.is_(True), Vacancy.board_id == board.id, Vacancy.state != VacancyState.REMOVED
    )
    if notice.number:
        same = same.where(
            Vacancy.employer_key == employer_key(notice.employer),
            Vacancy.number_key == number_key(notice.number),
        )
    else:
        same = same.where(Vacancy.source_url == notice.source_url)
    return session.scalar(same.order_by(Vacancy.id.desc()).limit(1))


def is_told(session: Session, vacancy: Vacancy, notice: Notice) -> bool:
    """Return whether a vacancy of ours says this already, whatever later date other unions know."""
    source = None
    if vacancy.post_id is not None:
        source = session.scalar(select(VacancySource).where(VacancySource.post_id == vacancy.post_id))
    told: Mapping[str, object] = vacancy.posting if source is None else source.posting
    return posting_of(notice) == told


def _publish_unchanged(session: Session, vacancy: Vacancy, wishes: Wishes) -> Taken:
    if vacancy.state != VacancyState.DRAFT or not wishes.publish(vacancy):
        return Taken(RowStatus.UNCHANGED, vacancy.id)
    publish_vacancy(session, vacancy, by=wishes.by)
    return _published(vacancy)


def _take_new(session: Session, board: Actor, notice: Notice, wishes: Wishes) -> Taken:
    if notice.closes_at <= now_of(session):
        closed = record_closed(session, board, notice, by=wishes.by)
        return Taken(RowStatus.PUBLISHED, closed.id, _CLOSED)
    vacancy = create_draft(session, board, notice, by=wishes.by)
    if not wishes.publish(vacancy):
        return Taken(RowStatus.DRAFT, vacancy.id)
    publish_vacancy(session, vacancy, by=wishes.by)
    return _published(vacancy)


def _change(session: Session, vacancy: Vacancy, notice: Notice, wishes: Wishes) -> Taken:
    if vacancy.state == VacancyState.CLOSED:
        reopen_with(session, vacancy, notice, by=wishes.by)
    elif vacancy.state in (VacancyState.DRAFT, *OPEN_STATES):
        change_notice(session, vacancy, notice, by=wishes.by)
    else:
        raise Invalid(_ENDED, reason="ended")
    if vacancy.state == VacancyState.DRAFT and wishes.publish(vacancy):
        publish_vacancy(session, vacancy, by=wishes.by)
        return _published(vacancy)
    return Taken(RowStatus.UPDATED, vacancy.id)


def _published(vacancy: Vacancy) -> Taken:
    verified = vacancy.source_status == SourceStatus.VERIFIED
    return Taken(RowStatus.PUBLISHED, vacancy.id, None if verified else _UNVERIFIED)


def _confirm(session: Session, notice: Notice, wishes: Wishes) -> None:
    """Note the employer's sites as the file has them; what an officer said otherwise stands."""
    told = notice.verified_domains or ((notice.site,) if notice.site else ())
    known = find_employer(session, notice.employer)
    by_import = known is not None and known.confirmed_by == wishes.confirmed_by
    if not told or (known is not None and known.ours and not by_import):
        return
    before = list(known.domains) if known is not None and by_import else []
    if not set(map(normal_domain, told)) <= set(before):
        verify_employer(session, notice.employer, [*before, *told], by=wishes.confirmed_by)
