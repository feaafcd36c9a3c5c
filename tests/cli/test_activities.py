"""activities: what came in, what became of it, and what was refused."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.inbox.models import InboxActivity, InboxRejection
from tests.cli.commands import CommandedInstance, change_rows


@pytest.fixture(scope="module")
def busy(instance: CommandedInstance) -> CommandedInstance:
    """An instance to which something came."""
    change_rows(instance, _come)
    return instance


def _come(session: Session) -> None:
    now = now_of(session)
    for number, outcome in enumerate(["done", "not handled: View of Note", ""]):
        session.add(
            InboxActivity(
                uri=f"https://far.example/activities/{number}",
                sender_uri="https://far.example/users/eve",
                actor_uri="https://far.example/users/eve",
                activity_type="View",
                object_uri=None,
                body="{}",
                received_at=now,
                processed_at=now if outcome else None,
                outcome=outcome,
            )
        )
        session.flush()
    for days, count in ((0, 2), (6, 3), (7, 5)):
        day = (now - timedelta(days=days)).date()
        session.add(InboxRejection(day=day, reason="date-skew", host="far.example", count=count))


def test_what_came_in_is_listed_with_what_became_of_it(busy: CommandedInstance) -> None:
    rows = busy.succeed("activities", "--received", "--json").json
    assert [row["outcome"] for row in rows] == ["waits", "not handled: View of Note", "done"]
    assert set(rows[0]) == {"received_at", "activity", "actor", "outcome", "id"}
    assert len(busy.succeed("activities", "--received", "--limit", "1", "--json").json) == 1


def test_only_one_outcome_is_listed_when_asked_for(busy: CommandedInstance) -> None:
    printed = busy.succeed("activities", "--received", "--outcome", "not handled").stdout.splitlines()
    assert len(printed) == 2
    assert "https://far.example/activities/1" in printed[1]


def test_refusals_are_counted_by_day_host_and_reason(busy: CommandedInstance) -> None:
    rows = busy.succeed("activities", "--refused", "--json").json
    assert [(row["host"], row["reason"], row["count"]) for row in rows] == [
        ("far.example", "date-skew", 2),
        ("far.example", "date-skew", 3),
    ]
    assert len(busy.succeed("activities", "--refused", "--days", "8", "--json").json) == 3


def test_one_of_the_two_lists_at_a_time(busy: CommandedInstance) -> None:
    assert busy.run("activities", "--received", "--refused").code == 2
