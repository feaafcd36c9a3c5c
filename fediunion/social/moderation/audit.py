"""The log of privileged acts: append-only, each entry chained to the one before (row C09)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.db.known_uris import insert_ignoring
from fediunion.db.pages import paged
from fediunion.kit.pages import Page
from fediunion.social.moderation.models import AuditEntry, AuditHead

COMMAND_LINE: Final = "command line"
"""Who acted where an operator did on the machine itself."""

AUTOMATIC: Final = "automatic"
"""Who acted where nobody did: a limit was reached."""

_START: Final = "0" * 64
_HEAD: Final = 1
_READ_AT_ONCE: Final = 500


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
        number=head.number + 1, at=now_of(session), by=by, action=action, subject=subject, reason=reason
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


def list_audit(session: Session, page: Page) -> list[AuditEntry]:
    """Return entries, the newest first; pages go by `number`."""
    return page.newest_first(list(session.scalars(paged(select(AuditEntry), AuditEntry.number, page))))


def _after(session: Session, number: int) -> Sequence[AuditEntry]:
    statement = (
        select(AuditEntry).where(AuditEntry.number > number).order_by(AuditEntry.number).limit(_READ_AT_ONCE)
    )
    return session.scalars(statement).all()


def _hash(before: str, entry: AuditEntry) -> str:
    content = {
        "before": before,
        "number": str(entry.number),
        "at": entry.at.isoformat(),
        "by": entry.by,
        "action": entry.action,
        "subject": entry.subject,
        "reason": entry.reason,
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()
