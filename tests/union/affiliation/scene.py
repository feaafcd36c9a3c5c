"""Our union, and the server of another that a test speaks for: what it sends, and what becomes of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.inbox.models import InboxActivity
from fediunion.union.affiliation.service import offers
from tests.fakes import bonds
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.stranger import StrangeActor, Stranger
from tests.fakes.union import TestUnion, settle

CONTEXT = [
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/data-integrity/v1",
    {"fu": "https://w3id.org/fediunion/ns#"},
]
OURS = "https://nurses.test/actors/union"


@dataclass(frozen=True)
class Scene:
    """`nurses` is ours, `clerks` the union actor of clerks.example, whose server is scripted."""

    internet: FakeInternet
    clock: FakeClock
    nurses: TestUnion
    clerks: StrangeActor

    async def deliver(self, activity: dict[str, Any], by: StrangeActor | None = None) -> str:
        """Return what became of an activity that the clerks, or somebody else, sent to our union."""
        answer = await (by or self.clerks).post(f"{OURS}/inbox", activity)
        assert answer.status == 202
        await settle(self.nurses)

        def outcome(session: Session) -> str:
            rows = select(InboxActivity.outcome).where(InboxActivity.uri == activity["id"])
            return str(session.scalars(rows).one())

        return await self.nurses.world.db.read(outcome)

    async def forget_received(self) -> None:
        """Forget what came, as the inbox does after some days: it may then be sent once more."""

        def forget(session: Session) -> None:
            session.execute(delete(InboxActivity))

        await self.nurses.world.db.write(forget)

    def sent(self, type: str) -> dict[str, Any]:
        """Return the last activity of a type that the clerks' server got, hints at lists left aside."""
        activities = [each.activity for each in self.clerks.server.received]
        return [each for each in activities if each["type"] == type and not _is_hint(each)][-1]


def _is_hint(activity: dict[str, Any]) -> bool:
    about = activity["object"]
    return isinstance(about, dict) and about.get("type") == "OrderedCollection"


def relationship(child: str, parent: str, number: int = 1, **more: Any) -> dict[str, Any]:
    """Return a relation as the clerks would describe it; `more` replaces or adds members."""
    return {
        "id": f"https://clerks.example/affiliations/{number}",
        "type": "Relationship",
        "attributedTo": "https://clerks.example/users/union",
        "subject": child,
        "relationship": "fu:affiliateOf",
        "object": parent,
        **more,
    }


def act(actor: StrangeActor, type: str, object: Any, *, proved: bool = True, **more: Any) -> dict[str, Any]:
    """Return an act of a stranger, with its proof."""
    made = actor.activity(type, object, **({"@context": CONTEXT} | more))
    return actor.prove(made) if proved else made


async def scene_at(internet: FakeInternet, clock: FakeClock, database_url: str, directory: Path) -> Scene:
    """Return a scene; whoever makes it closes `nurses`. Mails are written below `directory`."""
    nurses = await TestUnion.start(internet, "nurses.test", database_url, clock, directory=directory)
    server = await Stranger(internet, "clerks.example", clock).start()
    return Scene(internet, clock, nurses, server.add_actor("union", type="Organization"))


async def get(scene: Scene, path: str, accept: str = "application/activity+json") -> httpx.Response:
    """Return how our union answers a GET."""
    transport = httpx.ASGITransport(app=scene.nurses.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://nurses.test") as client:
        return await client.get(path, headers={"Accept": accept})


async def listed(scene: Scene) -> list[dict[str, Any]]:
    """Return all entries, from page to page."""
    first: str = (await get(scene, "/affiliations")).json()["first"]
    found: list[dict[str, Any]] = []
    page: str | None = first
    while page:
        document = (await get(scene, page)).json()
        found += document["orderedItems"]
        page = document.get("next")
    return found


async def with_clerks(scene: Scene) -> None:
    """Put the clerks' affiliation to us in force."""
    assert await scene.deliver(act(scene.clerks, "Offer", relationship(scene.clerks.uri, OURS))) == "done"
    await bonds.decide(scene.nurses, "clerks.example", offers.accept_offer)
