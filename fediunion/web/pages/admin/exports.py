"""/admin/exports: what two officers agreed to export is begun with a passphrase, and fetched once."""

import asyncio
import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from fediunion.backup.sealing import new_seal
from fediunion.db import now_of
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.models import Role
from fediunion.members.passwords import check_password
from fediunion.social.exports.models import Export
from fediunion.social.exports.service import begin_export, fetch
from fediunion.social.media.desk import MediaDesk
from fediunion.social.media.models import StoredFile
from fediunion.social.moderation.models import TwoPersonRequest
from fediunion.social.moderation.officers import Officer
from fediunion.social.moderation.two_persons import Act, get_request, may_take
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path
from fediunion.web.pages.admin.acting import read_as, write_as
from fediunion.web.render import page
from fediunion.web.routes import Who, require_step_up, see_other, sent, shown
from fediunion.web.visits import Visit

PATH: Final = "/admin/exports"
LIST: Final = "/admin/two-persons"
_NAMES: Final = {Act.KEY_EXPORT: "keys", Act.FULL_EXPORT: "everything"}
_DIFFER: Final = Sentence("The two passphrases differ.")
_BEGUN: Final = Sentence("The export is being made. Come back in a few minutes.")


async def show_form(visit: Visit) -> Response:
    """GET /admin/exports/{request}: what the export is sealed with. Raises NotFound without a permit."""
    if elsewhere := require_step_up(visit, back=f"{PATH}/{id_in_path(visit)}"):
        return elsewhere
    return await _form(visit)


async def begin(visit: Visit, form: Form) -> Response:
    """POST /admin/exports/{request}: uses the permit up, and has the file made by a job."""
    number = id_in_path(visit)
    if elsewhere := require_step_up(visit, back=f"{PATH}/{number}"):
        return elsewhere
    passphrase = form.get("password", "")
    try:
        checked = check_password(passphrase)
        if unicodedata.normalize("NFKC", form.get("again", "")) != checked:
            raise Invalid(_DIFFER, field="again")
    except Invalid as error:
        return await _form(visit, {error.field: sentence_of(error)})
    seal = await asyncio.to_thread(new_seal, checked)

    def work(session: Session, officer: Officer) -> None:
        begin_export(session, number, officer, seal)

    try:
        await write_as(visit, Role.ADMIN, work)
    except NotAllowed as error:
        raise NotFound(sentence_of(error)) from error
    return see_other(visit, LIST, _BEGUN)


async def send_export(visit: Visit, form: Form) -> Response:
    """POST /admin/exports/{id}/fetch: the file, this once, for who asked, after a proof. Raises NotFound."""
    del form
    number = id_in_path(visit)
    if elsewhere := require_step_up(visit, back=LIST):
        return elsewhere

    def work(session: Session, officer: Officer) -> tuple[Export, StoredFile]:
        return fetch(session, number, by=officer)

    export, file = await write_as(visit, Role.ADMIN, work)
    content = await visit.world.part(MediaDesk).storage.get(file.place, 0, file.size)
    made = f"{export.created_at:%Y-%m-%d}"
    name = f"{_NAMES[Act(export.act)]}-{made}.sealed"
    headers = {
        "content-length": str(file.size),
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    return StreamingResponse(content.chunks, 200, headers, "application/octet-stream")


async def _form(visit: Visit, problems: Mapping[str, str] = MappingProxyType({})) -> Response:
    number = id_in_path(visit)

    def load(session: Session, officer: Officer) -> TwoPersonRequest:
        row = get_request(session, number)
        if not may_take(row, officer, now_of(session)):
            raise NotFound(Sentence("There is no such request."))
        return row

    row = await read_as(visit, Role.ADMIN, load)
    return page(
        visit,
        "admin/export.html",
        status=422 if problems else 200,
        active="two-persons",
        of_keys=row.act == Act.KEY_EXPORT,
        request_id=number,
        problems=problems,
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(f"{PATH}/{{id:int}}", show_form, to=Who.ADMIN),
    sent(f"{PATH}/{{id:int}}", begin, to=Who.ADMIN),
    sent(f"{PATH}/{{id:int}}/fetch", send_export, to=Who.ADMIN),
)
