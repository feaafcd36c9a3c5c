"""/boards/{name}/import: a table or JSON with many vacancies, taken in row by row."""

import asyncio
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.models import Actor
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.union.importing import RowStatus
from fediunion.union.vacancies.importing.running import RowOutcome, import_file
from fediunion.union.vacancies.importing.taking import Wishes
from fediunion.union.vacancies.pages.drafts import BOARDS
from fediunion.union.vacancies.pages.readers import board_in_path, is_officer
from fediunion.web.forms import Form
from fediunion.web.render import page
from fediunion.web.routes import UPLOADS, Who, sent_with_files, shown
from fediunion.web.visits import Visit

MOST_BYTES: Final = 2 * 1_048_576
MOST_ROWS: Final = 500
_PATH: Final = f"{BOARDS}/{{name}}/import"
STATUSES: Final[Mapping[RowStatus, tuple[Sentence, str]]] = {
    RowStatus.PUBLISHED: (Sentence("Published"), "ok"),
    RowStatus.DRAFT: (Sentence("Draft"), ""),
    RowStatus.UPDATED: (Sentence("Changed"), "ok"),
    RowStatus.UNCHANGED: (Sentence("As it was"), ""),
    RowStatus.REFUSED: (Sentence("Refused"), "no"),
}
"""What became of a row: its word and the tone of its chip."""


async def show_import(visit: Visit) -> Response:
    """GET …/import: the form, and the table to fill in."""
    return _page(visit, await visit.world.db.read(board_in_path, visit))


async def take_import(visit: Visit, form: Form) -> Response:
    """POST …/import: takes the rows in, and shows what became of each."""
    board = await visit.world.db.read(board_in_path, visit)
    files = form.files("file")
    if not files or not files[0].size:
        return _page(visit, board, problems={"file": Sentence("Choose a file.")})
    if files[0].size > MOST_BYTES:
        too_large = Sentence(
            "A file has at most %(most)s bytes here; the command line takes more.", most=MOST_BYTES
        )
        return _page(visit, board, problems={"file": too_large})
    content = await asyncio.to_thread(files[0].path.read_bytes)
    wishes = Wishes(
        by=visit.member.handle,
        publishes=form.get("publishes", "") == "1",
        confirms=form.get("confirms", "") == "1" and is_officer(visit),
    )
    try:
        outcomes, is_cut = await _import(visit, content, board, wishes)
    except Invalid as error:
        return _page(visit, board, problems={"file": sentence_of(error)})
    return _page(visit, board, outcomes=outcomes, is_cut=is_cut)


async def _import(
    visit: Visit, content: bytes, board: Actor, wishes: Wishes
) -> tuple[list[RowOutcome], bool]:
    """Return what became of the first rows, and whether there are more of them."""
    outcomes: list[RowOutcome] = []
    running = import_file(visit.world, content, board.id, wishes)
    try:
        while len(outcomes) < MOST_ROWS:
            outcomes.append(await anext(running))
    except StopAsyncIteration:
        return outcomes, False
    finally:
        await running.aclose()
    return outcomes, True


def _page(
    visit: Visit,
    board: Actor,
    *,
    outcomes: Sequence[RowOutcome] | None = None,
    is_cut: bool = False,
    problems: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    path = f"{BOARDS}/{board.username}"
    return page(
        visit,
        "vacancies/import.html",
        status=422 if problems else 200,
        active="vacancies",
        board=board,
        path=path,
        action=f"{UPLOADS}boards/{board.username}/import",
        outcomes=outcomes,
        is_cut=is_cut,
        most_rows=MOST_ROWS,
        statuses=STATUSES,
        is_officer=is_officer(visit),
        problems=problems,
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(_PATH, show_import, to=Who.MEMBER),
    sent_with_files(f"{UPLOADS}boards/{{name}}/import", take_import, to=Who.MEMBER),
)
