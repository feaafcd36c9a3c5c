"""Making an export: its content sealed as it is written, so that nothing of it lies anywhere in the clear."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import orjson
from sqlalchemy.orm import Session

from fediunion.backup.making import write_copy
from fediunion.backup.sealing import Seal, SealedWriter
from fediunion.kit.errors import FediUnionError, Unavailable
from fediunion.kit.json import JsonObject
from fediunion.social.exports import service
from fediunion.social.exports.keys import keys_document
from fediunion.social.exports.models import Export
from fediunion.social.media.desk import MediaDesk
from fediunion.social.media.files import NewFile, reserve
from fediunion.social.media.models import StoredFile
from fediunion.social.moderation.two_persons import Act
from fediunion.world import World

TYPE: Final = "application/octet-stream"
_EXTENSION: Final = "seal"


async def build(world: World, payload: JsonObject) -> None:
    """Job: make an export, store it, and let who asked fetch it. Begun twice, it is made anew."""
    export = await world.db.read(service.find_waiting, payload["export_id"])
    if export is None:
        return
    seal = service.seal_of(export, world.settings)
    try:
        async with _folder(world, export.id) as folder:
            path = folder / "export"
            if export.act == Act.KEY_EXPORT:
                content = orjson.dumps(await world.db.read(keys_document), option=orjson.OPT_INDENT_2)
                await asyncio.to_thread(_write_sealed, path, content, seal)
            else:
                await write_copy(world, path, _hear_nothing, seal)
            await _store(world, export, path)
    except FediUnionError:
        await world.db.write(service.fail, export.id)
        raise


async def forget_over(world: World, _payload: JsonObject) -> None:
    """Job: delete the rows of exports that are over."""
    await world.db.write(service.forget_over)


async def _store(world: World, export: Export, path: Path) -> None:
    size = (await asyncio.to_thread(path.stat)).st_size

    def reserved(session: Session) -> StoredFile:
        return reserve(session, export.owner_id, [NewFile(TYPE, _EXTENSION, size)])[0]

    file = await world.db.write(reserved)
    await world.part(MediaDesk).storage.put(file.place, path, TYPE)
    await world.db.write(
        lambda session: service.finish(session, export.id, session.get_one(StoredFile, file.id))
    )


@asynccontextmanager
async def _folder(world: World, export_id: int) -> AsyncIterator[Path]:
    """Give a new folder outside of the media folder: an export of everything has that in it.

    What an earlier attempt left there that was killed is removed.
    """
    folder = world.settings.data_dir / "exports" / str(export_id)
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    try:
        await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True)
    except OSError as error:
        raise Unavailable("Files cannot be written now.") from error
    try:
        yield folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _write_sealed(path: Path, content: bytes, seal: Seal) -> None:
    with path.open("xb") as stream:
        writer = SealedWriter(stream, seal)
        writer.write(content)
        writer.finish()


def _hear_nothing(_text: str) -> None:
    """Nobody watches how far it is."""
