"""A union that a test speaks for: it leads calls or carries them, with proofs that hold or not."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.inbox.models import InboxActivity
from fediunion.union.affiliation.service import offers
from fediunion.union.campaigns.models import CampaignCall
from fediunion.union.campaigns.sponsors.service import offer_co_sponsorship
from tests.fakes import bonds
from tests.fakes.stranger import StrangeActor, Stranger
from tests.fakes.union import TestUnion
from tests.union.affiliation.scene import CONTEXT, act
from tests.union.campaigns.peers import member, question
from tests.union.campaigns.unions import Three

HOST = "uni.example"


@dataclass
class StrangeUnion:
    """The union and its actor that puts calls, on one server; `to` is whom it sends to."""

    three: Three
    union: StrangeActor
    campaigns: StrangeActor
    to: TestUnion

    @property
    def their_uri(self) -> str:
        """The id of the union that it sends to."""
        return f"https://{self.to.domain}/actors/union"

    async def send(self, activity: dict[str, Any], by: StrangeActor | None = None) -> str:
        """Return what became of an activity that it, or somebody else there, sent."""
        answer = await (by or self.union).post(f"https://{self.to.domain}/inbox", activity)
        assert answer.status == 202
        await self.three.settle()

        def outcome(session: Session) -> str:
            rows = select(InboxActivity.outcome).where(InboxActivity.uri == activity["id"])
            return str(session.scalars(rows).one())

        return await self.to.world.db.read(outcome)

    def call(self, **changed: Any) -> dict[str, Any]:
        """Return the Question of a call of its own, which is served and sent to nobody."""
        note = question(self.campaigns, member(**changed))
        served = {"@context": "https://www.w3.org/ns/activitystreams", **note}
        self.campaigns.server.serve(note["id"], served)
        return note

    def offer(self, call_uri: str, *, proved: bool = True, **more: Any) -> dict[str, Any]:
        """Return an Offer that the union which it sends to carries a call; `more` are of the relation."""
        relation = {
            "id": f"https://{HOST}/co-sponsors/1",
            "type": "Relationship",
            "name": "Sign the agreement",
            "attributedTo": self.union.uri,
            "subject": self.their_uri,
            "relationship": "fu:cosponsors",
            "object": call_uri,
            **more,
        }
        return act(self.union, "Offer", relation, proved=proved, to=[self.their_uri])

    def received(self, type: str) -> dict[str, Any]:
        """Return the last activity of a type that its server got."""
        return [each.activity for each in self.union.server.received if each.activity["type"] == type][-1]

    async def carry(self, call: CampaignCall) -> None:
        """Carry a call of the union that it sends to, as that one offers it."""
        found = await self.to.actor(f"union@{HOST}")

        def make(session: Session) -> None:
            ours = session.get_one(CampaignCall, call.id)
            offer_co_sponsorship(session, ours, session.get_one(Actor, found.id), by="tests")

        await self.to.world.db.write(make)
        await self.three.settle()
        offered = self.received("Offer")
        assert await self.send(self.acceptance(offered)) == "done"

    def acceptance(self, offered: dict[str, Any], *, proved: bool = True) -> dict[str, Any]:
        """Return an Accept of an Offer, which it repeats without its context and proof."""
        about = {name: value for name, value in offered.items() if name not in ("@context", "proof")}
        return act(self.union, "Accept", about, proved=proved, to=[self.their_uri])

    def count(
        self,
        call_uri: str | None,
        number: Any,
        *,
        proved: bool = True,
        prover: StrangeActor | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        """Return an Update that states how many of its members signed; `more` replaces members."""
        document: dict[str, Any] = {
            "@context": CONTEXT,
            "id": f"https://{HOST}/counts/1",
            "type": "fu:SignatureCount",
            "attributedTo": self.union.uri,
            "fu:call": call_uri,
            "fu:number": number,
            "published": self.three.clock.now().isoformat().replace("+00:00", "Z"),
            **more,
        }
        if proved:
            document = (prover or self.union).prove(document)
        return self.union.activity("Update", document, to=[self.their_uri])


async def strange_union(three: Three, to: TestUnion, *, host: str = HOST) -> StrangeUnion:
    """Return a union that is affiliated to another, whose calls and sums that one takes."""
    server = await Stranger(three.internet, host, clock=three.clock).start()
    union = server.add_actor("union", type="Organization")
    campaigns = server.add_actor("campaigns", type="Service")
    made = StrangeUnion(three, union, campaigns, to)
    relation = {
        "id": f"https://{host}/affiliations/1",
        "type": "Relationship",
        "attributedTo": union.uri,
        "subject": union.uri,
        "relationship": "fu:affiliateOf",
        "object": made.their_uri,
    }
    assert await made.send(act(union, "Offer", relation)) == "done"
    await bonds.decide(to, host, offers.accept_offer)
    await three.settle()
    return made
