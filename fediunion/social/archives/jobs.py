"""Making an archive: a part at a time, so that nobody else waits for it."""

import asyncio
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import orjson
from sqlalchemy.orm import Session

from fediunion.kit.errors import FediUnionError, NotFound
from fediunion.kit.json import JsonObject
from fediunion.social.archives import contents, service
from fediunion.social.archives.models import Archive
from fediunion.social.archives.more import MoreFiles
from fediunion.social.media.desk import MediaDesk
from fediunion.social.media.files import NewFile, reserve
from fediunion.social.media.models import StoredFile
from fediunion.world import World

_TYPE: Final = "application/zip"


async def build(world: World, payload: JsonObject) -> None:
    """Job: make an archive, store it, and let its owner fetch it. Begun twice, it is made anew."""
    archive = await world.db.read(service.find_waiting, payload["archive_id"])
    if archive is None:
        return
    desk = world.part(MediaDesk)
    try:
        async with desk.folder() as folder:
            path = folder / "archive.zip"
            await _write(world, archive, path)
            size = (await asyncio.to_thread(path.stat)).st_size
            file = (await world.db.write(_reserve, archive.owner_id, size))[0]
            await desk.storage.put(file.place, path, _TYPE)
        await world.db.write(_finish, archive.id, file.id)
    except FediUnionError:
        await world.db.write(service.fail, archive.id)
        raise


def _reserve(session: Session, owner_id: int, size: int) -> list[StoredFile]:
    return reserve(session, owner_id, [NewFile(_TYPE, "zip", size)])


def _finish(session: Session, archive_id: int, file_id: int) -> None:
    service.finish(session, archive_id, session.get_one(StoredFile, file_id))


async def _write(world: World, archive: Archive, path: Path) -> None:
    small = await world.db.read(contents.small_files, archive.owner_id, world.clock.now())
    small |= await world.db.read(world.part(MoreFiles).load, archive.owner_id)
    with ZipFile(path, "w", ZIP_DEFLATED) as packed:
        for name, content in small.items():
            data = (
                content if isinstance(content, bytes) else orjson.dumps(content, option=orjson.OPT_INDENT_2)
            )
            await asyncio.to_thread(packed.writestr, name, data)
        await _write_outbox(world, archive, packed)
        for file in await world.db.read(contents.own_files, archive.owner_id):
            await _write_file(world, file, packed)


async def _write_outbox(world: World, archive: Archive, packed: ZipFile) -> None:
    """Write all activities one by one: a member may have written more than fits into memory."""
    start: int | None = 0
    count = 0
    with packed.open("outbox.json", "w") as out:
        out.write(
            b'{"@context":"https://www.w3.org/ns/activitystreams","type":"OrderedCollection","orderedItems":['
        )
        while start is not None:
            portion = await world.db.read(contents.activities_after, archive.owner_id, start)
            for activity in portion.activities:
                out.write(b",\n" if count else b"\n")
                out.write(orjson.dumps(activity))
                count += 1
            start = portion.last_id
            await world.db.write(service.note_progress, archive.id, count)
        out.write(f'\n],"totalItems":{count}}}\n'.encode())


async def _write_file(world: World, file: StoredFile, packed: ZipFile) -> None:
    """Copy a file into the archive as it is; one that the store has lost is left out."""
    try:
        content = await world.part(MediaDesk).storage.get(file.place, 0, file.size)
    except NotFound:
        return
    packed.compression = ZIP_STORED
    try:
        with packed.open(f"media/{file.name}", "w") as out:
            async for chunk in content.chunks:
                await asyncio.to_thread(out.write, chunk)
    finally:
        packed.compression = ZIP_DEFLATED


async def forget_over(world: World, _payload: JsonObject) -> None:
    """Job: delete the rows of archives that are over."""
    await world.db.write(service.forget_over)
