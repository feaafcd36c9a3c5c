"""/settings/transfers: the lists of a member as CSV files, to take along and to bring."""

import asyncio
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.social.transfers.csv_files import FILES, beginning_of, file_of, rows_in
from fediunion.social.transfers.models import Import, ImportState, Kind
from fediunion.social.transfers.queries import exported_rows, get_progress, list_imports
from fediunion.social.transfers.service import begin_import
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent_with_files, shown
from fediunion.web.visits import Visit

PATH: Final = "/settings/transfers"
UPLOAD_PATH: Final = "/uploads/transfers"
_LABELS: Final = {
    Kind.FOLLOWING: Sentence("Whom you follow"),
    Kind.LISTS: Sentence("Your lists"),
    Kind.MUTING: Sentence("Whom you mute"),
    Kind.BLOCKING: Sentence("Whom you block"),
    Kind.DOMAIN_BLOCKING: Sentence("Servers that you refuse"),
    Kind.BOOKMARKS: Sentence("Bookmarks"),
}
_STATES: Final = {
    ImportState.ADDING: Sentence("Under way"),
    ImportState.REMOVING: Sentence("Ending what is not in the file"),
    ImportState.FINISHED: Sentence("Finished"),
}
_NO_FILE: Final = Sentence("Choose a file.")


async def show_transfers(visit: Visit) -> Response:
    """GET /settings/transfers: files to fetch, the form for one to bring, and how far earlier ones are."""
    return await _page(visit)


async def _page(
    visit: Visit, kind: str = "", overwrites: str = "", problems: Mapping[str, str] = MappingProxyType({})
) -> Response:
    imports = await visit.world.db.read(list_imports, visit.member.actor_id)
    return page(
        visit,
        "transfers/transfers.html",
        status=422 if problems else 200,
        active="settings",
        files=[(f"{PATH}/{name}", _LABELS[each]) for name, each in FILES.items()],
        kinds=list(_LABELS.items()),
        kind=kind,
        overwrites=overwrites,
        imports=[
            (each, _LABELS[Kind(each.row.kind)], _STATES[ImportState(each.row.state)]) for each in imports
        ],
        problems=problems,
    )


async def send_file(visit: Visit) -> Response:
    """GET /settings/transfers/{name}: one of the files. Raises NotFound."""
    name = visit.request.path_params["name"]
    kind = FILES.get(name)
    if kind is None:
        raise NotFound("There is no such file.")
    rows = await visit.world.db.read(exported_rows, visit.member.actor_id, kind)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(file_of(kind, rows), headers=headers, media_type="text/csv; charset=utf-8")


async def show_import(visit: Visit) -> Response:
    """GET /settings/transfers/imports/{id}: how far an import is, and what failed. Raises NotFound."""
    number = id_in_path(visit)
    progress = await visit.world.db.read(get_progress, visit.member.actor_id, number)
    return page(
        visit,
        "transfers/import.html",
        active="settings",
        progress=progress,
        label=_LABELS[Kind(progress.row.kind)],
        state=_STATES[ImportState(progress.row.state)],
        finished=progress.row.state == ImportState.FINISHED,
    )


async def take_file(visit: Visit, form: Form) -> Response:
    """POST /uploads/transfers: takes a file and begins to bring what is in it, or shows what is wrong."""
    wanted, mode = form.get("kind", ""), form.get("overwrites", "")
    files = [file for file in form.files("file") if file.size]
    if not files or wanted not in set(Kind):
        return await _page(visit, wanted, mode, {"file": _NO_FILE})
    kind, path = Kind(wanted), files[0].path

    def unit(session: Session) -> Import:
        return begin_import(session, visit.member.actor_id, kind, rows, overwrites=mode == "1")

    try:
        rows = await asyncio.to_thread(lambda: rows_in(kind, beginning_of(path)))
        made = await visit.world.db.write(unit)
    except Invalid as error:
        return await _page(visit, wanted, mode, {"file": sentence_of(error)})
    return see_other(visit, f"{PATH}/imports/{made.id}")


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_transfers, to=Who.MEMBER),
    shown(f"{PATH}/imports/{{id:int}}", show_import, to=Who.MEMBER),
    shown(f"{PATH}/{{name}}", send_file, to=Who.MEMBER),
    sent_with_files(UPLOAD_PATH, take_file, to=Who.MEMBER),
)
