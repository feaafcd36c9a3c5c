"""What is kept of a post for everybody who asks, and when it is kept no longer."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar, cast

import orjson
import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.db import Database
from fediunion.kit.errors import Gone
from fediunion.kit.json import JsonObject
from fediunion.social.posts import answers
from fediunion.social.posts.models import Post
from fediunion.social.posts.service.publishing import edit_post, withdraw_post
from fediunion.social.posts.service.rendering import author_view, render
from fediunion.world import World
from tests.social.posts.scene import Scene, ours

T = TypeVar("T")
ASKING = Viewer(None, "good.example")
GENEROUS_SECONDS = 60


class SlowToAnswer:
    """A database that has read what `work` asks for, and hands out the first such answer when it may."""

    def __init__(self, database: Database, work: object) -> None:
        self._database = database
        self._work = work
        self.has_read = asyncio.Event()
        self.may_go = asyncio.Event()
        self.times = 0

    async def read(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Answer as the database does."""
        found = await self._database.read(work, *args, **kwargs)
        if work is self._work:
            self.times += 1
            if self.times == 1:
                self.has_read.set()
                await asyncio.wait_for(self.may_go.wait(), GENEROUS_SECONDS)
        return found


def slow_world(scene: Scene) -> tuple[World, SlowToAnswer]:
    """Return the world of the union with a database that is slow to answer what is made of a post."""
    slow = SlowToAnswer(scene.union.world.db, answers._make_kept)
    return replace(scene.union.world, db=cast("Database", slow)), slow


def note(session: Session, _author: Actor, post: Post) -> JsonObject:
    """Return what is given of a post."""
    return render(session, author_view(session, post))


async def ask(world: World, post: Post) -> tuple[int, str]:
    """Return the status, and what the post says."""
    path = f"/actors/ana/posts/{post.slug}"
    answered = await answers.answer_post(world, ASKING, "ana", post.slug or "", path, note)
    return answered.status_code, str(orjson.loads(answered.body).get("content", ""))


def _edit(session: Session, post_id: int) -> None:
    post = session.get_one(Post, post_id)
    edit_post(
        session,
        ours(session, "ana"),
        post,
        text="corrected",
        content_warning="",
        sensitive=False,
        language="en",
    )


def _withdraw(session: Session, post_id: int) -> None:
    withdraw_post(session, ours(session, "ana"), session.get_one(Post, post_id))


async def test_what_was_read_before_an_edit_is_given_to_nobody_who_asks_after_it(scene: Scene) -> None:
    post, (world, slow) = await scene.union.post("ana", "mistaken"), slow_world(scene)
    early = asyncio.create_task(ask(world, post))
    await asyncio.wait_for(slow.has_read.wait(), GENEROUS_SECONDS)
    await scene.write(_edit, post.id)
    assert await ask(world, post) == (200, "<p>corrected</p>"), "while the old one is on its way"
    slow.may_go.set()
    assert await early == (200, "<p>mistaken</p>")
    assert await ask(world, post) == (200, "<p>corrected</p>")
    assert slow.times == 2, "what was read after the edit is kept"


async def test_a_deleted_post_is_not_kept_by_who_read_it_before(scene: Scene) -> None:
    post, (world, slow) = await scene.union.post("ana", "regretted"), slow_world(scene)
    early = asyncio.create_task(ask(world, post))
    await asyncio.wait_for(slow.has_read.wait(), GENEROUS_SECONDS)
    await scene.write(_withdraw, post.id)
    slow.may_go.set()
    await early
    assert await ask(world, post) == (410, "")


async def test_a_post_deleted_after_it_was_looked_at_is_gone(scene: Scene) -> None:
    post = await scene.union.post("ana", "regretted")
    await scene.write(_withdraw, post.id)
    with pytest.raises(Gone):
        await scene.read(answers._make_kept, scene.union.world, post.id, note)
