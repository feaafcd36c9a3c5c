"""The log of privileged acts cannot be changed unseen."""

import asyncio

import pytest
from sqlalchemy import Executable, delete, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fediunion.db import Database
from fediunion.kit.pages import Page
from fediunion.social.moderation.audit import check_audit, line_hash, list_audit, read_audit, record_audit
from fediunion.social.moderation.models import AuditEntry, AuditHead
from tests.social.moderation.owner import as_owner_of_the_database


def record(session: Session, subject: str) -> None:
    """Append an entry."""
    record_audit(session, by="@guard", action="actor.suspend", subject=subject, reason="spam")


DAMAGES: dict[str, Executable] = {
    "changed": update(AuditEntry).values(reason="nothing"),
    "removed": delete(AuditEntry),
    "head set back": update(AuditHead).values(number=1),
    "head removed": delete(AuditHead),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
async def test_C09_the_database_refuses_to_change_or_remove_an_entry(
    social: Database, damage: Executable
) -> None:
    def write(session: Session) -> None:
        for number in range(3):
            record(session, f"https://far.test/{number}")

    def harm(session: Session) -> None:
        session.execute(damage, execution_options={"synchronize_session": False})

    await social.write(write)
    with pytest.raises(DBAPIError, match="stay as they are"):
        await social.write(harm)
    checked = await social.read(check_audit)
    assert (checked.intact, checked.entries) == (True, 3)


async def test_C09_a_page_of_the_log_says_whether_it_fits(social: Database) -> None:
    def work(session: Session) -> None:
        assert read_audit(session, Page()).intact
        for number in range(5):
            record(session, f"https://far.test/{number}")
        newest = read_audit(session, Page(limit=2))
        assert [line.number for line in newest.lines] == [5, 4]
        assert (newest.intact, newest.entries, newest.head) == (True, 5, newest.lines[0].hash)
        older = read_audit(session, Page(limit=3, max_id=4))
        assert [line.number for line in older.lines] == [3, 2, 1]
        assert older.intact

    await social.write(work)


async def test_C09_whoever_sees_neither_subject_nor_reason_can_still_check_the_chain(
    social: Database,
) -> None:
    def work(session: Session) -> None:
        for number in range(3):
            record(session, f"https://far.test/{number}")
        before = "0" * 64
        for line in reversed(read_audit(session, Page()).lines):
            assert line.hash == line_hash(before, line.number, line.at, line.by, line.action, line.content)
            before = line.hash

    def same_act_again(session: Session) -> None:
        record(session, "https://far.test/0")
        contents = [line.content for line in read_audit(session, Page()).lines]
        assert len(set(contents)) == 4

    await social.write(work)
    await social.write(same_act_again)


@pytest.mark.parametrize(
    ("damage", "page"),
    [
        (update(AuditEntry).where(AuditEntry.number == 2).values(reason="nothing"), Page()),
        (delete(AuditEntry).where(AuditEntry.number == 2), Page()),
        (delete(AuditEntry).where(AuditEntry.number == 3), Page(limit=1)),
        (update(AuditHead).values(hash="0" * 64), Page(limit=1)),
    ],
    ids=["changed", "cut out", "cut off", "head"],
)
async def test_C09_a_page_of_a_log_that_was_changed_does_not_fit(
    social: Database, damage: Executable, page: Page
) -> None:
    def work(session: Session) -> None:
        for number in range(3):
            record(session, f"https://far.test/{number}")
        as_owner_of_the_database(session)
        session.execute(damage)
        session.expire_all()
        assert not read_audit(session, page).intact

    await social.write(work)


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
    social: Database, damage: Executable, broken_at: int
) -> None:
    def work(session: Session) -> None:
        for number in range(3):
            record(session, f"https://far.test/{number}")
        as_owner_of_the_database(session)
        session.execute(damage)
        session.expire_all()
        assert check_audit(session).broken_at == broken_at

    await social.write(work)


async def test_C09_acts_at_the_same_time_do_not_fork_the_chain(social: Database) -> None:
    await asyncio.gather(*(social.write(record, f"https://far.test/{number}") for number in range(12)))
    checked = await social.read(check_audit)
    assert (checked.intact, checked.entries) == (True, 12)
