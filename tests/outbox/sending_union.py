"""A union that only sends: an author with keys, published activities, and everything that sends them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.client import Client
from fediunion.activitypub.keys import PrivateKey
from fediunion.activitypub.transport import AiohttpTransport, Transport
from fediunion.actors.keys import NewKeys
from fediunion.actors.models import Actor, ActorKind, Instance
from fediunion.actors.service import create_local_actor
from fediunion.config import Federation, Settings
from fediunion.db import Database
from fediunion.jobs.run import run_due
from fediunion.kit.clock import Clock
from fediunion.outbox.deliver import Deliverer
from fediunion.outbox.jobs import outbox_jobs
from fediunion.outbox.models import Delivery, OutboxActivity
from fediunion.outbox.publish import AudienceExpander, Inbox, Recipients, publish
from fediunion.world import World
from tests.fakes.signing import ed25519_key, rsa_key

ANY = AddressPolicy(allow_http=True, allow_private=True, any_port=True)


def new_keys(master_key: bytes) -> NewKeys:
    """Return keys for authors; all have the same."""
    return NewKeys(PrivateKey("rsa", rsa_key()), PrivateKey("ed25519", ed25519_key()), master_key)


def federation_of(settings: Settings, **changes: object) -> Settings:
    """Return settings with other values in the section of federation."""
    values = {name: getattr(settings.federation, name) for name in Federation.__dataclass_fields__}
    return replace(settings, federation=Federation(**(values | changes)))


class SendingUnion:
    """`author` publishes; `settle` does all the work that is due. `audiences` may be changed at any time."""

    def __init__(
        self, database: Database, settings: Settings, clock: Clock, transport: Transport | None = None
    ) -> None:
        client = Client(transport or AiohttpTransport(ANY), ANY, settings.authority, "tests", clock)
        self.world = World(settings, clock, database, client)
        self.audiences: dict[str, AudienceExpander] = {"followers": self._followers}
        self.followers: list[Inbox] = []
        self.deliverer = Deliverer(self.world, self._followers_on_host)
        self.author: Actor

    async def start(self) -> "SendingUnion":
        """Make the author and return the union."""
        self.author = await self.add_actor("author")
        return self

    async def add_actor(self, name: str, kind: ActorKind = ActorKind.BOARD) -> Actor:
        """Return a new actor of the union."""
        keys = new_keys(self.world.settings.secrets.master_key)
        return await self.world.db.write(
            lambda session: create_local_actor(session, kind=kind, username=name, keys=keys)
        )

    async def close(self) -> None:
        """Stop sending."""
        await self.deliverer.close()
        await self.world.client.close()

    async def publish(
        self,
        slug: str,
        inboxes: Iterable[str] = (),
        *,
        type: str = "Create",
        author: Actor | None = None,
        expand: Iterable[str] = (),
        before: Callable[[Session], None] | None = None,
        public: bool = False,
        shared: bool = False,
        about: str | None = None,
    ) -> str:
        """Publish an activity about the post `about` (by default `slug`) and return its id."""
        who = author or self.author
        document: dict[str, object] = {
            "id": f"{who.uri}/activities/{slug}",
            "type": type,
            "actor": who.uri,
            "object": {"id": self.post_uri(about or slug), "type": "Note", "content": f"<p>{slug}</p>"},
            "to": ["https://www.w3.org/ns/activitystreams#Public"] if public else [],
        }
        recipients = Recipients(inboxes=tuple(inboxes), expand=tuple(expand))

        def unit(session: Session) -> None:
            if before is not None:
                before(session)
            publish(session, session.merge(who), document, recipients, public=public, shared=shared)

        await self.world.db.write(unit)
        return str(document["id"])

    def post_uri(self, slug: str) -> str:
        """Return the id of a post of the author."""
        return f"{self.author.uri}/posts/{slug}"

    async def fan_out(self) -> None:
        """Run all jobs that are due."""
        while await run_due(self.world, outbox_jobs(self.audiences)):
            continue

    async def settle(self) -> int:
        """Fan out and deliver what is due; return how many tries were made."""
        await self.fan_out()
        tries = await self.deliverer.deliver_due()
        await self.fan_out()
        return tries

    async def deliveries(self) -> list[Delivery]:
        """Return all deliveries, in order."""
        return await self.world.db.read(
            lambda session: list(
                session.scalars(select(Delivery).order_by(Delivery.activity_id, Delivery.id))
            )
        )

    async def delivery(self, inbox: str) -> Delivery:
        """Return the one delivery to an inbox."""
        (found,) = [each for each in await self.deliveries() if each.inbox_url == inbox]
        return found

    async def states(self) -> dict[str, str]:
        """Return the state of each inbox's last delivery."""
        return {each.inbox_url: each.state for each in await self.deliveries()}

    async def instance(self, host: str) -> Instance:
        """Return what is known of a server."""
        return await self.world.db.read(
            lambda session: session.scalars(select(Instance).where(Instance.host == host)).one()
        )

    async def activity(self, uri: str) -> OutboxActivity:
        """Return a published activity."""
        return await self.world.db.read(
            lambda session: session.scalars(select(OutboxActivity).where(OutboxActivity.uri == uri)).one()
        )

    def _followers(self, _session: Session, _author: Actor, _argument: str) -> Iterable[Inbox]:
        return list(self.followers)

    def _followers_on_host(self, _session: Session, _actor_id: int, host: str) -> list[str]:
        return [f"https://{host}/users/follower"]


def counts(states: Mapping[str, str]) -> dict[str, int]:
    """Return how many inboxes are in each state."""
    found = list(states.values())
    return {state: found.count(state) for state in sorted(set(found))}
