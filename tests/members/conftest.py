"""An instance without members, and what was announced in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from typing import Any, Final

import argon2
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.client import Client
from fediunion.actors.events import ActorDeleted
from fediunion.config import DatabaseSettings, Mode, Settings
from fediunion.db import Database, Surroundings, open_database
from fediunion.db.unit import Reaction
from fediunion.jobs.models import Job
from fediunion.members.events import MemberErased, MemberReachChanged, MemberSuspended, MemberTakenBack
from fediunion.members.mail.service import SEND_MAIL, Letter, open_letter
from fediunion.members.models import Member, QueuedMail
from fediunion.members.service import create_member
from fediunion.members.sessions import begin_session, find_session
from fediunion.world import World
from tests.actors.home import keys_for
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet

_EVENTS = (MemberErased, MemberReachChanged, MemberSuspended, MemberTakenBack, ActorDeleted)


class Office:
    """Where members are made and looked after: `announced` are the events of all units of work."""

    def __init__(self, settings: Settings, clock: FakeClock) -> None:
        self.announced: list[object] = []
        self.settings = settings
        self.clock = clock

        def note(_: Session, event: object) -> None:
            self.announced.append(event)

        reactions: dict[type, list[Reaction]] = {kind: [note] for kind in _EVENTS}
        self._world: World | None = None
        self.db: Database = open_database(settings.database.url, Surroundings(settings, clock, reactions))

    @property
    def world(self) -> World:
        """The whole instance, on an Internet where nobody is."""
        if self._world is None:
            policy = AddressPolicy(allow_http=True, allow_private=True, any_port=True)
            client = Client(FakeInternet(), policy, self.settings.authority, "FediUnion/test", self.clock)
            self._world = World(self.settings, self.clock, self.db, client)
        return self._world

    async def signed_in(self, member: Member) -> str:
        """Return the cookie of a browser in which a member signed in just now."""
        cookie: str = await self.on(member, begin_session)
        return cookie

    async def is_signed_in(self, cookie: str) -> bool:
        """Return whether a cookie is that of a session."""
        return await self.db.read(find_session, cookie) is not None

    async def letters(self) -> list[Letter]:
        """Return the mails that wait to be sent, the first first."""

        def read(session: Session) -> list[Letter]:
            # By their jobs, whose numbers grow: those of the mails are of the clock, which stands still.
            jobs = session.scalars(select(Job).where(Job.kind == SEND_MAIL).order_by(Job.id))
            rows = [session.get_one(QueuedMail, job.payload["mail_id"]) for job in jobs]
            return [open_letter(row, self.settings) for row in rows]

        return await self.db.read(read)

    async def add(self, username: str, **more: Any) -> Member:
        """Return a new member."""
        return await self.db.write(create_member, username=username, keys=keys_for(self.settings), **more)

    async def on(self, member: Member, work: Any, *args: Any, **options: Any) -> Any:
        """Return `work(session, member, ...)` of a unit of work, with the member's row as it is now."""
        return await self.db.write(
            lambda session: work(session, session.get_one(Member, member.id), *args, **options)
        )

    async def state_of(self, member: Member) -> Member:
        """Return the member as it is stored now."""
        return await self.db.read(lambda session: session.get_one(Member, member.id))


PASSWORD: Final = "correct horse battery staple"


@cache
def password_hash() -> str:
    """Return a hash of PASSWORD that is checked quickly: how long it takes is written in the hash."""
    return argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@asynccontextmanager
async def office_of(settings: Settings, databases: Databases, clock: FakeClock) -> AsyncIterator[Office]:
    """Open an office with other settings than usual."""
    made = Office(replace(settings, database=DatabaseSettings(url=databases.with_tables())), clock)
    await made.db.start()
    try:
        yield made
    finally:
        await made.db.close()


@pytest.fixture
async def office(databases: Databases, settings: Settings, clock: FakeClock) -> AsyncIterator[Office]:
    """The office of union.test."""
    async with office_of(settings, databases, clock) as made:
        yield made


@pytest.fixture
async def real_office(databases: Databases, settings: Settings, clock: FakeClock) -> AsyncIterator[Office]:
    """The same in production: limits are counted, officers need a second factor."""
    instance = replace(settings.instance, mode=Mode.PRODUCTION)
    limits = replace(settings.limits, enabled=True)
    async with office_of(replace(settings, instance=instance, limits=limits), databases, clock) as made:
        yield made
