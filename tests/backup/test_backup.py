"""A backup is the same instance elsewhere: every row, key and file, on either engine; or it is refused."""

import asyncio
import hashlib
import stat
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from fediunion.actors.signing import instance_signer
from fediunion.app.opening import open_world
from fediunion.backup.archive import MANIFEST, ArchiveReader, BackupFailed
from fediunion.backup.making import backup_name, last_backup, make_backup, old_backups
from fediunion.config import Settings
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import FediUnionError, Invalid, Refused
from fediunion.kit.urls import parse_remote_url
from fediunion.world import World
from tests.backup.copies import MANY, configure, furnished, quiet, restored, rows_of
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet


@pytest.fixture
def config(tmp_path: Path, databases: Databases) -> Path:
    return configure(tmp_path / "here", databases.empty())


@pytest.fixture
async def world(config: Path, clock: FakeClock) -> AsyncIterator[World]:
    union = await furnished(config, clock)
    yield union.world
    await union.close()


@pytest.fixture
async def archive(world: World, config: Path, tmp_path: Path) -> Path:
    path = tmp_path / "copy.backup"
    await make_backup(world, path, quiet)
    return path


async def opened(settings: Settings, world: World) -> World:
    """Return the world of a restored instance, at the same moment."""
    return open_world(settings, clock=world.clock, transport=FakeInternet())


async def test_L25_everything_is_there_again_on_sqlite_and_from_there_on_the_first_engine(
    world: World, archive: Path, databases: Databases, tmp_path: Path
) -> None:
    before = await rows_of(world)
    assert len(before["job"]) >= MANY
    assert before["actor_key"]
    elsewhere = await opened(await restored(archive, tmp_path / "there"), world)
    assert elsewhere.settings.is_sqlite
    assert await rows_of(elsewhere) == before
    second = tmp_path / "second.backup"
    await make_backup(elsewhere, second, quiet)
    await elsewhere.db.close()
    environ = {"FEDIUNION_DATABASE_URL": databases.empty()}
    back = await opened(await restored(second, tmp_path / "back", environ), world)
    assert back.db.dialect == world.db.dialect
    assert await rows_of(back) == before
    await back.db.close()


async def test_L25_the_restored_instance_signs_with_the_same_keys(
    world: World, archive: Path, tmp_path: Path
) -> None:
    there = await opened(await restored(archive, tmp_path / "there"), world)
    inbox = parse_remote_url("https://peer.example/inbox")
    signed = [(await instance_signer(each)).sign("POST", inbox, b"{}") for each in (world, there)]
    assert signed[0] == signed[1]
    await there.db.close()


async def test_L25_media_are_there_again_and_links_are_not_followed(
    world: World, archive: Path, tmp_path: Path
) -> None:
    settings = await restored(archive, tmp_path / "there")
    found = [path for path in settings.media.dir.rglob("*") if path.is_file()]
    assert [path.relative_to(settings.media.dir).as_posix() for path in found] == ["ab/cd/picture.png"]
    assert found[0].read_bytes() == (world.settings.media.dir / "ab/cd/picture.png").read_bytes()


def enqueue_two(session: Session) -> None:
    enqueue(session, "busy", pair="one")
    enqueue(session, "busy", pair="other")


async def test_L25_a_backup_of_a_busy_instance_is_of_one_moment(
    world: World, config: Path, tmp_path: Path
) -> None:
    """Each unit adds two jobs: a copy of one moment has both of a unit or none."""
    stop = asyncio.Event()

    async def keep_busy() -> int:
        written = 0
        while not stop.is_set():
            await world.db.write(enqueue_two)
            written += 1
        return written

    busy = asyncio.create_task(keep_busy())
    for number in range(3):
        await make_backup(world, tmp_path / f"{number}.backup", quiet)
    stop.set()
    assert await busy > 0
    there = await opened(await restored(tmp_path / "2.backup", tmp_path / "there"), world)
    jobs = [row for row in (await rows_of(there))["job"] if '"busy"' in row]
    assert sum('"one"' in row for row in jobs) == sum('"other"' in row for row in jobs)
    await there.db.close()


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_C06_the_file_is_for_its_owner_alone_and_nothing_else_stays(
    archive: Path, tmp_path: Path
) -> None:
    assert mode_of(archive) == 0o600
    assert sorted(names_in(tmp_path)) == ["copy.backup", "here"]
    settings = await restored(archive, tmp_path / "there")
    modes = {
        path.name: mode_of(path)
        for path in (tmp_path / "there" / "config.toml", settings.data_dir, settings.media.dir)
    }
    assert modes == {"config.toml": 0o640, "data": 0o700, "media": 0o700}


def remove_lines(path: Path, *beginnings: str) -> None:
    lines = [line for line in path.read_text().splitlines() if not line.startswith(beginnings)]
    path.write_text("\n".join(lines))


async def test_secrets_that_are_not_in_the_file_are_in_the_backup(
    world: World, config: Path, tmp_path: Path
) -> None:
    remove_lines(config, "master_key", "secret_key")
    await make_backup(world, tmp_path / "copy.backup", quiet)
    settings = await restored(tmp_path / "copy.backup", tmp_path / "there")
    assert settings.secrets == world.settings.secrets


