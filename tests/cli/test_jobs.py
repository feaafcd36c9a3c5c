"""jobs: what is in quarantine is listed, gets a fresh start, or is given up; each act is in the log."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.jobs.models import Job, JobState
from fediunion.social.moderation.models import AuditEntry
from tests.cli.commands import CommandedInstance, change_rows


def put_in_quarantine(session: Session) -> None:
    now = now_of(session)
    for error in ("first", "second", "third"):
        session.add(
            Job(
                kind="outbox.fan_out",
                payload={},
                state=JobState.QUARANTINED,
                crashes=3,
                run_at=now,
                created_at=now,
                last_error=error,
            )
        )


def waiting(instance: CommandedInstance) -> list[dict[str, object]]:
    """Return what is in quarantine, the newest first."""
    rows: list[dict[str, object]] = instance.succeed("jobs", "list", "--json").json
    return rows


def test_jobs_in_quarantine_are_listed_started_afresh_and_given_up(instance: CommandedInstance) -> None:
    assert waiting(instance) == []
    change_rows(instance, put_in_quarantine)
    third, second, first = waiting(instance)
    assert list(third) == ["id", "kind", "crashes", "last_error"]
    assert [each["last_error"] for each in (third, second, first)] == ["third", "second", "first"]
    assert instance.succeed("jobs", "drop", str(second["id"])).stderr == "1 will never be done.\n"
    assert instance.succeed("jobs", "retry", str(second["id"])).stderr == "0 will be tried again.\n"
    assert instance.succeed("jobs", "retry", str(first["id"])).stderr == "1 will be tried again.\n"
    assert instance.succeed("jobs", "retry", "--all").stderr == "1 will be tried again.\n"
    assert waiting(instance) == []
    for wrong in (("retry",), ("retry", "1", "--all"), ("drop",)):
        assert instance.run("jobs", *wrong).code == 2
    logged: list[tuple[str, str]] = []
    entries = select(AuditEntry).where(AuditEntry.action.startswith("jobs.")).order_by(AuditEntry.id)
    change_rows(
        instance, lambda session: logged.extend((e.action, e.subject) for e in session.scalars(entries))
    )
    assert logged == [("jobs.drop", second["id"]), ("jobs.retry", first["id"]), ("jobs.retry", "all")]
