"""An instance without members, and what was announced in it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.events import ActorDeleted
from fediunion.config import DatabaseSettings, Settings
from fediunion.db import Database, Surroundings, open_database
from fediunion.db.unit import Reaction
from fediunion.members.events import MemberErased, MemberReachChanged, MemberSuspended
from fediunion.members.models import Member
from fediunion.members.service import create_member
from tests.actors.home import keys_for
from tests.databases import Databases
from tests.fakes.clock import FakeClock

_EVENTS = (MemberErased, MemberReachChanged, MemberSuspended, ActorDeleted)


class Office:
    """Where members are made and looked after: `announced` are the events of all units of work."""

    def __init__(self, settings: Settings, clock: FakeClock) -> None:
        self.announced: list[object] = []
        self.settings = settings
        self.clock = clock

        def note(_: Session, event: object) -> None:
            self.announced.append(event)

        reactions: dict[type, list[Reaction]] = {kind: [note] for kind in _EVENTS}
        self.db: Database = open_database(settings.database.url, Surroundings(settings, clock, reactions))

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


@pytest.fixture
async def office(databases: Databases, settings: Settings, clock: FakeClock) -> AsyncIterator[Office]:
    """The office of union.test."""
    made = Office(replace(settings, database=DatabaseSettings(url=databases.with_tables())), clock)
    await made.db.start()
    yield made
    await made.db.close()
