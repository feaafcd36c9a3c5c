"""Uploads: a file comes, is written anew in a process of its own, and only then is stored."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from fediunion.actors.queries import instance_actor
from fediunion.kit.errors import FediUnionError, Invalid
from fediunion.kit.sentences import Sentence
from fediunion.social.media import service
from fediunion.social.media.desk import MediaDesk
from fediunion.social.media.files import NewFile, reserve
from fediunion.social.media.models import Attachment
from fediunion.social.media.service import Focus, NewThumbnail
from fediunion.social.media.workshop.sniffing import HEAD_BYTES, PICTURES, media_type_of
from fediunion.world import World

Begun: TypeAlias = tuple[Attachment, asyncio.Task[Any]]
"""An upload, and the task that works on it."""
_NOT_TAKEN: Final = Sentence("This kind of file is not taken here.")


async def begin_upload(
    world: World,
    owner_id: int,
    source: Path,
    *,
    thumbnail: Path | None = None,
    description: str = "",
    focus: Focus = None,
) -> Begun:
    """Take a file over and begin to work on it; return its row, and the task that gives the finished row.

    `source` and `thumbnail` are moved away. Raises Invalid for a kind of file that is not taken, Unavailable
    where too many of the same member are being worked on.
    """
    media, desk = world.settings.media, world.part(MediaDesk)
    desk.check_room(owner_id)
    media_type, size = await asyncio.to_thread(_look, source)
    most = media.image_max_bytes if media_type in PICTURES else media.video_max_bytes
    if media_type is None or size > most:
        raise Invalid(
            _NOT_TAKEN
            if media_type is None
            else Sentence("Such a file has at most %(most)s bytes.", most=most),
            field="file",
        )
    attachment = await world.db.write(service.new_upload, owner_id, description, focus)
    taken = desk.media.dir / "incoming" / f"{attachment.id}"
    moved = [
        (path, taken.with_suffix(end)) for path, end in ((source, ".file"), (thumbnail, ".small")) if path
    ]
    for path, place in moved:
        path.replace(place)
    places = [place for _, place in moved]
    task = desk.begin(owner_id, _work(world, attachment.id, owner_id, places))
    return attachment, task


async def wait_for(world: World, attachment: Attachment, task: asyncio.Task[Any]) -> Attachment | None:
    """Return an upload that is done within a short while, None where it is not. Raises what it failed with.

    One that failed in the meantime is removed: its app is told, and need not ask.
    """
    done, _ = await asyncio.wait({task}, timeout=world.part(MediaDesk).short_while)
    return await finished(world, attachment, task) if done else None


async def finished(world: World, attachment: Attachment, task: asyncio.Task[Any]) -> Attachment:
    """Return an upload once it is done. Raises what it failed with."""
    try:
        row: Attachment | None = await asyncio.shield(task)
    except FediUnionError:
        await world.db.write(service.drop_uploads, [attachment.id])
        raise
    if row is None:
        raise Invalid(Sentence("The upload was deleted."), field="file")
    return row


async def replace_thumbnail(world: World, attachment_id: int, owner_id: int, source: Path) -> Attachment:
    """Show another small picture for an upload. Raises Invalid for what is no picture."""
    thumbnail = await store_thumbnail(world, owner_id, source)
    return await world.db.write(service.replace_thumbnail, attachment_id, owner_id, thumbnail)


async def store_thumbnail(world: World, owner_id: int, source: Path) -> NewThumbnail:
    """Return a small picture for an upload, stored; it goes by itself unless it is shown for one.

    Raises Invalid for what is no picture.
    """
    desk = world.part(MediaDesk)
    async with desk.folder() as folder:
        made = await _made_picture(desk, source, folder)
        ids = await _store(world, owner_id, made, folder, ["thumbnail"])
    return NewThumbnail(made, ids["thumbnail"])


async def store_picture(world: World, owner_id: int, source: Path, use: str) -> int:
    """Store an avatar or a header (`use`); return the id of its file, for files.keep_picture.

    Raises Invalid for what is no picture.
    """
    desk = world.part(MediaDesk)
    async with desk.folder() as folder:
        made = await desk.make(source, folder, use)
        return (await _store(world, owner_id, made, folder, ["original"]))["original"]


async def store_emoji(world: World, source: Path) -> tuple[int, int | None]:
    """Store an emoji; return the id of its file, and of a still picture where it moves.

    Both belong to the instance: an emoji stays when its giver leaves. Raises Invalid for what is no picture.
    """
    desk = world.part(MediaDesk)
    owner = await world.db.read(instance_actor)
    async with desk.folder() as folder:
        made = await desk.make(source, folder, "emoji")
        parts = ["original", "thumbnail"] if made["animated"] else ["original"]
        ids = await _store(world, owner.id, made, folder, parts)
        return ids["original"], ids.get("thumbnail")


async def _work(
    world: World, attachment_id: int, owner_id: int, sources: Sequence[Path]
) -> Attachment | None:
    desk = world.part(MediaDesk)
    try:
        async with desk.folder() as folder:
            made = await desk.make(sources[0], folder, "attachment")
            if made["original"] is None:
                # A film or a sound that nothing here can clean: it is stored as it came.
                sources[0].replace(folder / "original")
                made["original"] = "original"
            if len(sources) > 1 and made["kind"] != "image":
                made |= await _other_thumbnail(desk, sources[1], folder)
            parts = [part for part in ("original", "thumbnail") if part in made]
            ids = await _store(world, owner_id, made, folder, parts)
        return await world.db.write(service.finish_upload, attachment_id, made, ids)
    except FediUnionError:
        await world.db.write(service.fail_upload, attachment_id)
        raise
    finally:
        for source in sources:
            source.unlink(missing_ok=True)


async def _other_thumbnail(desk: MediaDesk, source: Path, folder: Path) -> dict[str, Any]:
    """Return the thumbnail that a member sent with a film or sound."""
    inner = folder / "small"
    await asyncio.to_thread(inner.mkdir, mode=0o700)
    made = await _made_picture(desk, source, inner)
    (inner / made["thumbnail"]).replace(folder / made["thumbnail"])
    return {name: value for name, value in made.items() if name.startswith("thumbnail") or name == "blurhash"}


async def _made_picture(desk: MediaDesk, source: Path, folder: Path) -> dict[str, Any]:
    media_type, _ = await asyncio.to_thread(_look, source)
    if media_type not in PICTURES:
        raise Invalid(Sentence("A thumbnail is a picture."), field="thumbnail")
    return await desk.make(source, folder, "attachment")


async def _store(
    world: World, owner_id: int, made: Mapping[str, Any], folder: Path, parts: Sequence[str]
) -> dict[str, int]:
    """Store the named parts of what was made; return the ids of their rows, which are not ready yet."""
    paths = [folder / made[part] for part in parts]
    types = [made["media_type"] if part == "original" else made["thumbnail_type"] for part in parts]
    files = [
        NewFile.of(media_type, path.stat().st_size) for media_type, path in zip(types, paths, strict=True)
    ]
    rows = await world.db.write(reserve, owner_id, files)
    storage = world.part(MediaDesk).storage
    for row, path in zip(rows, paths, strict=True):
        await storage.put(row.place, path, row.media_type)
    return {part: row.id for part, row in zip(parts, rows, strict=True)}


def _look(source: Path) -> tuple[str | None, int]:
    """Return the media type that a file shows, and its length."""
    with source.open("rb") as file:
        return media_type_of(file.read(HEAD_BYTES)), source.stat().st_size
