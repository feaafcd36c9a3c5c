"""What moderators' apps read, cast by the types of Mastodon.py; announcements and emoji as documented."""

from typing import Any

import pytest
from mastodon import return_types

from tests.api.mastodon.conformity import check, miscasts
from tests.api.rig import Client

V1 = "/api/v1/admin"


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("domain_blocks", {"domain": "spam.example"}, return_types.AdminDomainBlock),
        ("domain_allows", {"domain": "union.example"}, return_types.AdminDomainAllow),
        ("email_domain_blocks", {"domain": "mail.example"}, return_types.AdminEmailDomainBlock),
        ("canonical_email_blocks", {"email": "a@b.example"}, return_types.AdminCanonicalEmailBlock),
    ],
)
async def test_rules_are_what_mastodon_py_promises(
    admin: Client, path: str, body: dict[str, str], kind: type[Any]
) -> None:
    assert miscasts(await admin.post(f"{V1}/{path}", **body), kind) == []


async def test_accounts_and_reports_are_what_mastodon_py_promises(
    moderator: Client, ana: Client, ben: Client
) -> None:
    status = await ana.publish("Buy this")
    made = await ben.post("/api/v1/reports", account_id=ana.id, status_ids=[status["id"]])
    await moderator.post(f"{V1}/reports/{made['id']}/assign_to_self")
    await moderator.post(f"{V1}/reports/{made['id']}/resolve")
    account = await moderator.get(f"{V1}/accounts/{ana.id}")
    assert miscasts(account, return_types.AdminAccount) == []
    report = await moderator.get(f"{V1}/reports/{made['id']}")
    assert miscasts(report["assigned_account"], return_types.AdminAccount) == []
    assert miscasts(report["statuses"][0], return_types.Status) == []
    report |= {name: report[name]["account"] for name in ("account", "target_account")}
    assert miscasts(report, return_types.AdminReport) == []


async def test_figures_are_what_mastodon_py_promises(admin: Client) -> None:
    span = {"start_at": "2026-03-01", "end_at": "2026-03-02"}
    for measure in await admin.post(f"{V1}/measures", keys=["new_users", "opened_reports"], **span):
        assert miscasts(measure, return_types.AdminMeasure) == []
    for dimension in await admin.post(f"{V1}/dimensions", keys=["space_usage", "servers"]):
        assert miscasts(dimension, return_types.AdminDimension) == []


async def test_an_announcement_is_as_documented(admin: Client, ana: Client) -> None:
    made = await admin.post("/api/fediunion/admin/announcements", text="Hello", ends_at="2026-03-09")
    await ana.ask("PUT", f"/api/v1/announcements/{made['id']}/reactions/✊")
    (shown,) = await ana.get("/api/v1/announcements")
    check(shown, "Announcement", return_types.Announcement)
