"""Samples of the queues: the longest wait of each step, as far back as they are kept."""

from datetime import timedelta

from sqlalchemy.orm import Session

from fediunion.db import Database, now_of
from fediunion.social.moderation.models import QueueSample
from fediunion.social.moderation.samples import KEPT, STEP, note_sample, queue_ages
from tests.fakes.clock import FakeClock


async def test_each_step_shows_its_longest_wait(social: Database) -> None:
    def work(session: Session) -> None:
        now = now_of(session)
        for hours, jobs, deliveries in ((7, 10, 0), (6.5, 60, 5), (1, 1, 9)):
            session.add(QueueSample(at=now - timedelta(hours=hours), jobs=jobs, deliveries=deliveries))
        session.flush()
        ages = queue_ages(session)
        assert list(ages.starts) == [now - 3 * STEP, now - 2 * STEP, now - STEP]
        assert (list(ages.jobs), list(ages.deliveries)) == ([60, 0, 1], [5, 0, 9])

    await social.write(work)


async def test_a_sample_is_kept_as_long_as_it_is_drawn(social: Database, clock: FakeClock) -> None:
    await social.write(note_sample)
    clock.advance(seconds=KEPT.total_seconds())
    await social.write(note_sample)
    assert await social.read(lambda session: session.query(QueueSample).count()) == 1
    starts = (await social.read(queue_ages)).starts
    assert len(starts) == 1


async def test_no_samples_are_nothing_to_draw(social: Database) -> None:
    assert (await social.read(queue_ages)).starts == []
