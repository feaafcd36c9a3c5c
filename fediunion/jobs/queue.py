"""Putting work into the queue, in the unit of work that causes it."""

from datetime import datetime
from typing import cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from fediunion.db import announce, insert_ignoring, now_of
from fediunion.db.prepared import insert_row
from fediunion.jobs.models import Job, JobState
from fediunion.kit.ids import new_id

CHANNEL = "jobs"
"""Announced with the kind of the job that was enqueued, or with nothing: look at all kinds."""

_INSERT = insert(cast("Table", Job.__table__))


def enqueue(
    session: Session, kind: str, /, *, at: datetime | None = None, key: str | None = None, **payload: object
) -> None:
    """Have a job of `kind` run with `payload` (JSON values) once this unit of work is committed.

    Not before `at`. With a `key` nothing happens when a job with that key waits already; one that
    runs at this moment does not count, as it may have read what has changed since.
    Payloads are small: they name rows, they do not copy them.
    """
    now = now_of(session)
    row: dict[str, object] = {
        "id": new_id(),
        "kind": kind,
        "payload": payload,
        "state": JobState.READY,
        "run_at": at or now,
        "attempts": 0,
        "crashes": 0,
        "lease_token": None,
        "last_error": None,
        "dedupe_key": key,
        "created_at": now,
    }
    if key is None:
        insert_row(session, _INSERT, row)
    else:
        insert_ignoring(session, Job, [row])
    if at is None or at <= now:
        announce(session, CHANNEL, kind)
