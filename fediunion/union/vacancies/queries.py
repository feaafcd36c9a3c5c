"""Vacancies as they are looked at: who may see which, and which unions tell of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.kit.errors import Gone, NotFound
from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.models import OPEN_STATES, Vacancy, VacancySource, VacancyState

MOST_OWN: Final = 1000
_NOTHING: Final = Sentence("There is no such vacancy.")


@dataclass(frozen=True)
class VacancyReader:
    """Who looks: anybody, a member, or who moderates here. `boards` are those that one publishes for."""

    is_member: bool = False
    is_moderator: bool = False
    boards: frozenset[int] = frozenset()

    def may_see(self, vacancy: Vacancy) -> bool:
        """Return whether this reader is shown a vacancy that was published, in whatever state.

        What looks like a fraud is for moderators, what is for the network for members (row J3).
        """
        own = vacancy.board_id in self.boards
        if vacancy.state == VacancyState.DRAFT:
            return own
        if vacancy.hidden and not self.is_moderator:
            return False
        audience = Audience(vacancy.audience)
        return audience.is_public or own or (audience is Audience.NETWORK and self.is_member)


@dataclass(frozen=True)
class Telling:
    """A union's notice of a vacancy, and the board that told it."""

    source: VacancySource
    board: Actor


def get_vacancy(session: Session, slug: str, reader: VacancyReader) -> Vacancy:
    """Return a vacancy of ours or of another union that `reader` may see.

    Raises NotFound alike for none and for one that the reader may not see, Gone for one that was removed.
    """
    vacancy = session.scalar(select(Vacancy).where(Vacancy.slug == slug))
    if vacancy is None or not reader.may_see(vacancy):
        raise NotFound(_NOTHING)
    if vacancy.state == VacancyState.REMOVED:
        raise Gone(Sentence("This vacancy is over, and was removed."))
    return vacancy


def find_board_of(session: Session, slug: str) -> Actor | None:
    """Return the board whose vacancy that is, in whatever state; None for none of ours."""
    statement = select(Actor).join(Vacancy, Vacancy.board_id == Actor.id)
    return session.scalar(statement.where(Vacancy.slug == slug, Vacancy.local.is_(True)))


def find_own_vacancy(session: Session, board: Actor, slug: str) -> Vacancy | None:
    """Return a vacancy of a board of ours, in whatever state but removed."""
    statement = select(Vacancy).where(Vacancy.slug == slug, Vacancy.board_id == board.id)
    return session.scalar(statement.where(Vacancy.local.is_(True), Vacancy.state != VacancyState.REMOVED))


def list_of_board(session: Session, board: Actor, *, most: int = 200) -> Sequence[Vacancy]:
    """Return the newest vacancies of a board of ours: drafts, open and ended ones, the newest first."""
    statement = select(Vacancy).where(
        Vacancy.board_id == board.id, Vacancy.local.is_(True), Vacancy.state != VacancyState.REMOVED
    )
    return session.scalars(statement.order_by(Vacancy.id.desc()).limit(most)).all()


def list_vacancies(session: Session, ids: Sequence[int]) -> list[Vacancy]:
    """Return vacancies by their ids, in that order; those that are gone are left out."""
    found = {each.id: each for each in session.scalars(select(Vacancy).where(Vacancy.id.in_(ids)))}
    return [found[each] for each in ids if each in found]


def tellings_of(session: Session, vacancy_ids: Collection[int]) -> Mapping[int, Sequence[Telling]]:
    """Return who tells of each of some vacancies, in the order in which they told it; in one statement."""
    rows = session.execute(
        select(VacancySource, Actor)
        .join(Actor, Actor.id == VacancySource.board_id)
        .where(VacancySource.vacancy_id.in_(vacancy_ids))
        .order_by(VacancySource.id)
    )
    found: dict[int, list[Telling]] = defaultdict(list)
    for source, board in rows:
        found[source.vacancy_id].append(Telling(source, board))
    return found


def get_vacancy_here(session: Session, slug: str) -> Vacancy:
    """Return a vacancy for whoever runs the instance, whatever its state but removed; raise NotFound."""
    found = session.scalar(select(Vacancy).where(Vacancy.slug == slug))
    if found is None or found.state == VacancyState.REMOVED:
        raise NotFound(_NOTHING)
    return found


def list_own(
    session: Session, *, board_id: int | None = None, state: str | None = None, limit: int = MOST_OWN
) -> Sequence[Vacancy]:
    """Return vacancies of our boards, drafts too, the newest first."""
    own = select(Vacancy).where(Vacancy.local.is_(True), Vacancy.state != VacancyState.REMOVED)
    if board_id is not None:
        own = own.where(Vacancy.board_id == board_id)
    if state is not None:
        own = own.where(Vacancy.state == state)
    return session.scalars(own.order_by(Vacancy.id.desc()).limit(limit)).all()


def count_by_board(session: Session) -> Mapping[int, int]:
    """Return how many vacancies each board of ours has open."""
    counted = select(Vacancy.board_id, func.count()).where(
        Vacancy.local.is_(True), Vacancy.state.in_(OPEN_STATES)
    )
    return {row[0]: row[1] for row in session.execute(counted.group_by(Vacancy.board_id))}
