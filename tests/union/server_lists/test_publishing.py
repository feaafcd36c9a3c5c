"""Lists of ours: only what an officer published, proved, and followed by another union as it is."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.proofs import proof_key_id
from fediunion.actors.domains import list_domain_rules
from fediunion.actors.models import DomainAction
from fediunion.kit.errors import NotFound
from fediunion.social.moderation.servers import decide_on_host
from fediunion.union.server_lists.fetching import fetch_list, look_at_lists
from fediunion.union.server_lists.models import Applying, ListName
from fediunion.union.server_lists.service import follow_list, publish_list, withdraw_list
from tests.databases import Databases
from tests.fakes import bonds
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.union import TestUnion, running
from tests.union.affiliation.scene import Scene, get

URL = "https://nurses.test/federation-lists/blocked"


def decided(session: Session) -> None:
    """Make one rule of each kind."""
    decide_on_host(
        session, "bad.example", DomainAction.BLOCK, by="ana", reason="Spam", private_reason="told by Ben"
    )
    decide_on_host(session, "loud.example", DomainAction.SILENCE, by="ana")
    decide_on_host(session, "good.example", DomainAction.ALLOW, by="ana")


async def test_no_list_is_there_until_an_officer_publishes_it(scene: Scene) -> None:
    write = scene.nurses.world.db.write
    await write(decided)
    for name in ("blocked", "allowed", "everything", "%2e%2e"):
        assert (await get(scene, f"/federation-lists/{name}")).status_code == 404
    await write(publish_list, ListName.BLOCKED, by="ana")
    assert (await get(scene, "/federation-lists/blocked")).status_code == 200
    assert (await get(scene, "/federation-lists/allowed")).status_code == 404
    await write(withdraw_list, ListName.BLOCKED, by="ana")
    assert (await get(scene, "/federation-lists/blocked")).status_code == 404


async def test_a_list_has_the_public_reasons_only_and_a_proof(scene: Scene) -> None:
    await scene.nurses.world.db.write(decided)
    for name in ListName:
        await scene.nurses.world.db.write(publish_list, name, by="ana")
    answer = await get(scene, "/federation-lists/blocked")
    assert "told by Ben" not in answer.text
    document = answer.json()
    assert proof_key_id(document) == "https://nurses.test/actors/union#ed25519-key"
    entries = [
        (each["fu:serverHost"], each["fu:ruleAction"], each.get("summary"))
        for each in document["orderedItems"]
    ]
    assert entries == [("bad.example", "block", "Spam"), ("loud.example", "silence", None)]
    [allowed] = (await get(scene, "/federation-lists/allowed")).json()["orderedItems"]
    assert (allowed["fu:serverHost"], allowed["fu:ruleAction"]) == ("good.example", "allow")


async def test_another_union_follows_it_and_takes_what_is_new_by_itself(
    databases: Databases, clock: FakeClock, tmp_path: Path
) -> None:
    internet = FakeInternet()
    nurses = await TestUnion.start(
        internet, "nurses.test", databases.with_tables(), clock, directory=tmp_path / "nurses"
    )
    clerks = await TestUnion.start(
        internet, "clerks.test", databases.with_tables(), clock, directory=tmp_path / "clerks"
    )
    async with running(nurses, clerks):
        await bonds.affiliate(clerks, nurses)
        with pytest.raises(NotFound):
            await fetch_list(clerks.world, URL)
        await nurses.world.db.write(publish_list, ListName.BLOCKED, by="ana")
        found, document = await fetch_list(clerks.world, URL)
        await clerks.world.db.write(follow_list, found, document, Applying.AUTOMATIC, by="ana")
        clock.advance(hours=7)
        await nurses.world.db.write(decided)
        await look_at_lists(clerks.world, {})
        taken = await clerks.world.db.read(
            lambda session: [
                (each.host, each.action, each.reason, each.private_reason)
                for each in list_domain_rules(session)
            ]
        )
        assert taken == [("bad.example", "block", "Spam", URL)]
