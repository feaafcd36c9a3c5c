"""Reports in the hands of moderators."""

from typing import Any

from tests.api.mastodon.admin.staff import audited
from tests.api.rig import Client, Rig

# Source: https://docs.joinmastodon.org/entities/Admin_Report/
FIELDS = """id action_taken action_taken_at category comment forwarded created_at updated_at account
    target_account assigned_account action_taken_by_account statuses rules"""
PATH = "/api/v1/admin/reports"


async def reported(by: Client, target: Client, **more: Any) -> str:
    made = await by.post("/api/v1/reports", account_id=target.id, comment="Look at this", **more)
    return str(made["id"])


async def test_a_report_has_all_documented_fields(moderator: Client, ana: Client, ben: Client) -> None:
    status = await ana.publish("Buy this")
    number = await reported(ben, ana, status_ids=[status["id"]])
    shown = await moderator.get(f"{PATH}/{number}")
    assert set(FIELDS.split()) <= set(shown)
    assert (shown["account"]["username"], shown["target_account"]["username"]) == ("ben", "ana")
    assert [each["id"] for each in shown["statuses"]] == [status["id"]]
    assert (shown["assigned_account"], shown["action_taken"], shown["comment"]) == (
        None,
        False,
        "Look at this",
    )


async def test_a_post_that_the_moderator_may_not_read_is_not_shown_by_a_report_of_it(
    moderator: Client, ana: Client, ben: Client
) -> None:
    status = await ana.publish("@ben for you alone", visibility="direct")
    number = await reported(ben, ana, status_ids=[status["id"]])
    assert (await moderator.get(f"{PATH}/{number}"))["statuses"] == []


async def test_reports_are_taken_resolved_and_opened_again_and_all_is_in_the_log(
    rig: Rig, moderator: Client, ana: Client, ben: Client
) -> None:
    path = f"{PATH}/{await reported(ben, ana)}"
    assert (await moderator.post(f"{path}/assign_to_self"))["assigned_account"]["username"] == "mona"
    assert (await moderator.post(f"{path}/unassign"))["assigned_account"] is None
    done = await moderator.post(f"{path}/resolve")
    assert (done["action_taken"], done["action_taken_by_account"]["username"]) == (True, "mona")
    assert (await moderator.post(f"{path}/resolve"))["action_taken"] is True
    assert (await moderator.post(f"{path}/reopen"))["action_taken"] is False
    changed = await moderator.ask("PUT", path, json={"category": "spam"})
    assert changed.json()["category"] == "spam"
    assert (await moderator.ask("PUT", path, json={"category": "boring"})).status_code == 422
    acts = [action.removeprefix("report.") for _, action, _ in await audited(rig)]
    assert acts == ["assign", "unassign", "resolve", "reopen", "change"]


async def test_reports_are_listed_by_state_reporter_target_and_server(
    moderator: Client, ana: Client, ben: Client
) -> None:
    first, second = await reported(ben, ana), await reported(ana, ben)
    await moderator.post(f"{PATH}/{first}/resolve")

    async def listed(**params: Any) -> list[str]:
        return [each["id"] for each in await moderator.get(PATH, **params)]

    assert await listed() == [second]
    assert await listed(resolved="true") == [first]
    assert await listed(account_id=ana.id) == [second]
    assert await listed(target_account_id=ana.id) == []
    assert await listed(by_target_domain="union.test") == [second]
    assert await listed(by_target_domain="other.test") == []


async def test_an_unknown_report_is_404(moderator: Client) -> None:
    for method, path in (("GET", "17"), ("POST", "17/resolve"), ("GET", "x")):
        assert (await moderator.ask(method, f"{PATH}/{path}")).status_code == 404
