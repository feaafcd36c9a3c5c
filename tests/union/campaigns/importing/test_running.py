"""Taking calls in from a file: row by row, once, published or as drafts."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from fediunion.actors.queries import find_local_actor
from fediunion.kit.errors import NotFound
from fediunion.outbox.models import OutboxActivity
from fediunion.union.campaigns.importing.running import RowOutcome, import_calls
from fediunion.union.campaigns.importing.taking import Wishes
from fediunion.union.campaigns.institution import campaign_institution
from fediunion.union.campaigns.models import CallState, OutcomeStatus
from fediunion.union.campaigns.queries import find_call_by_slug
from fediunion.union.campaigns.thunderclap.models import Thunderclap
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.union import TestUnion, running
from tests.union.campaigns.conftest import Allies, again, calls
from tests.union.campaigns.samples import AS_OF, FILE, call_file


async def take(union: TestUnion, content: object, *, publish: bool = True) -> list[RowOutcome]:
    """Return what became of each row of a file."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    actor_id = await campaign_institution(union.world, by="tests")
    wishes = Wishes(by="tests", publishes=publish)
    return [each async for each in import_calls(union.world, body, actor_id, wishes)]


def told(found: list[RowOutcome]) -> list[tuple[str, str]]:
    """Return identifier and status of each row."""
    return [(each.identifier, each.status.value) for each in found]


async def published(union: TestUnion) -> int:
    """Return how many activities a union has sent."""
    return (
        await union.world.db.read(lambda session: session.scalar(select(func.count(OutboxActivity.id)))) or 0
    )


async def test_the_samples_are_taken_in_whole_and_a_second_time_nothing_changes(allies: Allies) -> None:
    found = await take(allies.ccisua, FILE.read_bytes())
    assert told(found) == [(f"C-0{number}", "published") for number in range(1, 6)]
    assert "donate, share-evidence" in found[1].reason
    assert "attend" in found[2].reason
    assert "It is over" in found[4].reason
    sent = await published(allies.ccisua)
    assert told(await take(allies.ccisua, FILE.read_bytes())) == [
        (f"C-0{number}", "unchanged") for number in range(1, 6)
    ]
    assert await published(allies.ccisua) == sent
    known = {call.slug: call for call in await calls(allies.ccisua)}
    assert sorted(known) == ["c-01", "c-02", "c-03", "c-04", "c-05"]
    assert (known["c-05"].state, known["c-05"].outcome_status) == (CallState.CLOSED, OutcomeStatus.WON)
    assert known["c-05"].post_id is None
    assert known["c-04"].audience == "network"
    clap = await allies.ccisua.world.db.read(lambda session: session.scalars(select(Thunderclap)).one())
    assert (clap.call_id, clap.threshold) == (known["c-01"].id, 300)


async def test_drafts_are_published_when_the_file_is_taken_in_again(allies: Allies) -> None:
    assert told(await take(allies.ccisua, call_file(), publish=False)) == [("C-01", "draft")]
    assert told(await take(allies.ccisua, call_file(), publish=False)) == [("C-01", "unchanged")]
    assert told(await take(allies.ccisua, call_file())) == [("C-01", "published")]


async def test_a_call_that_is_over_is_no_draft(allies: Allies) -> None:
    (row,) = await take(allies.ccisua, call_file("C-05"), publish=False)
    assert (row.status, row.field) == ("refused", "closesAt")


async def test_a_row_is_refused_alone_with_field_and_reason(allies: Allies) -> None:
    found = await take(allies.ccisua, [call_file("C-03"), call_file(title=None), 7])
    assert told(found) == [("C-03", "published"), ("C-01", "refused"), ("", "refused")]
    assert found[1].reason == "title: This text is missing."
    assert len(await calls(allies.ccisua)) == 1


async def test_what_a_file_says_otherwise_is_changed_and_told(allies: Allies) -> None:
    await take(allies.ccisua, call_file())
    allies.clock.advance(seconds=1)
    (row,) = await take(allies.ccisua, call_file(demand="Talk to us."))
    assert row.status == "updated"
    (call,) = await calls(allies.ccisua)
    assert call.demand == "Talk to us."


async def test_the_outcome_closes_a_call_that_was_open(allies: Allies) -> None:
    await take(allies.ccisua, call_file())
    outcome = {"status": "lost", "date": "2026-12-01", "text": "No talks."}
    (row,) = await take(allies.ccisua, call_file(outcome=outcome))
    (call,) = await calls(allies.ccisua)
    assert (row.status, call.state, call.outcome_text) == ("updated", "closed", "No talks.")
    (row,) = await take(allies.ccisua, call_file(outcome=outcome))
    assert row.status == "unchanged"
    (row,) = await take(allies.ccisua, call_file(title="Another", outcome=outcome))
    assert row.status == "refused"


async def test_two_rows_about_one_call_that_differ_are_not_both_taken(allies: Allies) -> None:
    found = await take(allies.ccisua, [call_file(), call_file(title="Something else")])
    assert [each.status for each in found] == ["published", "refused"]


async def test_a_call_without_a_name_is_known_again_by_its_title(allies: Allies) -> None:
    nameless: dict[str, Any] = call_file()
    del nameless["fu:sampleId"], nameless["@id"]
    assert told(await take(allies.ccisua, nameless)) == [
        ("Restore negotiation rights for staff unions", "published")
    ]
    assert [each.status for each in await take(allies.ccisua, nameless)] == ["unchanged"]
    (call,) = await calls(allies.ccisua)
    assert call.slug == "restore-negotiation-rights-for-staff-unions"


async def test_the_institution_that_puts_calls_is_made_when_it_is_needed(databases: Databases) -> None:
    union = await TestUnion.start(FakeInternet(), "gftu.example", databases.with_tables(), FakeClock(AS_OF))
    async with running(union):
        made = await campaign_institution(union.world, by="tests")
        assert made == await campaign_institution(union.world, by="tests")
        found = await union.world.db.read(find_local_actor, "campaigns")
        assert found is not None
        assert (found.id, found.wire_type) == (made, "Service")
        with pytest.raises(NotFound):
            await campaign_institution(union.world, "nobody", by="tests")


async def test_a_call_that_is_still_to_open_waits_for_its_time(allies: Allies) -> None:
    (row,) = await take(allies.ccisua, call_file(opensAt="2026-12-05T00:00:00Z"))
    assert row.status == "published"
    assert row.reason.startswith("It opens at its time.")
    call = await allies.ccisua.world.db.read(find_call_by_slug, "c-01")
    assert call is not None
    assert call.scheduled
    await allies.pass_until("2026-12-05T00:00:00Z")
    assert (await again(allies.ccisua, call)).state == CallState.OPEN