async def test_an_existing_file_is_never_overwritten(world: World, config: Path, tmp_path: Path) -> None:
    file = tmp_path / "letter"
    file.write_text("mine")
    with pytest.raises(Refused, match="not overwritten"):
        await make_backup(world, file, quiet)
    assert file.read_text() == "mine"
    with pytest.raises(BackupFailed, match="No such file"):
        await make_backup(world, tmp_path / "missing" / "copy", quiet)


async def test_a_folder_that_is_not_empty_is_left_alone(archive: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (there / "letter").write_text("mine")
    with pytest.raises(Invalid, match="not empty"):
        await restored(archive, there)
    assert [path.name for path in there.iterdir()] == ["letter"]


async def test_a_database_that_is_not_empty_is_left_alone(
    world: World, archive: Path, tmp_path: Path
) -> None:
    before = await rows_of(world)
    with pytest.raises(Refused, match="not empty"):
        await restored(archive, tmp_path / "there", {"FEDIUNION_DATABASE_URL": world.settings.database.url})
    assert await rows_of(world) == before
    assert not (tmp_path / "there").exists()


def content_of(path: Path) -> bytes:
    return path.read_bytes()


async def test_damage_is_seen_before_anything_is_written(archive: Path, tmp_path: Path) -> None:
    whole = content_of(archive)
    damaged = tmp_path / "damaged.backup"
    with zipfile.ZipFile(archive) as known:
        starts = [
            each.header_offset + 30 + len(each.filename) for each in known.infolist() if each.file_size > 99
        ]
    assert len(starts) > 10
    for start in starts:
        place = start + 35
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 0x40]) + whole[place + 1 :])
        with pytest.raises(Refused):
            await restored(damaged, tmp_path / "there")
    for size in (0, 10, len(whole) // 2, len(whole) - 1):
        damaged.write_bytes(whole[:size])
        with pytest.raises(Refused):
            await restored(damaged, tmp_path / "there")
    assert not (tmp_path / "there").exists()


async def test_a_member_that_is_added_or_leads_elsewhere_is_refused(archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive, "a") as changed:
        changed.writestr("media/../../evil", b"x")
    with pytest.raises(Refused, match="damaged"):
        await restored(archive, tmp_path / "there")
    assert not (tmp_path / "there").exists()
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("slashes", ["", "/", "//"])
async def test_M12_a_name_that_the_manifest_knows_and_that_leads_elsewhere_is_refused(
    archive: Path, tmp_path: Path, slashes: str
) -> None:
    """Two slashes begin an absolute path too, and pathlib keeps them as one part."""
    name, content = f"media/{slashes}{tmp_path}/evil", b"x"
    forged = tmp_path / "forged.backup"
    with zipfile.ZipFile(archive) as known, zipfile.ZipFile(forged, "w") as made:
        manifest = orjson.loads(known.read(MANIFEST))
        manifest["files"][name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for each in known.namelist():
            made.writestr(each, orjson.dumps(manifest) if each == MANIFEST else known.read(each))
        made.writestr(name, content)
    with pytest.raises(Refused, match="leads elsewhere"):
        await restored(forged, tmp_path / "there")
    assert not (tmp_path / "there").exists()
    assert not (tmp_path / "evil").exists()


async def test_a_backup_of_a_newer_version_is_refused(archive: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.backup"
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(newer, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == MANIFEST:
                content = content.replace(b'"schema": "0', b'"schema": "9')
            new.writestr(name, content)
    with pytest.raises(Refused, match="newer version"):
        await restored(newer, tmp_path / "there")
    assert not (tmp_path / "there").exists()


async def test_a_database_without_this_schema_is_not_backed_up(
    world: World, config: Path, tmp_path: Path
) -> None:
    await world.db.write(
        lambda session: session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    )
    with pytest.raises(FediUnionError, match="fediunion migrate"):
        await make_backup(world, tmp_path / "copy", quiet)
    assert not (tmp_path / "copy").exists()


async def test_old_backups_of_this_instance_are_found_by_their_names(
    world: World, archive: Path, clock: FakeClock, tmp_path: Path
) -> None:
    noted = last_backup(world.settings)
    assert noted == (clock.now(), archive)
    days = world.settings.privacy.backup_days
    folder = tmp_path / "backups"
    folder.mkdir()
    names = [
        backup_name(world.settings, clock.now() - timedelta(days=age)) for age in (0, days - 1, days + 1)
    ]
    for name in [*names, names[2].replace("union.test", "other.test"), "fediunion-union.test-old.backup"]:
        (folder / name).touch()
    assert [path.name for path in old_backups(folder, world.settings, clock.now())] == [names[2]]


async def test_the_manifest_counts_what_is_there(world: World, archive: Path) -> None:
    reader = ArchiveReader(archive)
    reader.verify()
    counted = {each.name: each.rows for each in reader.manifest.tables}
    reader.close()
    assert counted == {name: len(rows) for name, rows in (await rows_of(world)).items()}
    assert reader.manifest.media == ["media/ab/cd/picture.png"]
