"""One instance behind its client interface: members with tokens, driven through the routes as over HTTP."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.audience import Audience
from fediunion.activitypub.client import Client as Requests
from fediunion.activitypub.keys import PrivateKey
from fediunion.actors.keys import NewKeys
from fediunion.actors.models import Actor, Reach
from fediunion.actors.queries import get_actor
from fediunion.api.routes import ROUTES
from fediunion.api.streaming.feature import FEATURE as STREAMING
from fediunion.config import Settings
from fediunion.db import Surroundings, open_database
from fediunion.db.unit import Reaction
from fediunion.feature import Feature
from fediunion.members.models import Member
from fediunion.members.service import create_member
from fediunion.members.tokens import create_token
from fediunion.social.annotations.feature import FEATURE as ANNOTATIONS
from fediunion.social.cards.feature import FEATURE as CARDS
from fediunion.social.filters.feature import FEATURE as FILTERS
from fediunion.social.follows.feature import FEATURE as FOLLOWS
from fediunion.social.lists.feature import FEATURE as LISTS
from fediunion.social.media.desk import MediaDesk, close_desk
from fediunion.social.media.feature import FEATURE as MEDIA
from fediunion.social.notifications.feature import FEATURE as NOTIFICATIONS
from fediunion.social.posts.feature import FEATURE as POSTS
from fediunion.social.posts.models import Post
from fediunion.social.posts.service.publishing import PostDraft, publish_post
from fediunion.social.search.feature import FEATURE as SEARCH
from fediunion.social.search.service import index_new_posts
from fediunion.social.timelines.feature import FEATURE as TIMELINES
from fediunion.social.unpublished.feature import FEATURE as UNPUBLISHED
from fediunion.world import World
from tests.fakes.clock import FakeClock
from tests.fakes.institutions import begin_with_institutions
from tests.fakes.internet import FakeInternet
from tests.fakes.signing import ed25519_key, rsa_key

FEATURES: tuple[Feature, ...] = (
    FOLLOWS,
    LISTS,
    MEDIA,
    ANNOTATIONS,
    POSTS,
    CARDS,
    TIMELINES,
    NOTIFICATIONS,
    SEARCH,
    FILTERS,
    UNPUBLISHED,
    STREAMING,
)
ALL_SCOPES = "read write follow push profile"
_NUMBERS = itertools.count()
_LONG_WHILE = 600.0


@dataclass
class Client:
    """A member's app, or nobody's: requests come back as httpx responses."""

    http: httpx.AsyncClient
    clock: FakeClock
    actor_id: int = 0
    bearer: str = ""

    @property
    def id(self) -> str:
        """The account's id, as the interface writes it."""
        return str(self.actor_id)

    async def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Send a request with the member's token. A moment goes by, so that ids sort as requests came."""
        self.clock.advance(0.01)
        headers = dict(request.pop("headers", {}))
        if self.bearer:
            headers.setdefault("Authorization", f"Bearer {self.bearer}")
        return await self.http.request(method, path, headers=headers, **request)

    async def get(self, path: str, **params: Any) -> Any:
        """Return the JSON of a successful GET."""
        return _json(await self.ask("GET", path, params=params))

    async def post(self, path: str, **body: Any) -> Any:
        """Return the JSON of a successful POST with a JSON body."""
        return _json(await self.ask("POST", path, json=body))

    async def publish(self, text: str, **body: Any) -> dict[str, Any]:
        """Return a new status."""
        status: dict[str, Any] = await self.post("/api/v1/statuses", status=text, **body)
        return status


def _json(response: httpx.Response) -> Any:
    assert response.status_code == 200, f"{response.request.url}: {response.status_code} {response.text}"
    return response.json()


@dataclass
class Rig:
    """The instance, and what tests do to it beside the interface."""

    world: World
    http: httpx.AsyncClient
    internet: FakeInternet
    clock: FakeClock

    @property
    def anonymous(self) -> Client:
        """Somebody without a login."""
        return Client(self.http, self.clock)

    async def member(self, name: str, *, reach: Reach = Reach.PUBLIC, scopes: str = ALL_SCOPES) -> Client:
        """Return a new member's app."""
        keys = new_keys(self.world.settings)

        def unit(session: Session) -> tuple[Member, str]:
            member = create_member(session, username=name, display_name=name.title(), reach=reach, keys=keys)
            return member, create_token(session, member, scopes, "Test App")

        member, bearer = await self.world.db.write(unit)
        return Client(self.http, self.clock, member.actor_id, bearer)

    async def token(self, client: Client, scopes: str) -> Client:
        """Return the same member with a token of other scopes."""

        def unit(session: Session) -> str:
            member = session.query(Member).filter_by(actor_id=client.actor_id).one()
            return create_token(session, member, scopes, "Narrow")

        return Client(self.http, self.clock, client.actor_id, await self.world.db.write(unit))

    async def actor(self, client: Client) -> Actor:
        """Return the row of a member's actor."""
        return await self.world.db.read(get_actor, client.actor_id)

    async def index(self) -> None:
        """Put all posts into the index, as the job does within half a minute."""
        while await self.world.db.write(index_new_posts):
            pass

    async def posts(self, client: Client, texts: list[str], **draft: Any) -> list[Post]:
        """Return new posts of a member."""
        draft.setdefault("audience", Audience.PUBLIC)

        def unit(session: Session, text: str) -> Post:
            return publish_post(session, get_actor(session, client.actor_id), PostDraft(text=text, **draft))

        written = []
        for text in texts:
            self.clock.advance(0.01)
            written.append(await self.world.db.write(unit, text))
        return written


def new_keys(settings: Settings) -> NewKeys:
    """Return keys for one more actor. Making RSA keys is slow: a few are shared by all."""
    number = next(_NUMBERS)
    return NewKeys(
        PrivateKey("rsa", rsa_key(number % 8)),
        PrivateKey("ed25519", ed25519_key(number)),
        settings.secrets.master_key,
    )


@asynccontextmanager
async def rig_for(settings: Settings, clock: FakeClock) -> AsyncIterator[Rig]:
    """Open an instance on the database of `settings`, with its institutional actors."""
    internet = FakeInternet()
    reactions: dict[type, list[Reaction]] = {}
    for feature in FEATURES:
        for kind, reacting in feature.reactions.items():
            reactions.setdefault(kind, []).extend(reacting)
    policy = AddressPolicy(allow_http=True, allow_private=True, any_port=True)
    client = Requests(internet, policy, settings.authority, "FediUnion/test", clock)
    database = open_database(settings.database.url, Surroundings(settings, clock, reactions))
    world = World(settings, clock, database, client)
    world.watch_changes()
    await database.start()
    await database.write(begin_with_institutions, new_keys)
    application = Starlette(routes=list(ROUTES))
    application.state.world = world
    transport = httpx.ASGITransport(app=application)
    # However slow the machine is, an app is told 202 only where a test wants that.
    world.part(MediaDesk).short_while = _LONG_WHILE
    try:
        async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as http:
            yield Rig(world, http, internet, clock)
    finally:
        await close_desk(world)
        await world.client.close()
        await database.close()
