"""How old the queues were: a sample now and then, kept as long as the drawing of it goes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.jobs.queries import queue_age_seconds
from fediunion.kit.json import JsonObject
from fediunion.outbox.queries import oldest_due_seconds
from fediunion.social.moderation.models import QueueSample
from fediunion.world import World

SAMPLE: Final = "moderation.sample_queues"
SECONDS: Final = 900
KEPT: Final = timedelta(days=7)
STEP: Final = timedelta(hours=3)


@dataclass(frozen=True)
class QueueAges:
    """The longest wait, in seconds, within each STEP that begins at one of `starts`, the oldest first."""

    starts: Sequence[datetime]
    jobs: Sequence[int]
    deliveries: Sequence[int]


async def sample_queues(world: World, _payload: JsonObject) -> None:
    """Job: note how long the jobs and the deliveries that wait longest have been due."""
    await world.db.write(note_sample)


def note_sample(session: Session) -> None:
    """Store a sample, and remove those that are too old to be drawn."""
    now = now_of(session)
    session.add(
        QueueSample(
            at=now, jobs=round(queue_age_seconds(session)), deliveries=round(oldest_due_seconds(session))
        )
    )
    session.execute(delete(QueueSample).where(QueueSample.at <= now - KEPT))


def queue_ages(session: Session) -> QueueAges:
    """Return the longest waits of the last days; steps before the first sample are left out."""
    now = now_of(session)
    begin = now - KEPT
    rows = session.execute(
        select(QueueSample.at, QueueSample.jobs, QueueSample.deliveries)
        .where(QueueSample.at > begin)
        .order_by(QueueSample.at)
    ).all()
    if not rows:
        return QueueAges([], [], [])
    last = KEPT // STEP - 1
    first = min((rows[0].at - begin) // STEP, last)
    number = last - first + 1
    jobs, deliveries = [0] * number, [0] * number
    for at, job_seconds, delivery_seconds in rows:
        # One of this very moment belongs to the step that ends now.
        place = min((at - begin) // STEP, last) - first
        jobs[place] = max(jobs[place], job_seconds)
        deliveries[place] = max(deliveries[place], delivery_seconds)
    return QueueAges([begin + STEP * (first + n) for n in range(number)], jobs, deliveries)
