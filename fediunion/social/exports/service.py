"""The rules of exports: with a permit of two, for who asked alone, fetched once, gone after a day."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from fediunion.backup.sealing import Seal
from fediunion.config import Settings
from fediunion.db import now_of, settings_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import NotFound
from fediunion.kit.ids import new_id
from fediunion.kit.sealing import seal, unseal
from fediunion.kit.sentences import Sentence
from fediunion.social.exports.models import Export, ExportState
from fediunion.social.media.files import expire_files
from fediunion.social.media.models import StoredFile
from fediunion.social.moderation.audit import record_audit
from fediunion.social.moderation.officers import Officer
from fediunion.social.moderation.telling import tell_officers
from fediunion.social.moderation.two_persons import Act, get_request, take_permit

BUILD: Final = "exports.build"
KEPT: Final = timedelta(hours=24)
_LONGEST_DOWNLOAD: Final = timedelta(hours=2)


def begin_export(session: Session, request_id: int, by: Officer, sealed_with: Seal) -> Export:
    """Use up the permit of an approved request, and have the export made by a job; return it.

    Raises NotFound for no request, NotAllowed as `take_permit`.
    """
    request = get_request(session, request_id)
    take_permit(session, request_id, Act(request.act), by=by)
    now = now_of(session)
    row_id = new_id(now)
    key = seal(sealed_with.file_key, settings_of(session).secrets.master_key, _associated(row_id))
    export = Export(
        id=row_id,
        request_id=request_id,
        owner_id=by.actor_id,
        act=request.act,
        header=sealed_with.header,
        sealed_key=key,
        created_at=now,
        ends_at=now + KEPT,
    )
    session.add(export)
    enqueue(session, BUILD, key=f"export:{row_id}", export_id=row_id)
    return export


def list_exports(session: Session, owner_id: int) -> Sequence[Export]:
    """Return the exports of an officer that are not over, the newest first."""
    statement = select(Export).where(Export.owner_id == owner_id, Export.ends_at > now_of(session))
    return session.scalars(statement.order_by(Export.id.desc())).all()


def find_waiting(session: Session, export_id: int) -> Export | None:
    """Return an export that is to be made, or None where it is made, over, or its owner gone."""
    export = session.get(Export, export_id)
    waits = export is not None and export.state == ExportState.WORKING and export.ends_at > now_of(session)
    return export if waits else None


def seal_of(export: Export, settings: Settings) -> Seal:
    """Return what the file of an export that waits is sealed with."""
    assert export.sealed_key is not None
    return Seal(export.header, unseal(export.sealed_key, settings.secrets.master_key, _associated(export.id)))


def finish(session: Session, export_id: int, file: StoredFile) -> None:
    """Give an export its file, which goes with it; its key is forgotten."""
    export = session.get(Export, export_id)
    if export is not None:
        export.state, export.file_id, export.size = ExportState.READY, file.id, file.size
        export.sealed_key = None
        expire_files(session, [file.name], export.ends_at)


def fail(session: Session, export_id: int) -> None:
    """Note that an export could not be made; another one needs two officers again."""
    export = session.get(Export, export_id)
    if export is not None:
        export.state, export.sealed_key = ExportState.FAILED, None


def fetch(session: Session, export_id: int, *, by: Officer) -> tuple[Export, StoredFile]:
    """Return the export of an officer and its file, this once; the file goes when it can have been read.

    Raises NotFound for any other, and for one that was fetched, is not ready, or is over.
    """
    now = now_of(session)
    taken = session.execute(
        update(Export)
        .where(
            Export.id == export_id,
            Export.owner_id == by.actor_id,
            Export.state == ExportState.READY,
            Export.ends_at > now,
        )
        .values(state=ExportState.FETCHED, fetched_at=now)
    )
    export = session.get(Export, export_id, populate_existing=True)
    file = None if export is None or export.file_id is None else session.get(StoredFile, export.file_id)
    if getattr(taken, "rowcount", 0) != 1 or export is None or file is None:
        raise NotFound(Sentence("There is no such export, or it was fetched already."))
    expire_files(session, [file.name], now + _LONGEST_DOWNLOAD)
    record_audit(session, by=by.handle, action=f"{export.act}.fetch", subject=export.act)
    tell_officers(session, f"{export.act}.fetch", by=by)
    return export, file


def forget_over(session: Session) -> None:
    """Delete the rows of exports that are over; their files expired with them."""
    session.execute(delete(Export).where(Export.ends_at <= now_of(session)))


def forget_of(session: Session, owner_id: int) -> None:
    """Delete all exports of somebody who goes; their files expire."""
    names = session.scalars(
        select(StoredFile.name)
        .join(Export, Export.file_id == StoredFile.id)
        .where(Export.owner_id == owner_id)
    ).all()
    expire_files(session, names, now_of(session))
    session.execute(delete(Export).where(Export.owner_id == owner_id))


def _associated(row_id: int) -> bytes:
    return b"export:%d" % row_id
