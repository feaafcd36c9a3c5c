"""The export of everything: what a backup is, sealed, made by a job that leaves nothing in the clear."""

from pathlib import Path

from sqlalchemy.orm import Session

from fediunion.backup.archive import ArchiveReader
from fediunion.backup.making import last_backup
from fediunion.backup.sealing import MAGIC, new_seal
from fediunion.members.models import Role
from fediunion.social.exports.jobs import build
from fediunion.social.exports.models import Export, ExportState
from fediunion.social.exports.service import begin_export
from fediunion.social.media.models import StoredFile
from fediunion.social.moderation.two_persons import Act, approve, ask_for_export
from tests.backup.copies import configure, furnished
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.social.moderation.officers import officer

PHRASE = "seven nights without the moon"


async def test_everything_is_exported_as_a_backup_that_the_passphrase_opens(
    tmp_path: Path, databases: Databases, clock: FakeClock
) -> None:
    union = await furnished(configure(tmp_path / "here", databases.empty()), clock)
    settings = union.world.settings
    seal = new_seal(PHRASE, n=1 << 8)

    def begin(session: Session) -> int:
        owner, admin = officer(session, "olga", Role.OWNER), officer(session, "adam", Role.ADMIN)
        request = ask_for_export(session, Act.FULL_EXPORT, by=owner, reason="An audit")
        approve(session, request.id, by=admin)
        return begin_export(session, request.id, owner, seal).id

    number = await union.world.db.write(begin)
    left = settings.data_dir / "exports" / str(number)
    left.mkdir(parents=True)
    (left / "export.part").touch()
    await build(union.world, {"export_id": number})
    await build(union.world, {"export_id": number})
    export = await union.world.db.read(lambda session: session.get_one(Export, number))
    assert (export.state, export.sealed_key) == (ExportState.READY, None)
    file = await union.world.db.read(lambda session: session.get_one(StoredFile, export.file_id))
    assert not file.ready
    path = settings.media.dir / "files" / file.place
    assert export.size == path.stat().st_size
    assert path.read_bytes().startswith(MAGIC)
    reader = ArchiveReader(path, PHRASE)
    reader.verify()
    assert reader.manifest.domain == settings.handle_domain
    assert reader.manifest.media == ["media/ab/cd/picture.png"]
    reader.close()
    assert list((settings.data_dir / "exports").iterdir()) == []
    assert last_backup(settings) is None
    assert len(await union.world.db.read(lambda session: session.query(StoredFile).all())) == 1
    await union.close()
