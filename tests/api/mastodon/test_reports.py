"""Reports through apps: the rules that were broken, and the posts that show it."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from fediunion.config import DatabaseSettings, Settings
from fediunion.members.models import Role
from tests.api.mastodon.admin.staff import staff
from tests.api.rig import Rig, rig_for
from tests.databases import Databases
from tests.fakes.clock import FakeClock

RULES = ("Be kind.", "No advertising.")


@pytest.fixture
async def ruled(databases: Databases, settings: Settings, clock: FakeClock) -> AsyncIterator[Rig]:
    """An instance with two rules."""
    settings = replace(
        settings,
        database=DatabaseSettings(url=databases.with_tables()),
        instance=replace(settings.instance, rules=RULES),
    )
    async with rig_for(settings, clock) as opened:
        yield opened


async def test_rules_make_a_violation_and_moderators_read_them_as_they_were(ruled: Rig) -> None:
    ana, ben = await ruled.member("ana"), await ruled.member("ben")
    made = await ana.post("/api/v1/reports", account_id=ben.id, rule_ids=["2"])
    assert (made["category"], made["rule_ids"]) == ("violation", ["2"])
    mona = await staff(ruled, "mona", Role.MODERATOR)
    shown = await mona.get(f"/api/v1/admin/reports/{made['id']}")
    assert [(rule["id"], rule["text"]) for rule in shown["rules"]] == [("2", "No advertising.")]


async def test_what_is_no_rule_is_422(ruled: Rig) -> None:
    ana, ben = await ruled.member("ana"), await ruled.member("ben")
    body = {"account_id": ben.id, "category": "violation", "rule_ids": ["3"]}
    assert (await ana.ask("POST", "/api/v1/reports", json=body)).status_code == 422


async def test_a_post_of_somebody_else_is_not_there_to_be_reported(ruled: Rig) -> None:
    ana, ben, cleo = [await ruled.member(name) for name in ("ana", "ben", "cleo")]
    bens = (await ben.publish("Mine"))["id"]
    for post_id in (bens, "5"):
        body = {"account_id": cleo.id, "status_ids": [post_id]}
        assert (await ana.ask("POST", "/api/v1/reports", json=body)).status_code == 404
    assert (await ana.post("/api/v1/reports", account_id=ben.id, status_ids=[bens]))["status_ids"] == [bens]
