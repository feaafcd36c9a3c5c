"""An instance that has something of everything, and comparing it with its copy."""

from pathlib import Path

import orjson
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from fediunion.app.opening import open_world
from fediunion.app.restoring import restore_backup
from fediunion.app.startup import bring_up_to_date
from fediunion.backup.archive import ArchiveReader
from fediunion.config import Settings, load_settings, new_configuration
from fediunion.db.migrate import all_tables
from fediunion.db.rows import Kind, TableRows, read_tables
from fediunion.jobs.queue import enqueue
from fediunion.world import World
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.union import TestUnion

MANY = 2500
"""More rows than are read or written at once."""


def configure(folder: Path, database_url: str, domain: str = "union.test") -> Path:
    """Return the configuration of a new instance on that database."""
    path = new_configuration(domain, "Our union", folder, dev=True)
    shown = '# url = "sqlite:///data/fediunion.db"'
    assert shown in path.read_text()
    path.write_text(path.read_text().replace(shown, f'url = "{database_url}"'))
    return path


async def furnished(config: Path, clock: FakeClock, internet: FakeInternet | None = None) -> TestUnion:
    """Return a union with members, a follow, a post, waiting jobs and media, and a link among the media."""
    settings = load_settings(config, {})
    empty = open_world(settings, clock=clock, transport=FakeInternet())
    await bring_up_to_date(empty, upgrades=True)
    await empty.db.close()
    internet = internet or FakeInternet()
    union = await TestUnion.start(internet, settings.handle_domain, "", clock, settings=settings)
    for name in ("ana", "ben"):
        await union.member(name)
    await union.follow("ben", f"ana@{union.domain}")
    await union.post("ana", "Ἐλπίς – hope\nΔ 🌱")
    await union.world.db.write(_enqueue)
    folder = settings.media.dir / "ab" / "cd"
    folder.mkdir(parents=True)
    (folder / "picture.png").write_bytes(bytes(range(256)) * 5000)
    (settings.media.dir / "link").symlink_to("/etc/hostname")
    return union


def _enqueue(session: Session) -> None:
    for number in range(MANY):
        enqueue(session, "posts.backfill", number=number, nothing=None, text="ö\u2028\\")


def quiet(_text: str) -> None:
    """Hear nothing of how far it is."""


async def restored(archive: Path, folder: Path, environ: dict[str, str] | None = None) -> Settings:
    """Return the settings of what was restored into `folder`."""
    reader = ArchiveReader(archive)
    try:
        config = await restore_backup(reader, folder, environ or {}, quiet)
    finally:
        reader.close()
    return load_settings(config, environ or {})


async def rows_of(world: World) -> dict[str, list[str]]:
    """Return every row of every table, in an order and a form that both engines agree on."""

    def read(connection: Connection) -> dict[str, list[str]]:
        return {each.name: sorted(_rows(each)) for each in read_tables(connection, all_tables())}

    return await world.db.run_on_snapshot(read)


def _rows(table: TableRows) -> list[str]:
    rows = []
    for line in table.lines:
        values = orjson.loads(line)
        for place, (_, kind) in enumerate(table.columns):
            if kind is Kind.JSON and values[place] is not None:
                values[place] = [orjson.loads(values[place])]
        rows.append(orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode())
    return rows
