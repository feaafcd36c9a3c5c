"""A whole union in process: its own world and database on the fake Internet, with real signatures."""

import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.activitypub.keys import PrivateKey
from fediunion.actors.keys import NewKeys
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.actors.queries import find_local_actor
from fediunion.actors.remote import resolve_handle
from fediunion.actors.service import create_local_actor
from fediunion.actors.viewer import Viewer
from fediunion.app.application import create_app
from fediunion.app.metrics import Metrics
from fediunion.app.opening import open_world
from fediunion.app.serve import close_world
from fediunion.config import MailMode, Settings
from fediunion.installed import deliverer, job_handlers
from fediunion.jobs.run import run_due
from fediunion.kit.asgi import AsgiApp
from fediunion.kit.clock import Clock
from fediunion.kit.html import html_to_text
from fediunion.kit.pages import Page
from fediunion.social.follows.service import request_follow
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import find_post_by_uri
from fediunion.social.posts.service.publishing import PostDraft, publish_post
from fediunion.social.timelines.queries.home import home_page
from fediunion.world import World
from tests.fakes.institutions import begin_with_institutions
from tests.fakes.internet import FakeInternet
from tests.fakes.settings import settings_for
from tests.fakes.signing import ed25519_key, rsa_key

_ROUNDS = 100
_KEY_NUMBERS = itertools.count()
_NOWHERE = Path("/nonexistent")


class TestUnion:
    """One instance. People are named by their username, those elsewhere by `name@host`.

    >>> nurses = await TestUnion.start(internet, "nurses.test", databases.with_tables(), clock)
    >>> await nurses.member("ana")
    >>> await clerks.follow("ben", "ana@nurses.test")
    >>> await settle(nurses, clerks)
    >>> await nurses.post("ana", "Hello")
    >>> await settle(nurses, clerks)
    >>> assert await clerks.home("ben") == ["Hello"]
    """

    __test__ = False

    def __init__(self, world: World, app: AsgiApp) -> None:
        self.world = world
        self.app = app
        self._deliverer = deliverer(world)
        self._handlers = job_handlers(world.part(Metrics).rejections)

    @classmethod
    async def start(
        cls,
        internet: FakeInternet,
        domain: str,
        database_url: str,
        clock: Clock,
        *,
        directory: Path = _NOWHERE,
        settings: Settings | None = None,
        listens: bool = False,
    ) -> "TestUnion":
        """Return a union at `domain`, which has joined the Internet and has its institutional actors.

        `database_url` names a database with tables; `settings` are those of the fakes by default. What other
        processes announce is heard on PostgreSQL where it `listens`, which takes one more connection.
        """
        if settings is None:
            settings = settings_for(domain, directory, database_url)
            if directory is _NOWHERE:
                settings = replace(settings, mail=replace(settings.mail, mode=MailMode.OFF))
        world = open_world(settings, clock=clock, transport=internet)
        if listens or world.db.dialect == "sqlite":
            await world.db.start()
        await world.db.write(begin_with_institutions, new_keys)
        union = cls(world, create_app(world))
        internet.join(settings.web_domain, union.app)
        return union

    @property
    def domain(self) -> str:
        """What stands after the @ in handles."""
        return self.world.settings.handle_domain

    async def close(self) -> None:
        """End what works on files, and let go of the database."""
        await self._deliverer.close()
        await close_world(self.world)

    async def member(
        self,
        name: str,
        *,
        reach: Reach = Reach.PUBLIC,
        locked: bool = False,
        kind: ActorKind = ActorKind.MEMBER,
    ) -> Actor:
        """Return a new member, or an institution where `kind` says so."""
        return await self.world.db.write(
            create_local_actor,
            kind=kind,
            username=name,
            display_name=name.title(),
            reach=reach,
            locked=locked,
            keys=new_keys(self.world.settings),
        )

    async def actor(self, name: str) -> Actor:
        """Return somebody of ours, or somebody elsewhere by handle, asked for where unknown."""
        return await resolve_handle(self.world, name if "@" in name else f"{name}@{self.domain}")

    async def follow(self, name: str, whom: str) -> None:
        """Let our member follow somebody here or elsewhere; a request where that one decides by hand."""
        followed = await self.actor(whom)

        def follow(session: Session) -> None:
            request_follow(session, _ours(session, name), session.get_one(Actor, followed.id))

        await self.world.db.write(follow)

    async def post(self, name: str, text: str, *, audience: Audience = Audience.PUBLIC, **draft: Any) -> Post:
        """Return a new post of our member; `draft` is more of PostDraft, `in_reply_to` an uri we know."""
        reply_to: str | None = draft.pop("in_reply_to", None)

        def post(session: Session) -> Post:
            if reply_to is not None:
                answered = find_post_by_uri(session, reply_to)
                assert answered is not None, f"{self.domain} does not know {reply_to}"
                draft["in_reply_to_id"] = answered.id
            return publish_post(
                session, _ours(session, name), PostDraft(text=text, audience=audience, **draft)
            )

        return await self.world.db.write(post)

    async def find_post(self, uri: str) -> Post | None:
        """Return a post as this union knows it, whoever may see it."""
        return await self.world.db.read(find_post_by_uri, uri)

    async def home(self, name: str, *, limit: int = 40) -> list[str]:
        """Return the texts in a member's home timeline without markup, the newest first."""

        def texts(session: Session) -> list[str]:
            found = []
            for post_id in home_page(session, _ours(session, name).id, Page(limit=limit)):
                post = session.get_one(Post, post_id)
                shown = post if post.boost_of_id is None else session.get_one(Post, post.boost_of_id)
                found.append(html_to_text(shown.content))
            return found

        return await self.world.db.read(texts)

    async def viewer(self, name: str) -> Viewer:
        """Return our member as one who asks to see something."""
        return Viewer(actor_id=(await self.actor(name)).id, is_member=True)

    async def work(self) -> int:
        """Run what is due in this union once, jobs and deliveries; return how much that was."""
        return await run_due(self.world, self._handlers) + await self._deliverer.deliver_due()


async def settle(*unions: TestUnion) -> None:
    """Run everybody's jobs and deliveries until none is due any more. What waits for a later moment waits."""
    for _ in range(_ROUNDS):
        if not sum([await union.work() for union in unions]):
            return
    raise AssertionError("the unions do not come to rest")


@asynccontextmanager
async def running(*unions: TestUnion) -> AsyncIterator[Sequence[TestUnion]]:
    """Close the unions at the end of the block."""
    try:
        yield unions
    finally:
        for union in unions:
            await union.close()


def _ours(session: Session, name: str) -> Actor:
    actor = find_local_actor(session, name)
    assert actor is not None, f"there is no member {name}"
    return actor


def new_keys(settings: Settings) -> NewKeys:
    """Return keys for one more actor. Making RSA keys is slow: a few are shared by all."""
    number = next(_KEY_NUMBERS)
    return NewKeys(
        PrivateKey("rsa", rsa_key(number % 8)),
        PrivateKey("ed25519", ed25519_key(number)),
        settings.secrets.master_key,
    )
