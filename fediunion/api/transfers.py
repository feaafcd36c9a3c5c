"""Taking along what a member follows, blocks, mutes, lists and keeps: files as Mastodon has them."""

import asyncio
from typing import Final

from sqlalchemy.orm import Session

from fediunion.api.endpoint import Answer, Call, Endpoint, Json, get, post
from fediunion.api.mastodon.entities.frame import Entity, instant, maybe_instant
from fediunion.api.mastodon.media import file_in
from fediunion.kit.errors import Invalid, NotFound
from fediunion.social.transfers.csv_files import FILES, beginning_of, file_of, rows_in
from fediunion.social.transfers.models import Kind
from fediunion.social.transfers.queries import Progress, exported_rows, get_progress, list_imports
from fediunion.social.transfers.service import begin_import

_MODES: Final = ("merge", "overwrite")


async def export_file(call: Call) -> Answer:
    """Give one of the member's files."""
    name = call.open_parts["name"]
    kind = FILES.get(name)
    if kind is None:
        raise NotFound("There is no such file.")
    rows = await call.world.db.read(exported_rows, call.member.actor_id, kind)
    return Answer(
        file_of(kind, rows),
        headers=(
            (b"content-type", b"text/csv; charset=utf-8"),
            (b"content-disposition", b'attachment; filename="%b"' % name.encode("ascii")),
        ),
    )


async def begin(call: Call) -> Json:
    """Take a file of the member's and bring what is in it, step by step."""
    caller, params = call.member, call.params
    kind = Kind(params.word("type", [str(each) for each in Kind], ""))
    overwrites = params.word("mode", _MODES, _MODES[0]) == "overwrite"
    file = file_in(params, "file")
    if file is None:
        raise Invalid("A file is needed.", field="file")
    rows = await asyncio.to_thread(lambda: rows_in(kind, beginning_of(file.path)))

    def unit(session: Session) -> Entity:
        made = begin_import(session, caller.actor_id, kind, rows, overwrites=overwrites)
        session.flush()
        return import_entity(get_progress(session, caller.actor_id, made.id))

    return await call.world.db.write(unit)


async def show_imports(call: Call) -> Json:
    """Show how far the member's imports are."""
    return [import_entity(each) for each in await call.world.db.read(list_imports, call.member.actor_id)]


async def show_import(call: Call) -> Json:
    """Show how far an import is, and what could not be brought."""
    return import_entity(await call.world.db.read(get_progress, call.member.actor_id, call.id))


def import_entity(progress: Progress) -> Entity:
    """Return an import as apps read it; an extension of ours."""
    row = progress.row
    return {
        "id": str(row.id),
        "type": row.kind,
        "mode": _MODES[row.overwrites],
        "state": row.state,
        "total": row.rows_count,
        "imported": progress.done,
        "failed": progress.failed,
        "failures": [{"subject": subject, "error": problem} for subject, problem in progress.failures],
        "created_at": instant(row.created_at),
        "finished_at": maybe_instant(row.finished_at),
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/fediunion/exports/:name", export_file, "read"),
    post("/api/fediunion/imports", begin, "write", takes_files=True),
    get("/api/fediunion/imports", show_imports, "read"),
    get("/api/fediunion/imports/:id", show_import, "read"),
)
