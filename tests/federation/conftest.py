"""Three unions in one process: nurses with Ana and Dora, clerks with Ben and Eve, drivers with Chris."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.jobs.models import Job
from fediunion.kit.errors import FediUnionError
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.union import TestUnion, running, settle
from tests.federation import acts


@dataclass(frozen=True)
class ThreeUnions:
    """The unions, and what is between them."""

    internet: FakeInternet
    clock: FakeClock
    nurses: TestUnion
    clerks: TestUnion
    drivers: TestUnion

    async def settle(self) -> None:
        """Let everybody do what is due."""
        await settle(self.nurses, self.clerks, self.drivers)

    async def pass_time(self, *, hours: float, step_hours: float = 1.0) -> None:
        """Let time go by, with everybody doing what falls due meanwhile."""
        for _ in range(round(hours / step_hours)):
            self.clock.advance(hours=step_hours)
            await self.settle()


@pytest.fixture
async def unions(databases: Databases, clock: FakeClock) -> AsyncIterator[ThreeUnions]:
    """Three unions that know nothing of each other yet; everybody is public."""
    internet = FakeInternet()
    nurses, clerks, drivers = [
        await TestUnion.start(internet, domain, databases.with_tables(), clock)
        for domain in ("nurses.test", "clerks.test", "drivers.test")
    ]
    async with running(nurses, clerks, drivers):
        for union, names in ((nurses, ("ana", "dora")), (clerks, ("ben", "eve")), (drivers, ("chris",))):
            for name in names:
                await acts.join(union, name)
        yield ThreeUnions(internet, clock, nurses, clerks, drivers)
        for union in (nurses, clerks, drivers):
            assert await union.world.db.read(_broken_jobs) == [], union.domain


def _broken_jobs(session: Session) -> list[tuple[str, str]]:
    """Return the jobs that failed by a mistake of ours; those that wait for another server are well."""
    expected = {kind.__name__ for kind in _all_below(FediUnionError)}
    failed = session.scalars(select(Job).where(Job.last_error.is_not(None)))
    errors = [(job.kind, job.last_error or "") for job in failed]
    return [(kind, error) for kind, error in errors if error.partition(":")[0] not in expected]


def _all_below(kind: type[Exception]) -> list[type[Exception]]:
    return [kind, *(each for below in kind.__subclasses__() for each in _all_below(below))]
