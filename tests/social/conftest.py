"""A database in which the social features react to each other."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from fediunion.config import DatabaseSettings, Settings
from fediunion.db import Database, Surroundings, open_database
from fediunion.db.unit import Reaction
from fediunion.social.lists.feature import FEATURE as LISTS
from fediunion.social.moderation.feature import FEATURE as MODERATION
from fediunion.social.notifications.feature import FEATURE as NOTIFICATIONS
from fediunion.social.profiles.feature import FEATURE as PROFILES
from fediunion.social.search.feature import FEATURE as SEARCH
from fediunion.social.timelines.feature import FEATURE as TIMELINES
from tests.databases import Databases
from tests.fakes.clock import FakeClock


def social_reactions() -> dict[type, Sequence[Reaction]]:
    """Return what the features above posts do, by event."""
    table: dict[type, list[Reaction]] = defaultdict(list)
    for feature in (LISTS, PROFILES, TIMELINES, NOTIFICATIONS, SEARCH, MODERATION):
        for event, reacting in feature.reactions.items():
            table[event] += reacting
    return dict(table)


@pytest.fixture
async def social(databases: Databases, settings: Settings, clock: FakeClock) -> AsyncIterator[Database]:
    """An open database with all tables, whose units of work run the reactions of the social features."""
    settings = replace(settings, database=DatabaseSettings(url=databases.with_tables()))
    surroundings = Surroundings(settings, clock, social_reactions())
    opened = open_database(settings.database.url, surroundings)
    await opened.start()
    yield opened
    await opened.close()
