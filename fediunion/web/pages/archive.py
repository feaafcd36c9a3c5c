"""/settings/archive: everything that the server has of a member, as one file."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.social.archives.models import Archive, ArchiveState
from fediunion.social.archives.service import begin_archive, find_latest, get_archive_file
from fediunion.social.media.desk import MediaDesk
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path
from fediunion.web.render import page
from fediunion.web.routes import Who, require_step_up, see_other, sent, shown
from fediunion.web.rows import own_actor
from fediunion.web.visits import Visit

PATH: Final = "/settings/archive"
_BEGUN: Final = Sentence("Your archive is being made. Come back in a few minutes.")


async def show_archive(visit: Visit) -> Response:
    """GET /settings/archive: the latest archive and how far it is, or the form for one."""
    return await _page(visit)


async def _page(visit: Visit, problem: str = "") -> Response:
    archive = await visit.world.db.read(find_latest, visit.member.actor_id)
    return page(
        visit,
        "archive/archive.html",
        status=422 if problem else 200,
        active="settings",
        archive=archive,
        working=archive is not None and archive.state == ArchiveState.WORKING,
        ready=archive is not None and archive.state == ArchiveState.READY,
        problem=problem,
    )


async def begin(visit: Visit, form: Form) -> Response:
    """POST /settings/archive: has an archive made; after a proof, as it has all messages in it (W19)."""
    del form
    if elsewhere := require_step_up(visit, back=PATH):
        return elsewhere

    def unit(session: Session) -> Archive:
        return begin_archive(session, own_actor(session, visit))

    try:
        await visit.world.db.write(unit)
    except Invalid as error:
        return await _page(visit, sentence_of(error))
    return see_other(visit, PATH, _BEGUN)


async def send_archive(visit: Visit) -> Response:
    """GET /settings/archive/{id}: the file, for its owner after a proof. Raises NotFound."""
    if elsewhere := require_step_up(visit, back=PATH):
        return elsewhere
    number = id_in_path(visit)
    archive, file = await visit.world.db.read(get_archive_file, visit.member.actor_id, number)
    content = await visit.world.part(MediaDesk).storage.get(file.place, 0, file.size)
    name = f"archive-{archive.created_at:%Y-%m-%d}.zip"
    headers = {
        "content-length": str(file.size),
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    return StreamingResponse(content.chunks, 200, headers, "application/zip")


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_archive, to=Who.MEMBER),
    sent(PATH, begin, to=Who.MEMBER),
    shown(f"{PATH}/{{id:int}}", send_archive, to=Who.MEMBER),
)
