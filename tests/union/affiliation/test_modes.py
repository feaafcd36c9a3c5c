"""The modes of federation: who is not allowed is no peer, whatever was agreed; off is off."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import DomainAction
from fediunion.config import FederationMode
from fediunion.jobs.models import Job
from fediunion.kit.errors import NotAllowed
from fediunion.social.moderation.servers import decide_on_host
from fediunion.union.affiliation.jobs import LEARN
from tests.databases import Databases
from tests.fakes import bonds
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.settings import settings_for
from tests.fakes.stranger import Stranger
from tests.fakes.union import TestUnion, running, settle
from tests.union.affiliation.scene import OURS, Scene, act, get, relationship, with_clerks

PEER = "clerks.example"


@pytest.fixture
async def closed(
    databases: Databases, clock: FakeClock, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Scene]:
    """The scene, where our union federates in the mode that the test names."""
    internet = FakeInternet()
    settings = settings_for("nurses.test", tmp_path, databases.with_tables())
    settings = replace(settings, federation=replace(settings.federation, mode=request.param))
    nurses = await TestUnion.start(internet, "nurses.test", "", clock, settings=settings)
    server = await Stranger(internet, PEER, clock).start()
    async with running(nurses):
        yield Scene(internet, clock, nurses, server.add_actor("union", type="Organization"))


allowlist = pytest.mark.parametrize("closed", [FederationMode.ALLOWLIST], indirect=True, ids=["allowlist"])
off = pytest.mark.parametrize("closed", [FederationMode.OFF], indirect=True, ids=["off"])


@allowlist
async def test_only_who_is_allowed_offers_and_is_offered(closed: Scene) -> None:
    offer = act(closed.clerks, "Offer", relationship(closed.clerks.uri, OURS))
    assert (await closed.clerks.post(f"{OURS}/inbox", offer)).status == 403
    with pytest.raises(NotAllowed, match="blocked"):
        await bonds.offer(closed.nurses, PEER)
    await closed.nurses.world.db.write(decide_on_host, PEER, DomainAction.ALLOW, by="ana")
    await with_clerks(closed)
    assert await bonds.states(closed.nurses) == [(PEER, "nurses.test", "affiliate", "active")]


@allowlist
async def test_who_is_allowed_is_asked_for_its_relations_at_once(closed: Scene) -> None:
    def asked(session: Session) -> int:
        return session.scalar(select(func.count()).where(Job.kind == LEARN)) or 0

    await closed.nurses.world.db.write(decide_on_host, PEER, DomainAction.BLOCK, by="ana")
    assert await closed.nurses.world.db.read(asked) == 0
    await closed.nurses.world.db.write(decide_on_host, PEER, DomainAction.ALLOW, by="ana")
    assert await closed.nurses.world.db.read(asked) == 1


@allowlist
async def test_a_relation_in_force_lets_nobody_in_who_is_not_allowed_any_more(closed: Scene) -> None:
    await closed.nurses.world.db.write(decide_on_host, PEER, DomainAction.ALLOW, by="ana")
    await with_clerks(closed)
    await closed.nurses.member("ana")
    await settle(closed.nurses)
    await closed.nurses.world.db.write(decide_on_host, PEER, DomainAction.BLOCK, by="ana")
    received = len(closed.clerks.server.received)
    await closed.nurses.post("ana", "for the network", audience=Audience.NETWORK)
    await settle(closed.nurses)
    assert len(closed.clerks.server.received) == received
    note = closed.clerks.note("hello", to=[f"{closed.clerks.uri}/network"], cc=[closed.clerks.uri])
    assert (await closed.clerks.post(f"{OURS}/inbox", closed.clerks.create(note))).status == 403


@off
async def test_a_server_that_does_not_federate_lists_nothing(closed: Scene) -> None:
    assert (await get(closed, "/affiliations")).status_code == 404
    assert (await get(closed, "/affiliations", "text/html")).status_code == 302
    offer = act(closed.clerks, "Offer", relationship(closed.clerks.uri, OURS))
    assert (await closed.clerks.post(f"{OURS}/inbox", offer)).status in (403, 404)
