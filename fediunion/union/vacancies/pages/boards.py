"""/boards: the boards that one publishes for, and what is on each: drafts, open vacancies, ended ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.models import Actor
from fediunion.union.vacancies.importing.csv_files import template
from fediunion.union.vacancies.models import ENDED_STATES, OPEN_STATES, Vacancy, VacancyState
from fediunion.union.vacancies.pages.drafts import BOARDS
from fediunion.union.vacancies.pages.readers import board_in_path, boards_of
from fediunion.union.vacancies.pages.shown import ShownVacancy
from fediunion.union.vacancies.queries import list_of_board
from fediunion.web.render import page
from fediunion.web.routes import Who, shown
from fediunion.web.visits import Visit

_MOST: Final = 200


@dataclass(frozen=True)
class BoardLine:
    """A board with how many vacancies it has in which state."""

    board: Actor
    drafts: int
    open: int
    ended: int


async def show_boards(visit: Visit) -> Response:
    """GET /boards: the boards that the member publishes for; what a board is, for who has none."""
    return page(
        visit, "vacancies/boards.html", active="vacancies", lines=await visit.world.db.read(_boards, visit)
    )


async def show_board(visit: Visit) -> Response:
    """GET /boards/{name}: its drafts, what is open, what has ended."""
    board, vacancies = await visit.world.db.read(_board, visit)
    return page(
        visit,
        "vacancies/board.html",
        active="vacancies",
        board=board,
        path=f"{BOARDS}/{board.username}",
        drafts=_in(vacancies, (VacancyState.DRAFT,)),
        opened=sorted(_in(vacancies, OPEN_STATES), key=lambda each: each.vacancy.closes_at),
        ended=_in(vacancies, ENDED_STATES),
        is_cut=len(vacancies) == _MOST,
    )


async def show_template(visit: Visit) -> Response:
    """GET /boards/template.csv: the table to fill in."""
    headers = {"content-disposition": 'attachment; filename="vacancies.csv"'}
    return Response(template(), media_type="text/csv", headers=headers)


def _in(vacancies: Sequence[Vacancy], states: Sequence[VacancyState]) -> list[ShownVacancy]:
    return [ShownVacancy(vacancy=each) for each in vacancies if each.state in states]


def _board(session: Session, visit: Visit) -> tuple[Actor, Sequence[Vacancy]]:
    board = board_in_path(session, visit)
    return board, list_of_board(session, board, most=_MOST)


def _boards(session: Session, visit: Visit) -> list[BoardLine]:
    boards = boards_of(session, visit.member)
    ids = [board.id for board in boards]
    rows = session.execute(
        select(Vacancy.board_id, Vacancy.state, func.count())
        .where(Vacancy.board_id.in_(ids), Vacancy.local.is_(True))
        .group_by(Vacancy.board_id, Vacancy.state)
    )
    counts: Mapping[tuple[int, str], int] = {(board_id, state): count for board_id, state, count in rows}

    def count(board: Actor, states: Sequence[VacancyState]) -> int:
        return sum(counts.get((board.id, state), 0) for state in states)

    return [
        BoardLine(
            board, count(board, (VacancyState.DRAFT,)), count(board, OPEN_STATES), count(board, ENDED_STATES)
        )
        for board in boards
    ]


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(BOARDS, show_boards, to=Who.MEMBER),
    shown(f"{BOARDS}/template.csv", show_template, to=Who.MEMBER),
    shown(f"{BOARDS}/{{name}}", show_board, to=Who.MEMBER),
)
