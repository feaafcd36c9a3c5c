"""Looking at this machine: files, database, schema, queue, backups. Nothing is changed."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from fediunion.app.doctor.findings import Finding, failed, warning, well
from fediunion.backup.making import last_backup, old_backups
from fediunion.config import Settings
from fediunion.db.integrity import Damaged, check_integrity
from fediunion.db.schema import has_newest_schema
from fediunion.jobs.models import JobState
from fediunion.jobs.queries import count_jobs, queue_age_seconds
from fediunion.kit.clock import format_instant
from fediunion.kit.errors import FediUnionError
from fediunion.outbox.models import DeliveryState
from fediunion.outbox.queries import count_deliveries, oldest_due_seconds
from fediunion.social.moderation.audit import check_audit
from fediunion.world import World

_BACKUP_HOURS: Final = 26
_SLOW_SECONDS: Final = 300
_STUCK_SECONDS: Final = 3600
_LEAST_FREE_BYTES: Final = 1 << 30


def look_at_files(settings: Settings, config_file: Path) -> Iterator[Finding]:
    """Yield what is wrong with the rights of files and folders, and whether the disk is full."""
    open_to_others = []
    for path, most in _guarded(settings, config_file):
        if path.exists() and path.stat().st_mode & 0o777 & ~most:
            open_to_others.append((path, most))
    for path, most in open_to_others:
        yield failed("files", f"{path} is open to other users", f"run `chmod {most:o} {path}`")
    if settings.data_dir.exists() and not os.access(settings.data_dir, os.W_OK):
        yield failed("files", f"{settings.data_dir} cannot be written", "run this as the user of the service")
    elif not open_to_others:
        yield well("files", "configuration, database and media are for their owner alone")
    yield _disk(settings)


async def look_at_database(world: World) -> list[Finding]:
    """Return whether the database answers, has this version's schema, and how its queues stand."""
    try:
        is_newest = await world.db.read(has_newest_schema)
    except (FediUnionError, OSError) as error:
        return [failed("database", _plain(error), "look at [database] url, and whether the database runs")]
    findings = [well("database", f"{world.db.dialect} answers"), *_clock(world.db.ahead)]
    if world.settings.is_sqlite:
        findings.append(await _pages(world))
    if not is_newest:
        mend = (
            "start the server once"
            if world.settings.is_sqlite
            else "stop the server, run `fediunion migrate`"
        )
        return [*findings, failed("schema", "the schema is not that of this version", mend)]
    findings.append(well("schema", "the schema is that of this version"))
    findings += await world.db.read(_queues)
    findings.append(await world.db.read(_audit))
    return findings


async def _pages(world: World) -> Finding:
    try:
        await world.db.run_on_snapshot(check_integrity)
    except Damaged as error:
        return failed("pages", _plain(error), "stop the server; docs/operate/running.md says how to go on")
    return well("pages", "every page of the database file is whole")


def _clock(ahead: timedelta) -> Iterator[Finding]:
    """Yield that this machine and the database do not agree what time it is (row L18)."""
    if ahead:
        seconds = round(abs(ahead.total_seconds()))
        order = "behind" if ahead > timedelta() else "ahead of"
        yield warning(
            "database clock",
            f"the clock of this machine is {seconds} s {order} that of the database",
            "let both machines keep time with NTP; until then the database's is used",
        )


def _audit(session: Session) -> Finding:
    """Return whether the log of privileged acts is whole (row C09)."""
    checked = check_audit(session)
    if checked.intact:
        return well(
            "audit", f"{checked.entries} entries, an unbroken chain that ends with {checked.head[:16]}"
        )
    return failed(
        "audit",
        f"entry {checked.broken_at} was changed, or is missing",
        "find out who can write to the database; compare with the last backup",
    )


def look_at_backups(world: World) -> Iterator[Finding]:
    """Yield how old the last backup is, and whether some are kept for longer than they may."""
    settings, now = world.settings, world.clock.now()
    mend = "run `fediunion backup FOLDER` every day; deploy/systemd has a timer"
    last = last_backup(settings)
    if last is None:
        # A trial has nothing to lose, and a new instance not much.
        yield warning("backups", "no backup was made yet", mend)
        return
    made_at, path = last
    if now - made_at > timedelta(hours=_BACKUP_HOURS):
        yield warning("backups", f"the last backup is of {format_instant(made_at)}", mend)
    else:
        yield well("backups", f"the last backup is of {format_instant(made_at)}")
    if path.parent.is_dir():
        for old in old_backups(path.parent, settings, now):
            yield warning(
                "backups",
                f"{old} is older than {settings.privacy.backup_days} days and holds what was deleted since",
                f"remove it: rm {old}",
            )


def _guarded(settings: Settings, config_file: Path) -> Iterator[tuple[Path, int]]:
    """Yield what others may not read, with the most that its mode may be."""
    yield config_file, 0o640
    yield settings.data_dir, 0o700
    yield settings.media.dir, 0o750
    if settings.is_sqlite:
        database = settings.database.url.removeprefix("sqlite:///")
        for end in ("", "-wal", "-shm"):
            yield Path(database + end), 0o600


def _disk(settings: Settings) -> Finding:
    folder = settings.data_dir if settings.data_dir.exists() else settings.directory
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize
    if free < _LEAST_FREE_BYTES:
        return warning("disk", f"{free >> 20} MiB are free", "make room before it is full")
    return well("disk", f"{free >> 30} GiB are free")


def _queues(session: Session) -> list[Finding]:
    mend = "look whether `fediunion serve` runs, and at its log"
    findings = []
    ages = {"jobs": queue_age_seconds(session), "deliveries": oldest_due_seconds(session)}
    for queue, seconds in ages.items():
        says = f"the oldest of the {queue} has waited for {round(seconds)} s"
        if seconds > _STUCK_SECONDS:
            findings.append(failed("queue", says, mend))
        elif seconds > _SLOW_SECONDS:
            findings.append(warning("queue", says, mend))
    if not findings:
        findings.append(well("queue", "nothing waits for long"))
    dead = count_deliveries(session)[DeliveryState.DEAD]
    if dead:
        says = f"{dead} deliveries were given up"
        findings.append(
            warning("queue", says, "see `fediunion deliveries list --state dead`, then retry or drop")
        )
    aside = sum(each.count for each in count_jobs(session) if each.state is JobState.QUARANTINED)
    if aside:
        says = f"{aside} jobs were set aside after failing again and again"
        findings.append(warning("queue", says, "look for them in the log and report them"))
    return findings


def _plain(error: Exception) -> str:
    return str(error).rstrip(".")
