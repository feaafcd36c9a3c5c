"""What came too early is processed once more."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.db import Database, now_of
from fediunion.inbox.again import LOOKED_BACK, process_again
from fediunion.inbox.collector import PROCESS_JOB
from fediunion.inbox.models import InboxActivity
from fediunion.jobs.models import Job
from fediunion.kit.ids import new_id

IGNORED = "ignored: concerns nobody here"


def _came(session: Session, uri: str, **changed: Any) -> int:
    now = now_of(session)
    row = {
        "id": new_id(),
        "uri": f"{uri}/activity",
        "sender_uri": uri,
        "actor_uri": uri,
        "activity_type": "Update",
        "body": "{}",
        "received_at": now - timedelta(hours=1),
        "processed_at": now,
        "outcome": IGNORED,
        **changed,
    }
    session.add(InboxActivity(**row))
    session.flush()
    return int(row["id"])


async def test_what_was_ignored_of_a_server_waits_again(database: Database) -> None:
    def work(session: Session) -> None:
        one = _came(session, "https://peer.example/actors/jobs", activity_type="Create")
        two = _came(session, "http://peer.example/actors/union")
        assert process_again(session, {"peer.example", "other.example"}) == 2
        (job,) = session.scalars(select(Job).where(Job.kind == PROCESS_JOB))
        assert job.payload["ids"] == [one, two]
        for row in session.scalars(select(InboxActivity)):
            assert (row.processed_at, row.outcome) == (None, "")
        assert process_again(session, {"peer.example"}) == 0

    await database.write(work)


@pytest.mark.parametrize(
    "changed",
    [
        {"outcome": "done"},
        {"outcome": "refused: it is too long"},
        {"outcome": ""},
        {"body": None},
        {"activity_type": "Follow"},
        {"sender_uri": "https://peer.example.evil.example/actors/jobs"},
        {"sender_uri": "https://peer.example:8443/actors/jobs"},
    ],
    ids=["done", "refused", "waits", "forgotten", "follow", "longer name", "other port"],
)
async def test_everything_else_is_left_as_it_is(database: Database, changed: dict[str, Any]) -> None:
    def work(session: Session) -> None:
        _came(session, "https://peer.example/actors/jobs", **changed)
        assert process_again(session, {"peer.example"}) == 0
        assert process_again(session, set()) == 0

    await database.write(work)


async def test_what_came_more_than_a_day_ago_is_left_as_it_is(database: Database) -> None:
    def work(session: Session) -> None:
        before = now_of(session) - LOOKED_BACK - timedelta(seconds=1)
        _came(session, "https://peer.example/actors/jobs", received_at=before)
        assert process_again(session, {"peer.example"}) == 0

    await database.write(work)
