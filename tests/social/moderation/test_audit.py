"""The log of privileged acts cannot be changed unseen."""

import asyncio

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from fediunion.db import Database
from fediunion.kit.pages import Page
from fediunion.social.moderation.audit import check_audit, list_audit, record_audit
from fediunion.social.moderation.models import AuditEntry, AuditHead


def record(session: Session, subject: str) -> None:
    """Append an entry."""
    record_audit(session, by="@guard", action="actor.suspend", subject=subject, reason="spam")


async def test_C09_entries_are_chained_and_the_log_is_whole(social: Database) -> None:
    def work(session: Session) -> None:
        assert check_audit(session).intact
        for number in range(3):
            record(session, f"https://far.test/{number}")
        checked = check_audit(session)
        assert (checked.intact, checked.entries) == (True, 3)
        newest = list_audit(session, Page(limit=2))
        assert [entry.number for entry in newest] == [3, 2]
        assert newest[0].hash == checked.head

    await social.write(work)


@pytest.mark.parametrize(
    ("damage", "broken_at"),
    [
        (update(AuditEntry).where(AuditEntry.number == 2).values(reason="nothing"), 2),
        (update(AuditEntry).where(AuditEntry.number == 2).values(by="@other"), 2),
        (delete(AuditEntry).where(AuditEntry.number == 2), 2),
        (delete(AuditEntry).where(AuditEntry.number == 3), 3),
        (delete(AuditHead), 4),
    ],
    ids=["reason", "by", "cut out", "cut off", "head"],
)
async def test_C09_what_was_changed_or_cut_out_is_found(
    social: Database, damage: object, broken_at: int
) -> None:
    def work(session: Session) -> None:
        for number in range(3):
            record(session, f"https://far.test/{number}")
        session.execute(damage)  # type: ignore[call-overload]  # each of them is a statement
        session.expire_all()
        assert check_audit(session).broken_at == broken_at

    await social.write(work)


async def test_C09_acts_at_the_same_time_do_not_fork_the_chain(social: Database) -> None:
    await asyncio.gather(*(social.write(record, f"https://far.test/{number}") for number in range(12)))
    checked = await social.read(check_audit)
    assert (checked.intact, checked.entries) == (True, 12)
