"""An instance `us.example` that is little more than its inboxes, and strangers who send to it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.client import Client
from fediunion.activitypub.keys import PrivateKey
from fediunion.activitypub.transport import RawResponse
from fediunion.activitypub.vocab import (
    ActorDocument,
    Announce,
    Create,
    Delete,
    Follow,
    Like,
    Move,
    PostDocument,
    Undo,
    Update,
)
from fediunion.actors.keys import NewKeys
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.actors.queries import find_actor_by_uri
from fediunion.actors.service import create_local_actor, mark_actor_deleted
from fediunion.config import DatabaseSettings, Settings
from fediunion.db import Surroundings, open_database
from fediunion.db.known_uris import KnownUri, bury_uri, find_known_uri, remember_uri
from fediunion.inbox.endpoints import inbox_app
from fediunion.inbox.forward import ForwardedActivity
from fediunion.inbox.models import InboxActivity
from fediunion.inbox.rejections import Rejections
from fediunion.inbox.rules import InboxContext, Rule, Rules, on, on_known
from fediunion.inbox.wiring import inbox_jobs
from fediunion.jobs.models import Job
from fediunion.jobs.run import run_due
from fediunion.kit.errors import Refused
from fediunion.world import World
from tests.fakes.clock import FakeClock
from tests.fakes.institutions import begin_with_institutions
from tests.fakes.internet import FakeInternet
from tests.fakes.settings import settings_for
from tests.fakes.signing import ed25519_key, rsa_key
from tests.fakes.stranger import Stranger

DOMAIN = "us.example"
SHARED = f"https://{DOMAIN}/inbox"
ALICE = f"https://{DOMAIN}/actors/alice"
PERSONAL = f"{ALICE}/inbox"


def keep_post(ctx: InboxContext, activity: Create | Update | Announce, post: PostDocument) -> None:
    """Remember a post by its author, and under an id of its own what it said."""
    author = post.author
    if not isinstance(activity, Announce) and author != ctx.sender.uri:
        raise Refused(f"{ctx.sender.uri} did not write {post.id}")
    if find_known_uri(ctx.session, post.id) is None:
        remember_uri(ctx.session, post.id, "post", None)
    note_text = f"{post.id}#said:{post.content}"
    if find_known_uri(ctx.session, note_text) is None:
        remember_uri(ctx.session, note_text, "text", None)
    if isinstance(activity, Announce):
        remember_uri(ctx.session, activity.id, "post", None)


def forget_post(ctx: InboxContext, _activity: Delete, known: KnownUri) -> None:
    """Delete a post."""
    bury_uri(ctx.session, known.uri)


def forget_actor(ctx: InboxContext, _activity: Delete, _known: KnownUri) -> None:
    """Delete the sender."""
    mark_actor_deleted(ctx.session, ctx.sender)


def keep_actor(ctx: InboxContext, _activity: Update, document: ActorDocument) -> None:
    """Take over the name of an actor."""
    ctx.sender.display_name = document.name or ""


def keep_follow(ctx: InboxContext, follow: Follow, _followed: KnownUri) -> None:
    """Remember a follow."""
    remember_uri(ctx.session, follow.id, "follow", None)


def keep_like(ctx: InboxContext, like: Like, known: KnownUri) -> None:
    """Remember a favourite, but not of a post named "refuse", and never of one named "break"."""
    remember_uri(ctx.session, like.id, "favourite", None)
    if known.uri.endswith("/refuse"):
        raise Refused("nobody may like this")
    if known.uri.endswith("/break"):
        raise RuntimeError("a mistake of ours")


def undo(ctx: InboxContext, _undo: Undo, known: KnownUri) -> None:
    """Undo a follow or favourite."""
    bury_uri(ctx.session, known.uri)


def move(ctx: InboxContext, activity: Move, _moved: KnownUri) -> None:
    """Remember where somebody went, if the target is known by now."""
    target = find_actor_by_uri(ctx.session, activity.target or "")
    if target is None or ctx.sender.uri not in target.also_known_as:
        raise Refused("the target does not confirm it")
    ctx.sender.moved_to_uri = target.uri


RULES: Sequence[Rule] = (
    on(Create, PostDocument, keep_post),
    on(Update, PostDocument, keep_post),
    on(Announce, PostDocument, keep_post),
    on_known(Delete, "post", forget_post),
    on_known(Delete, "actor", forget_actor),
    on(Update, ActorDocument, keep_actor),
    on_known(Follow, "actor", keep_follow),
    on_known(Like, "post", keep_like),
    on_known(Undo, "follow", undo),
    on_known(Undo, "favourite", undo),
    on_known(Move, "actor", move),
)


@dataclass
class Rig:
    """The instance, the Internet and the clock of one test."""

    world: World
    internet: FakeInternet
    clock: FakeClock
    rejections: Rejections
    forwarded: list[tuple[str, ForwardedActivity]] = field(default_factory=list)
    followed: set[str] | None = None
    """Whom somebody here follows; None is everybody."""
    sent: set[str] = field(default_factory=set)
    """The ids of activities of our own."""
    open: set[str] = field(default_factory=set)
    """The ids of posts that anybody may read."""
    asked: list[Collection[str]] = field(default_factory=list)
    """About whom the inbox asked whether they are followed."""

    handlers: dict[str, Any] = field(default_factory=dict)

    @classmethod
    async def start(cls, database_url: str, directory: Path, *, settings: Settings | None = None) -> "Rig":
        """Return a running instance with a public member alice and a hidden member harriet."""
        rig = await cls.reopen(database_url, directory, settings=settings)
        keys = NewKeys(
            PrivateKey("rsa", rsa_key(50)),
            PrivateKey("ed25519", ed25519_key(50)),
            rig.world.settings.secrets.master_key,
        )
        write = rig.world.db.write
        await write(begin_with_institutions, lambda _: keys)
        for name, reach in (("alice", Reach.PUBLIC), ("harriet", Reach.HIDDEN)):
            await write(create_local_actor, kind=ActorKind.MEMBER, username=name, reach=reach, keys=keys)
        return rig

    @classmethod
    async def reopen(cls, database_url: str, directory: Path, *, settings: Settings | None = None) -> "Rig":
        """Return the instance over the database of one that was started before."""
        settings = settings or settings_for(DOMAIN, directory)
        settings = replace(settings, database=DatabaseSettings(url=database_url))
        internet, clock = FakeInternet(), FakeClock()
        database = open_database(database_url, Surroundings(settings, clock))
        await database.start()
        policy = AddressPolicy(allow_http=False, allow_private=False, any_port=False)
        client = Client(internet, policy, settings.authority, "FediUnion/test", clock)
        world = World(settings, clock, database, client)
        world.watch_changes()
        rig = cls(world, internet, clock, Rejections(world))
        rig.handlers = inbox_jobs(
            Rules(RULES),
            rig.rejections,
            pass_on=rig._pass_on,
            followed_here=rig._followed_here,
            sent_here=lambda _session, uri: uri in rig.sent,
            open_here=lambda _session, uri: uri in rig.open,
        )
        internet.join(DOMAIN, inbox_app(world, rig.rejections))
        return rig

    async def close(self) -> None:
        """Let go of the database."""
        await self.rejections.close()
        await self.world.db.close()

    async def stranger(self, authority: str) -> Stranger:
        """Return a running server."""
        return await Stranger(self.internet, authority, clock=self.clock).start()

    async def settle(self) -> None:
        """Process what is due now, until nothing is."""
        for _ in range(50):
            if not await run_due(self.world, self.handlers):
                return
        raise AssertionError("there is no end to it")

    async def row(self, uri: str) -> InboxActivity | None:
        """Return what was stored under an id."""
        return await self.world.db.read(
            lambda session: session.scalar(select(InboxActivity).where(InboxActivity.uri == uri))
        )

    async def outcome(self, uri: str) -> str:
        """Return what became of an activity."""
        row = await self.row(uri)
        assert row is not None, f"{uri} was not stored"
        return row.outcome

    async def rows(self) -> list[InboxActivity]:
        """Return all that was stored, the oldest first."""
        return await self.world.db.read(
            lambda session: list(session.scalars(select(InboxActivity).order_by(InboxActivity.id)))
        )

    async def count(self, table: type[Any]) -> int:
        """Return how many rows there are."""
        found = await self.world.db.read(
            lambda session: session.scalar(select(func.count()).select_from(table))
        )
        return found or 0

    async def kind_of(self, uri: str) -> str | None:
        """Return what an id is known to name."""

        def find(session: Session) -> str | None:
            known = find_known_uri(session, uri)
            return known.kind if known else None

        return await self.world.db.read(find)

    async def jobs(self) -> int:
        """Return how many jobs of the inbox wait."""
        kinds = list(self.handlers)
        found = await self.world.db.read(
            lambda session: session.scalar(select(func.count()).where(Job.kind.in_(kinds)))
        )
        return found or 0

    async def know(self, uri: str, kind: str = "post") -> None:
        """Let an id be known."""
        await self.world.db.write(remember_uri, uri, kind, None)

    async def actor(self, uri: str) -> Actor | None:
        """Return the row of an actor."""
        return await self.world.db.read(find_actor_by_uri, uri)

    def rejected(self, reason: str = "") -> float:
        """Return how often a delivery was refused for `reason`, or at all."""
        return sum(
            sample.value
            for metric in self.rejections.registry.collect()
            for sample in metric.samples
            if sample.name.endswith("_total") and reason in ("", sample.labels["reason"])
        )

    async def assert_rejected(self, answer: RawResponse, status: int, reason: str = "") -> None:
        """Check that it was refused as docs/develop/attacks.md means it.

        That is the code, a sentence, one more counted, and no row anywhere.
        """
        assert answer.status == status, answer.body
        assert isinstance(orjson.loads(answer.body)["error"], str)
        assert self.rejected(reason) == 1
        assert await self.count(InboxActivity) == await self.jobs() == 0

    def _followed_here(self, _session: Session, uris: Collection[str]) -> Collection[str]:
        self.asked.append(uris)
        return uris if self.followed is None else self.followed & set(uris)

    def _pass_on(self, _session: Session, actor: Actor, activity: ForwardedActivity) -> None:
        self.forwarded.append((actor.uri, activity))
