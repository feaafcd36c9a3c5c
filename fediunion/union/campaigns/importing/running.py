"""Importing a file of calls: each row in a unit of work of its own, what became of it told at once."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.union.campaigns.importing.files import MOST_ROWS, FileRow, rows_in
from fediunion.union.campaigns.importing.reading import (
    FileCall,
    identifier_of,
    is_signed_though_not_asked,
    read_row,
)
from fediunion.union.campaigns.importing.taking import Wishes, take_call
from fediunion.union.importing import RowStatus, too_many_rows
from fediunion.world import World


@dataclass(frozen=True, kw_only=True)
class RowOutcome:
    """What became of a row; `field` is that of a refused one, where it has one. `notes` are sentences.

    `identifier` is what the file calls the call.
    """

    row: int
    identifier: str
    status: RowStatus
    call_id: int | None = None
    field: str = ""
    notes: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Return field and reason of a refused row, of another what there is to say about it."""
        told = " ".join(self.notes)
        return f"{self.field}: {told}" if self.field else told


async def import_calls(
    world: World, content: bytes, actor_id: int, wishes: Wishes
) -> AsyncGenerator[RowOutcome, None]:
    """Take in the calls of a file for an institution of ours; give what became of each row, in order.

    What is done is committed row by row: stopped anywhere and begun again, nothing is done twice.
    Raises Invalid (field "file") for a file that cannot be read, before anything is done.
    """
    taken: set[int] = set()
    for row in rows_in(content):
        if row.number > MOST_ROWS:
            yield _refused(row, too_many_rows(MOST_ROWS))
            return
        outcome = await _import_row(world, row, actor_id, wishes, taken)
        if outcome.call_id is not None:
            taken.add(outcome.call_id)
        yield outcome


async def _import_row(
    world: World, row: FileRow, actor_id: int, wishes: Wishes, taken: set[int]
) -> RowOutcome:
    if row.call is None:
        return _refused(row, row.fault or Invalid(Sentence("This is no call.")))
    try:
        told = read_row(row, world.clock.now())
        found = await world.db.write(take_call, actor_id, told, wishes, others=taken)
    except (Invalid, NotAllowed) as error:
        return _refused(row, error)
    notes = (found.reason, *_notes(row, told, wishes))
    return RowOutcome(
        row=row.number,
        identifier=told.key,
        status=found.status,
        call_id=found.id,
        notes=tuple(note for note in notes if note),
    )


def _notes(row: FileRow, told: FileCall, wishes: Wishes) -> list[Sentence]:
    notes = []
    if told.left_out:
        names = ", ".join(told.left_out)
        notes.append(Sentence("Left out, for calls cannot ask for it here: %(names)s.", names=names))
    if is_signed_though_not_asked(row.call or {}):
        notes.append(Sentence("It asks for no signature; as every call it can be signed."))
    return notes


def _refused(row: FileRow, error: Invalid | NotAllowed) -> RowOutcome:
    return RowOutcome(
        row=row.number,
        identifier=identifier_of(row.call or {}),
        status=RowStatus.REFUSED,
        field=getattr(error, "field", ""),
        notes=(sentence_of(error),),
    )
