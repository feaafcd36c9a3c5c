"""One union and two servers that are none, for tests of what arrives about posts and follows."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, Reach
from fediunion.actors.queries import find_actor_by_uri
from fediunion.inbox.collector import store_activities
from fediunion.inbox.models import InboxActivity
from fediunion.outbox.models import OutboxActivity
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import find_post_by_uri
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.stranger import Json, StrangeActor, Stranger
from tests.fakes.union import TestUnion, settle

P = ParamSpec("P")
T = TypeVar("T")
BASE = "https://union.test"
_OUTCOMES = select(InboxActivity.outcome).order_by(InboxActivity.id)


@dataclass
class Scene:
    """`union` with its clock, and actors of others: `bob` is honest, `mallory` is not."""

    union: TestUnion
    internet: FakeInternet
    clock: FakeClock
    good: Stranger
    evil: Stranger
    bob: StrangeActor
    mallory: StrangeActor
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def receive(self, document: Json, *, signed_at: datetime | None = None) -> str:
        """Process an activity whose sender is proven, and signed it then; return what became of it."""
        row = {
            "uri": document["id"],
            "sender_uri": document["actor"],
            "actor_uri": document["actor"],
            "activity_type": document["type"],
            "object_uri": _id_of(document["object"]),
            "body": orjson.dumps(document).decode(),
            "believed": True,
            "signed_at": signed_at,
        }
        await self.write(store_activities, [row])
        await settle(self.union)
        return await self.read(_outcome, document["id"])

    async def read(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what a unit that reads gives."""
        return await self.union.world.db.read(work, *args, **kwargs)

    async def write(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what a unit that writes gives."""
        return await self.union.world.db.write(work, *args, **kwargs)

    async def settle(self) -> None:
        """Run what is due."""
        await settle(self.union)

    async def known(self, actor: StrangeActor) -> Actor:
        """Return the row of somebody elsewhere, asked for where there is none."""
        return await self.union.actor(f"{actor.name}@{actor.server.authority}")

    async def follow(self, name: str, actor: StrangeActor) -> None:
        """Let our member follow somebody elsewhere, who agrees."""
        await self.union.follow(name, f"{actor.name}@{actor.server.authority}")
        await self.write(_accept_all)

    async def followed_by(self, name: str, actor: StrangeActor) -> None:
        """Let somebody elsewhere follow our member; a request waits where it has to."""
        follow = actor.activity("Follow", f"{BASE}/actors/{name}")
        assert await self.receive(follow) == "done"

    async def post(self, uri: str) -> Post | None:
        """Return the post with that id, None where there is none or it is deleted."""
        found = await self.read(find_post_by_uri, uri)
        return found if found is not None and found.deleted_at is None else None

    async def stored(self, uri: str) -> Post:
        """Return the post with that id, which has to be there."""
        found = await self.post(uri)
        assert found is not None, f"{uri} is not stored"
        return found

    async def sent(self, type: str = "") -> list[Json]:
        """Return what was published, the oldest first; of one type where it is named."""
        bodies = await self.read(_published)
        documents = [orjson.loads(body) for body in bodies]
        return [document for document in documents if type in ("", document["type"])]

    async def outcomes(self) -> list[str]:
        """Return what became of all that came in, the oldest first."""
        return await self.read(lambda session: list(session.scalars(_OUTCOMES)))

    async def count(self, table: Any, *conditions: Any) -> int:
        """Return how many rows a table has."""
        return await self.read(_count, table, conditions)

    async def member(self, name: str, reach: Reach = Reach.PUBLIC, *, locked: bool = False) -> Actor:
        """Return a new member."""
        return await self.union.member(name, reach=reach, locked=locked)


def ours(session: Session, name: str) -> Actor:
    """Return our actor of that name, in this session."""
    actor = find_actor_by_uri(session, f"{BASE}/actors/{name}")
    assert actor is not None
    return actor


def _accept_all(session: Session) -> None:
    for follow in session.scalars(select(Follow).where(Follow.state == FollowState.REQUESTED)):
        follow.state = FollowState.ACCEPTED


def _outcome(session: Session, uri: str) -> str:
    newest = select(InboxActivity.outcome).where(InboxActivity.uri == uri).order_by(InboxActivity.id.desc())
    return session.scalar(newest.limit(1)) or ""


def _published(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxActivity.body).order_by(OutboxActivity.id)))


def _count(session: Session, table: Any, conditions: Any) -> int:
    return int(session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0)


def _id_of(value: Any) -> str | None:
    found = value.get("id") if isinstance(value, dict) else value
    return found if isinstance(found, str) else None
