"""Importing a file: each record in a unit of work of its own, what became of it told at once."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Final

from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.sentences import sentence_of
from fediunion.union.importing import RowStatus, too_many_rows
from fediunion.union.vacancies.importing.files import rows_in
from fediunion.union.vacancies.importing.rows import MOST_ROWS, FileRow
from fediunion.union.vacancies.importing.taking import Wishes, take_posting
from fediunion.union.vacancies.json_values import first_object, first_text
from fediunion.union.vacancies.reading import BadNotice
from fediunion.world import World

_LONGEST_IDENTIFIER: Final = 200


@dataclass(frozen=True, kw_only=True)
class RowOutcome:
    """What became of a record of a file. `faults` are of a refused one, by the name that the file has for it.

    `identifier` is the employer's number, else the source address, else the title.
    """

    row: int
    line: int
    identifier: str
    status: RowStatus
    vacancy_id: int | None = None
    note: str = ""
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def reason(self) -> str:
        """Return line, fields and reasons of a refused record, of another what there is to say about it."""
        if not self.faults:
            return self.note
        told = "; ".join(f"{field}: {why}" if field else why for field, why in self.faults)
        return f"line {self.line}: {told}"


async def import_file(
    world: World, content: bytes, board_id: int, wishes: Wishes
) -> AsyncGenerator[RowOutcome, None]:
    """Take in the vacancies of a file on a board of ours; give what became of each record, in order.

    What is done is committed record by record: stopped anywhere and begun again, nothing is done twice.
    Raises Invalid (field "file") for a file that cannot be read, before anything is done.
    """
    taken: set[int] = set()
    for row in rows_in(content):
        if row.number > MOST_ROWS:
            yield _refused(row, {"": sentence_of(too_many_rows(MOST_ROWS))})
            return
        outcome = await _import_row(world, row, board_id, wishes, taken)
        if outcome.vacancy_id is not None:
            taken.add(outcome.vacancy_id)
        yield outcome


async def _import_row(
    world: World, row: FileRow, board_id: int, wishes: Wishes, taken: set[int]
) -> RowOutcome:
    if row.posting is None:
        return _refused(row, row.faults)
    try:
        found = await world.db.write(take_posting, board_id, row.posting, wishes, others=taken)
    except BadNotice as error:
        return _refused(row, error.faults)
    except (Invalid, NotAllowed) as error:
        return _refused(row, {getattr(error, "field", ""): sentence_of(error)})
    return RowOutcome(
        row=row.number,
        line=row.line,
        identifier=_identifier(row),
        status=found.status,
        vacancy_id=found.id,
        note=found.reason or "",
    )


def _refused(row: FileRow, faults: Mapping[str, str]) -> RowOutcome:
    return RowOutcome(
        row=row.number,
        line=row.line,
        identifier=_identifier(row),
        status=RowStatus.REFUSED,
        faults=tuple((row.names.get(field, field), why) for field, why in faults.items()),
    )


def _identifier(row: FileRow) -> str:
    posting = row.posting or {}
    given = posting.get("identifier")
    number = first_text(first_object(given).get("value")) or first_text(given)
    text = number or first_text(posting.get("url")) or first_text(posting.get("title"))
    return " ".join(text.split())[:_LONGEST_IDENTIFIER]
