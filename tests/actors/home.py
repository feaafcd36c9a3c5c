"""An instance with nothing above its actors: world, small app, and what its units of work announced."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import event
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.client import Client
from fediunion.activitypub.keys import PrivateKey
from fediunion.activitypub.transport import RawResponse
from fediunion.actors import endpoints, events
from fediunion.actors.actor_app import actor_app
from fediunion.actors.keys import NewKeys
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.actors.queries import find_local_actor
from fediunion.actors.service import create_local_actor
from fediunion.actors.webfinger_app import PATH, webfinger_app
from fediunion.config import DatabaseSettings, Settings
from fediunion.db import Surroundings, open_database
from fediunion.db.unit import Reaction
from fediunion.kit.asgi import Message, Receive, Send
from fediunion.kit.urls import parse_remote_url
from fediunion.world import World
from tests.fakes.clock import FakeClock
from tests.fakes.institutions import begin_with_institutions
from tests.fakes.internet import FakeInternet
from tests.fakes.settings import settings_for
from tests.fakes.signing import Forging, ed25519_key, rsa_key, signed_headers
from tests.fakes.stranger import StrangeActor

_EVENTS = (events.ActorDeleted, events.ActorKeysRotated, events.DomainRuleChanged)


def keys_for(settings: Settings, number: int = 0) -> NewKeys:
    """Return keys that were made before, as making them takes long."""
    pairs = PrivateKey("rsa", rsa_key(50 + number)), PrivateKey("ed25519", ed25519_key(50 + number))
    return NewKeys(*pairs, settings.secrets.master_key)


@dataclass
class Home:
    """`world` of `union.test` (or another domain) on `internet`; `announced` are the events of its units."""

    world: World
    clock: FakeClock
    internet: FakeInternet
    announced: list[object] = field(default_factory=list)

    @classmethod
    async def start(
        cls,
        database_url: str,
        clock: FakeClock,
        internet: FakeInternet,
        *,
        domain: str = "union.test",
        instance: Mapping[str, Any] | None = None,
        federation: Mapping[str, Any] | None = None,
        privacy: Mapping[str, Any] | None = None,
    ) -> "Home":
        """Return a running instance with its institutional actors; the mappings change its settings."""
        settings = settings_for(domain, Path("/nonexistent"), database_url)
        settings = replace(
            settings,
            database=DatabaseSettings(url=database_url),
            instance=replace(settings.instance, **(instance or {})),
            federation=replace(settings.federation, **(federation or {})),
            privacy=replace(settings.privacy, **(privacy or {})),
        )
        announced: list[object] = []

        def note(_: Session, event: object) -> None:
            announced.append(event)

        reactions: dict[type, list[Reaction]] = {kind: [note] for kind in _EVENTS}
        database = open_database(database_url, Surroundings(settings, clock, reactions))
        policy = AddressPolicy(allow_http=True, allow_private=True, any_port=True)
        client = Client(internet, policy, settings.authority, "FediUnion/test", clock)
        world = World(settings, clock, database, client)
        world.watch_changes()
        await database.start()
        keys = keys_for(settings)
        await database.write(begin_with_institutions, lambda _: keys)
        home = cls(world, clock, internet, announced)
        for authority in settings.authority:
            internet.join(authority, home)
        home._pages = Starlette(routes=endpoints.ROUTES)
        home._pages.state.world = world
        return home

    _pages: Starlette = field(default_factory=Starlette)

    @property
    def settings(self) -> Settings:
        """The settings of the instance."""
        return self.world.settings

    async def add(
        self, name: str, *, kind: ActorKind = ActorKind.MEMBER, reach: Reach = Reach.PUBLIC, **more: Any
    ) -> Actor:
        """Return a new actor of ours."""
        return await self.world.db.write(
            create_local_actor,
            kind=kind,
            username=name,
            reach=reach,
            keys=keys_for(self.settings, 1),
            **more,
        )

    async def change(self, name: str, work: Callable[..., object], *args: Any, **options: Any) -> None:
        """Run `work(session, actor, ...)` in a unit, for the actor of ours with that name."""

        def unit(session: Session) -> None:
            work(session, find_local_actor(session, name), *args, **options)

        await self.world.db.write(unit)

    async def get(
        self,
        url: str,
        *,
        accept: str | None = "application/activity+json",
        by: StrangeActor | None = None,
        method: str = "GET",
        **options: Any,
    ) -> RawResponse:
        """Ask for an address or path of ours, signed by a stranger where one is given.

        `options` are those of Forging.
        """
        if url.startswith("/"):
            url = self.settings.base_url + url
        headers = [] if accept is None else [("accept", accept)]
        if by is not None:
            forging = Forging(
                **{"method": method, "digest": "", "covered": ("(request-target)", "host", "date"), **options}
            )
            headers += signed_headers(
                forging, url=url, body=b"", key=by.rsa, key_id=by.key_id, now=self.world.clock.now()
            )
        return await self.internet.send(
            method, parse_remote_url(url), dict(headers), None, max_bytes=1 << 20, deadline_seconds=600
        )

    async def get_json(self, url: str, **options: Any) -> dict[str, Any]:
        """Return the document at a path of ours; the answer must be 200."""
        answer = await self.get(url, **options)
        assert answer.status == 200, answer
        document: dict[str, Any] = orjson.loads(answer.body)
        return document

    @contextmanager
    def counting_queries(self) -> Iterator[list[str]]:
        """Collect the statements that are run meanwhile."""
        database: Any = self.world.db
        engine = getattr(database._engine, "sync_engine", database._engine)
        statements: list[str] = []

        def count(_: Any, __: Any, statement: str, *___: Any) -> None:
            statements.append(statement)

        event.listen(engine, "before_cursor_execute", count)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", count)

    async def close(self) -> None:
        """Let go of the database."""
        await self.world.db.close()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer as the whole server does: the two hot addresses first."""
        path: str = scope["path"]
        if path == PATH:
            await webfinger_app(self.world)(scope, receive, send)
        elif path.startswith("/actors/") and path.count("/") == 2:
            await actor_app(self.world)(scope, receive, send)
        else:
            await self._pages(scope, receive, send)
