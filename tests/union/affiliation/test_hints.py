"""Hints that a list of relations changed: they make us look, and are believed in nothing."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.jobs.models import Job
from fediunion.union.affiliation.jobs import LEARN
from fediunion.union.affiliation.models import Affiliation
from tests.fakes.stranger import StrangeActor, Stranger
from tests.fakes.union import settle
from tests.union.affiliation.scene import Scene, with_clerks

LIST = "https://clerks.example/affiliations"


def hint(by: StrangeActor, uri: str = LIST, **more: Any) -> dict[str, Any]:
    """Return an Update of a list."""
    return by.activity("Update", {"id": uri, "type": "OrderedCollection", "attributedTo": by.uri, **more})


async def looks(scene: Scene) -> int:
    """Return how often the list was asked for so far."""
    return len(scene.clerks.server.fetches(LIST))


async def test_a_hint_of_a_peer_makes_us_ask_it_again_each_time(scene: Scene) -> None:
    await with_clerks(scene)
    await scene.deliver(hint(scene.clerks))
    before = await looks(scene)
    assert await scene.deliver(hint(scene.clerks)) == "done"
    assert await looks(scene) == before + 1


async def test_what_a_hint_says_of_the_list_is_not_read(scene: Scene) -> None:
    await with_clerks(scene)
    others = {"subject": "https://a.example/u", "object": "https://b.example/u"}
    said = {"id": f"{LIST}/1", "type": "Relationship", "relationship": "fu:affiliateOf", **others}
    assert await scene.deliver(hint(scene.clerks, orderedItems=[said], totalItems=1)) == "done"

    def known(session: Session) -> int:
        return session.scalar(select(func.count()).select_from(Affiliation)) or 0

    assert await scene.nurses.world.db.read(known) == 1


async def test_a_hint_of_somebody_without_a_relation_is_left_alone(scene: Scene) -> None:
    outcome = await scene.deliver(hint(scene.clerks))
    assert outcome.startswith("ignored")
    assert await looks(scene) == 0


async def test_nobody_gives_a_hint_about_anothers_list(scene: Scene) -> None:
    await with_clerks(scene)
    await settle(scene.nurses)
    before = await looks(scene)
    server = await Stranger(scene.internet, "mallory.example", scene.clock).start()
    mallory = server.add_actor("union", type="Organization")
    assert (await scene.deliver(hint(mallory), by=mallory)).startswith("ignored")
    assert (await scene.deliver(hint(scene.clerks, "https://clerks.example/other"))).startswith("refused")
    assert await looks(scene) == before
    await scene.nurses.world.db.read(_no_job_waits)


def _no_job_waits(session: Session) -> None:
    assert session.scalars(select(Job.id).where(Job.kind == LEARN)).all() == []
