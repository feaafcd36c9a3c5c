"""What tests of searching share."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.config import DatabaseSettings, Settings
from fediunion.kit.pages import Page
from fediunion.social.posts.models import Post
from fediunion.social.search.queries import search_posts
from fediunion.social.search.service import index_new_posts
from tests.api.rig import Client, Rig, rig_for
from tests.databases import Databases
from tests.fakes.clock import FakeClock

Search = Callable[..., Sequence[Post]]


@pytest.fixture
def search() -> Search:
    """Return the posts that a member finds, newest first, once everything is in the index."""

    def find(session: Session, member: Actor, text: str, **page: Any) -> Sequence[Post]:
        session.flush()
        while index_new_posts(session):
            pass
        session.flush()
        viewer = Viewer(member.id, None, is_member=True)
        ids = search_posts(session, text, viewer, Page(**page))
        return [post for post_id in ids if (post := session.get(Post, post_id)) is not None]

    return find


@pytest.fixture
async def rig(databases: Databases, settings: Settings, clock: FakeClock) -> AsyncIterator[Rig]:
    """An instance `union.test` behind its client interface."""
    settings = replace(settings, database=DatabaseSettings(url=databases.with_tables()))
    async with rig_for(settings, clock) as opened:
        yield opened


@pytest.fixture
async def ana(rig: Rig) -> Client:
    """A public member."""
    return await rig.member("ana")


@pytest.fixture
async def ben(rig: Rig) -> Client:
    """Another public member."""
    return await rig.member("ben")
