"""The log of privileged acts: append-only, each entry chained to the one before (row C09)."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import rfc8785
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.db import insert_ignoring, now_of
from fediunion.db.pages import paged
from fediunion.kit.pages import Page
from fediunion.social.moderation.models import AuditEntry, AuditHead

COMMAND_LINE: Final = "command line"
"""Who acted where an operator did on the machine itself."""

AUTOMATIC: Final = "automatic"
"""Who acted where nobody did: a limit was reached."""

TAKEN_BACK: Final = "member.take_back"
"""What was done where who had the former address of an account took it back from somebody else."""

_START: Final = "0" * 64
_HEAD: Final = 1
_READ_AT_ONCE: Final = 500
_SALT_BYTES: Final = 16


@dataclass(frozen=True)
class AuditCheck:
    """What a check of the whole log found: `broken_at` is the number of the first entry that does not fit."""

    entries: int
    head: str
    broken_at: int | None = None

    @property
    def intact(self) -> bool:
        """Whether every entry is there, unchanged."""
        return self.broken_at is None


def record_audit(session: Session, *, by: str, action: str, subject: str, reason: str = "") -> AuditEntry:
    """Append what `by` (a handle, COMMAND_LINE or AUTOMATIC) did to `subject`; return the entry."""
    insert_ignoring(session, AuditHead, [{"id": _HEAD, "number": 0, "hash": _START}])
    head = session.get_one(AuditHead, _HEAD, with_for_update=True, populate_existing=True)
    entry = AuditEntry(
        number=head.number + 1,
        at=now_of(session),
        by=by,
        action=action,
        subject=subject,
        reason=reason,
        salt=secrets.token_hex(_SALT_BYTES),
    )
    entry.hash = _hash(head.hash, entry)
    head.number, head.hash = entry.number, entry.hash
    session.add(entry)
    # At once, so that the next entry of this very unit of work reads the new head.
    session.flush()
    return entry


def check_audit(session: Session) -> AuditCheck:
    """Return whether the log is whole: each number is there, each hash right, the last that of the head."""
    head = session.get(AuditHead, _HEAD)
    number, before = 0, _START
    while entries := _after(session, number):
        for entry in entries:
            if entry.number != number + 1 or entry.hash != _hash(before, entry):
                return AuditCheck(number, before, broken_at=number + 1)
            number, before = entry.number, entry.hash
    ends_at = (0, _START) if head is None else (head.number, head.hash)
    if ends_at != (number, before):
        return AuditCheck(number, before, broken_at=number + 1)
    return AuditCheck(number, before)


@dataclass(frozen=True)
class AuditLine:
    """What any member may see of an entry, and enough to compute `hash` again (see `line_hash`).

    `content` stands for who and what it was about and why, which those who run the instance see.
    """

    number: int
    at: datetime
    by: str
    action: str
    content: str
    before: str
    hash: str
    entry: AuditEntry

    @property
    def fits(self) -> bool:
        """Whether the entry is as it was written, as far as its own hash tells."""
        return self.hash == line_hash(self.before, self.number, self.at, self.by, self.action, self.content)


@dataclass(frozen=True)
class AuditPage:
    """Some entries, the newest first. `intact` is whether they fit each other, and the end of the log."""

    lines: Sequence[AuditLine]
    entries: int
    head: str
    intact: bool


def list_audit(session: Session, page: Page) -> list[AuditEntry]:
    """Return entries, the newest first; pages go by `number`."""
    return page.newest_first(list(session.scalars(paged(select(AuditEntry), AuditEntry.number, page))))


def read_audit(session: Session, page: Page) -> AuditPage:
    """Return a page of the log, with whether the chain holds in it; pages go by `number`.

    The whole chain is for `check_audit`, which reads all of it: `fediunion doctor` does.
    """
    entries = list_audit(session, page)
    head = session.get(AuditHead, _HEAD)
    size, end = (0, _START) if head is None else (head.number, head.hash)
    befores = {entry.number + 1: entry.hash for entry in entries}
    if entries and entries[-1].number > 1:
        older = session.scalar(select(AuditEntry).where(AuditEntry.number == entries[-1].number - 1))
        if older is not None:
            befores[older.number + 1] = older.hash
    befores.setdefault(1, _START)
    lines = [_line(befores.get(entry.number, ""), entry) for entry in entries]
    numbers = [line.number for line in lines]
    unbroken = numbers == list(range(numbers[0], numbers[0] - len(numbers), -1)) if numbers else True
    ends_well = not lines or lines[0].number != size or lines[0].hash == end
    beyond = session.scalar(select(func.max(AuditEntry.number))) or 0
    intact = all(line.fits for line in lines) and unbroken and ends_well and beyond == size
    return AuditPage(lines, size, end, intact)


def line_hash(before: str, number: int, at: datetime, by: str, action: str, content: str) -> str:
    """Return the hash of an entry, SHA-256 in hex over the canonical JSON (RFC 8785) of these members.

    `before` is the hash of the entry before, sixty-four zeros for the first; `number` is written as text,
    `at` as ISO 8601 in UTC.
    """
    line = {"before": before, "number": str(number), "at": at.isoformat(), "by": by, "action": action}
    return hashlib.sha256(rfc8785.dumps(line | {"content": content})).hexdigest()


def _after(session: Session, number: int) -> Sequence[AuditEntry]:
    statement = (
        select(AuditEntry).where(AuditEntry.number > number).order_by(AuditEntry.number).limit(_READ_AT_ONCE)
    )
    return session.scalars(statement).all()


def _line(before: str, entry: AuditEntry) -> AuditLine:
    return AuditLine(
        number=entry.number,
        at=entry.at,
        by=entry.by,
        action=entry.action,
        content=_content(entry),
        before=before,
        hash=entry.hash,
        entry=entry,
    )


def _content(entry: AuditEntry) -> str:
    sealed = {"subject": entry.subject, "reason": entry.reason, "salt": entry.salt}
    return hashlib.sha256(rfc8785.dumps(sealed)).hexdigest()


def _hash(before: str, entry: AuditEntry) -> str:
    return line_hash(before, entry.number, entry.at, entry.by, entry.action, _content(entry))
