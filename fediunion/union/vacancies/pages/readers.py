"""Who looks at pages of vacancies, and for which boards that person publishes."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, ActorKind
from fediunion.kit.errors import NotFound
from fediunion.kit.sentences import Sentence
from fediunion.members.models import Role
from fediunion.members.rights import rank_of
from fediunion.social.institutions.queries import institutions_of
from fediunion.union.vacancies.queries import VacancyReader
from fediunion.web.visitors import Visitor
from fediunion.web.visits import Visit

KINDS = (ActorKind.UNION, ActorKind.BOARD)


def reader_of(session: Session, visitor: Visitor | None) -> VacancyReader:
    """Return what a visitor may see of vacancies."""
    if visitor is None:
        return VacancyReader()
    return VacancyReader(
        is_member=True,
        is_moderator=rank_of(visitor.role) >= rank_of(Role.MODERATOR),
        boards=frozenset(board.id for board in boards_of(session, visitor)),
    )


def boards_of(session: Session, visitor: Visitor) -> Sequence[Actor]:
    """Return the boards that a visitor publishes vacancies for: as an editor, or all of them as an officer.

    The union itself is one of them. They are in the order in which they were made.
    """
    if rank_of(visitor.role) >= rank_of(Role.ADMIN):
        all_boards = select(Actor).where(
            Actor.local.is_(True), Actor.kind.in_(KINDS), Actor.deleted_at.is_(None)
        )
        return session.scalars(all_boards.order_by(Actor.id)).all()
    return [each for each in institutions_of(session, visitor.member_id) if each.kind in KINDS]


def board_in_path(session: Session, visit: Visit) -> Actor:
    """Return the board that the path names. Raises NotFound where the member does not publish for it."""
    name = visit.request.path_params["name"]
    found = next((each for each in boards_of(session, visit.member) if each.username == name), None)
    if found is None:
        raise NotFound(Sentence("There is no such board."))
    return found


def is_officer(visit: Visit) -> bool:
    """Return whether the member decides about all boards, and confirms employers."""
    return rank_of(visit.member.role) >= rank_of(Role.ADMIN)
