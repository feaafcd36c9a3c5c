"""A union that leads a call, and people of other servers: what they send, and what becomes of it."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import orjson
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, Reach
from fediunion.app.metrics import Metrics
from fediunion.inbox.collector import store_activities
from fediunion.inbox.models import InboxActivity
from fediunion.members.mail.service import Letter, open_letter
from fediunion.members.models import QueuedMail
from fediunion.outbox.models import OutboxActivity
from fediunion.social.posts.models import Poll, Post
from fediunion.social.posts.service.polls import vote
from fediunion.union.affiliation.models import TrustedPeer
from fediunion.union.campaigns.models import CampaignCall, ContactConsent, Signature
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.stranger import Json, StrangeActor, Stranger
from tests.fakes.union import TestUnion, settle

P = ParamSpec("P")
T = TypeVar("T")

SIGN: Final = "Sign"
PLEDGE: Final = "Sign and pledge the boost"
FOLLOW: Final = "Just following"


@dataclass
class Booth:
    """`union` leads `call`; the others come from servers that the tests make."""

    union: TestUnion
    internet: FakeInternet
    clock: FakeClock
    call: CampaignCall
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def read(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what a unit that reads gives."""
        return await self.union.world.db.read(work, *args, **kwargs)

    async def write(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what a unit that writes gives."""
        return await self.union.world.db.write(work, *args, **kwargs)

    async def settle(self) -> None:
        """Run what is due."""
        await settle(self.union)

    async def on_call(
        self, work: Callable[Concatenate[Session, CampaignCall, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return what a service does with the call."""

        def unit(session: Session) -> T:
            return work(session, session.get_one(CampaignCall, self.call.id), *args, **kwargs)

        return await self.write(unit)

    async def stranger(self, host: str, *, peer: bool = False) -> Stranger:
        """Return another server; as a `peer` it shares calls with the union."""

        def trust(session: Session) -> None:
            union = f"https://{host}/users/union"
            session.add(
                TrustedPeer(host=host, union_uri=union, hops=1, vacancies=True, calls=True, network=True)
            )

        if peer:
            await self.write(trust)
        return await Stranger(self.internet, host, clock=self.clock).start()

    async def voter(self, host: str = "mastodon.example", name: str = "bob") -> StrangeActor:
        """Return somebody at another server."""
        return (await self.stranger(host)).add_actor(name)

    async def receive(self, document: Json) -> str:
        """Process an activity whose sender is proven, also one that came before; return what became of it."""
        row = {
            "uri": document["id"],
            "sender_uri": document["actor"],
            "actor_uri": document["actor"],
            "activity_type": document["type"],
            "object_uri": None,
            "body": orjson.dumps(document).decode(),
            "believed": True,
        }
        await self.write(_forget_received, document["id"])
        await self.write(store_activities, [row])
        await self.settle()
        return await self.read(_outcome, document["id"])

    def refused(self, reason: str) -> int:
        """Return how often something was refused for a reason, from any server."""
        counted = self.union.world.part(Metrics).registry.collect()
        return sum(
            int(sample.value)
            for metric in counted
            for sample in metric.samples
            if sample.name.endswith("_total") and sample.labels.get("reason") == reason
        )

    def vote_of(self, actor: StrangeActor, option: str = SIGN) -> Json:
        """Return a vote as Mastodon sends it."""
        note = {
            "id": f"{actor.uri}#votes/{next(self._numbers)}",
            "type": "Note",
            "name": option,
            "attributedTo": actor.uri,
            "to": [(self.call.uri or "").partition("/posts/")[0]],
            "inReplyTo": self.call.uri,
        }
        return actor.activity("Create", note, id=f"{note['id']}/activity", to=note["to"])

    def join_of(self, actor: StrangeActor, mode: str = "", name: str = "", **more: Any) -> Json:
        """Return a Join; with a `mode` it says how the signer wants to be named."""
        said = {"fu:signature": {"type": "fu:Signature", "fu:mode": mode, "name": name}} if mode else {}
        return actor.activity("Join", self.call.uri, **said | more)

    async def vote(self, actor: StrangeActor, option: str = SIGN) -> str:
        """Let somebody elsewhere vote; return what became of it."""
        return await self.receive(self.vote_of(actor, option))

    async def vote_here(self, name: str, choice: int = 0) -> None:
        """Let a member vote in an app."""
        member = await self.union.actor(name)
        await self.write(
            lambda session: vote(session, session.get_one(Actor, member.id), self.call.post_id or 0, [choice])
        )

    async def member(self, name: str, reach: Reach = Reach.PUBLIC) -> Actor:
        """Return a new member."""
        return await self.union.member(name, reach=reach)

    async def now(self) -> CampaignCall:
        """Return the call as it is now."""
        return await self.read(lambda session: session.get_one(CampaignCall, self.call.id))

    async def total(self) -> int:
        """Return how many signed."""
        return (await self.now()).signatures_count

    async def tally(self) -> list[int]:
        """Return what the poll shows."""
        poll = await self.read(lambda session: session.get_one(Poll, self.call.post_id))
        return [option["votes"] for option in poll.options]

    async def signatures(self) -> list[Signature]:
        """Return all signatures, the oldest first."""
        return await self.read(
            lambda session: list(session.scalars(select(Signature).order_by(Signature.id)))
        )

    async def consents(self) -> list[ContactConsent]:
        """Return all consents."""
        return await self.read(
            lambda session: list(session.scalars(select(ContactConsent).order_by(ContactConsent.id)))
        )

    async def published(self, type: str, *, by: str = "") -> list[Json]:
        """Return what was published of a type, the oldest first; only that of an actor `by` name."""

        def bodies(session: Session) -> list[str]:
            rows = select(OutboxActivity.body).where(OutboxActivity.activity_type == type)
            return list(session.scalars(rows.order_by(OutboxActivity.id)))

        found = [orjson.loads(body) for body in await self.read(bodies) if body]
        return [each for each in found if each["actor"].endswith(f"/{by}")]

    async def messages(self) -> list[Json]:
        """Return the direct messages that were sent: Notes that nobody but one may read."""
        creates = await self.published("Create", by="campaigns")
        return [each["object"] for each in creates if each["object"]["type"] == "Note"]

    async def letters(self) -> list[Letter]:
        """Return the mails that wait, and let them be sent."""

        def rows(session: Session) -> list[QueuedMail]:
            return list(session.scalars(select(QueuedMail).order_by(QueuedMail.id)))

        found = [open_letter(row, self.union.world.settings) for row in await self.read(rows)]
        await self.settle()
        return found

    async def posts(self) -> int:
        """Return how many posts there are."""
        return len(await self.read(lambda session: list(session.scalars(select(Post.id)))))


def link_in(text: str, path: str) -> str:
    """Return what the link to `path` in a mail or a message carries."""
    return text.partition(f"{path}?link=")[2].split("\n")[0].split('"')[0]


def _forget_received(session: Session, uri: str) -> None:
    session.execute(delete(InboxActivity).where(InboxActivity.uri == uri))


def _outcome(session: Session, uri: str) -> str:
    row = session.scalars(select(InboxActivity).where(InboxActivity.uri == uri)).one()
    return row.outcome or "waits"
