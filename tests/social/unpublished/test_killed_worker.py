"""A worker that is killed while it publishes: the post is published by the next one, and once."""

import asyncio
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.jobs.models import Job
from fediunion.jobs.run import run_due
from fediunion.social.posts.models import Post
from fediunion.social.unpublished.feature import FEATURE
from fediunion.social.unpublished.models import UnpublishedPost
from fediunion.social.unpublished.service import PUBLISH, schedule
from fediunion.social.unpublished.wishes import PostWish
from tests.api.rig import rig_for
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.settings import settings_for
from tests.processes.running import program

POSTS = 5


@pytest.mark.parametrize("crash_at", ["job_after_claim", "job_before_finish", "job_before_finish:4"])
async def test_L02_a_killed_worker_leaves_scheduled_posts_to_be_published_once(
    databases: Databases, tmp_path: Path, clock: FakeClock, crash_at: str
) -> None:
    settings = settings_for("union.test", tmp_path, databases.with_tables())
    async with rig_for(settings, clock) as rig:
        ana = await rig.member("ana")
        at = clock.now() + timedelta(minutes=10)

        def fill(session: Session) -> None:
            for number in range(POSTS):
                schedule(session, get_actor(session, ana.actor_id), PostWish(text=f"{number}"), at)
                session.flush()

        def counts(session: Session) -> tuple[int, int, int]:
            posts = select(func.count()).where(Post.author_id == ana.actor_id)
            waiting = select(func.count()).select_from(UnpublishedPost)
            jobs = select(func.count()).where(Job.kind == PUBLISH)
            return session.scalar(posts) or 0, session.scalar(waiting) or 0, session.scalar(jobs) or 0

        await rig.world.db.write(fill)
        clock.advance(minutes=11)
        arguments = (settings.database.url, str(tmp_path), clock.now().isoformat())
        killed = await asyncio.to_thread(
            program,
            "tests.social.unpublished.publishing_process",
            *arguments,
            env={"FEDIUNION_CRASH_AT": crash_at},
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        published, waiting, jobs = await rig.world.db.read(counts)
        assert published + waiting == POSTS
        assert waiting <= jobs
        assert (published > 0) is crash_at.startswith("job_before_finish")
        clock.advance(hours=1)
        for _ in range(2 * POSTS):
            await run_due(rig.world, FEATURE.jobs)
        assert await rig.world.db.read(counts) == (POSTS, 0, 0)
