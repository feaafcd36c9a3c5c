"""Accounts in the hands of moderators: found, shown, warned, limited, suspended, erased."""

from typing import Any

import pytest
from mastodon.return_types import Account
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.members.models import Member, QueuedMail
from fediunion.members.service import change_email
from tests.api.mastodon.admin.staff import audited, deleting
from tests.api.mastodon.conformity import check
from tests.api.rig import Client, Rig

# Source: https://docs.joinmastodon.org/entities/Admin_Account/
FIELDS = """id username domain created_at email ip ips locale invite_request role confirmed approved disabled
    silenced suspended sensitized account created_by_application_id invited_by_account_id"""
PATH = "/api/v1/admin/accounts"


async def act(client: Client, target: Client, kind: str, text: str = "") -> None:
    await client.post(f"{PATH}/{target.id}/action", type=kind, text=text)


async def names(client: Client, path: str = PATH, **params: Any) -> list[str]:
    return [each["username"] for each in await client.get(path, **params)]


async def give_address(rig: Rig, client: Client, email: str) -> None:
    def unit(session: Session) -> None:
        member = session.scalars(select(Member).where(Member.actor_id == client.actor_id)).one()
        change_email(session, member, email)

    await rig.world.db.write(unit)


async def test_an_account_has_all_documented_fields_and_no_address_of_a_network(
    moderator: Client, ana: Client
) -> None:
    shown = await moderator.get(f"{PATH}/{ana.id}")
    assert set(shown) == set(FIELDS.split())
    assert (shown["ip"], shown["ips"], shown["domain"]) == (None, [], None)
    assert (shown["confirmed"], shown["approved"], shown["disabled"]) == (True, True, False)
    assert shown["account"]["id"] == ana.id


async def test_C09_an_address_is_shown_to_administrators_alone_and_the_log_says_so(
    rig: Rig, moderator: Client, admin: Client, ana: Client
) -> None:
    await give_address(rig, ana, "ana@example.org")
    assert (await moderator.get(f"{PATH}/{ana.id}"))["email"] == ""
    assert await audited(rig) == []
    assert (await admin.get(f"{PATH}/{ana.id}"))["email"] == "ana@example.org"
    assert await audited(rig) == [("adam", "member.read_email", "")]
    assert {each["email"] for each in await admin.get(PATH)} == {""}
    assert await names(admin, email="ANA@example.org") == ["ana"]
    assert await names(moderator, email="ana@example.org") == []


async def test_accounts_are_found_by_the_filters_of_both_versions(
    moderator: Client, ana: Client, ben: Client
) -> None:
    await act(moderator, ben, "silence")
    v2 = "/api/v2/admin/accounts"
    assert await names(moderator, silenced="true") == ["ben"]
    assert await names(moderator, v2, status="silenced") == ["ben"]
    assert await names(moderator, v2, permissions="staff") == ["mona"]
    assert await names(moderator, v2, **{"role_ids[]": "1"}) == ["mona"]
    assert await names(moderator, username="AN") == ["ana"]
    assert await names(moderator, display_name="en") == ["ben"]
    assert await names(moderator, v2, origin="remote") == []
    assert await names(moderator, ip="127.0.0.1") == []
    assert await names(moderator, pending="true") == []
    assert (await moderator.ask("GET", v2, params={"status": "wicked"})).status_code == 422


async def test_C11_what_is_looked_for_is_never_a_pattern(moderator: Client, ana: Client) -> None:
    for text in ("%", "_na", "' OR 1=1 --", "\\"):
        assert await names(moderator, username=text) == []


async def test_pages_of_accounts_follow_each_other(moderator: Client, ana: Client, ben: Client) -> None:
    first = await moderator.ask("GET", PATH, params={"limit": 2})
    assert 'rel="next"' in first.headers["link"]
    rest = await names(moderator, max_id=first.json()[-1]["id"])
    assert [each["username"] for each in first.json()] + rest == ["ben", "ana", "mona"]


async def test_who_is_suspended_has_no_token_and_every_act_is_in_the_log(
    rig: Rig, moderator: Client, ana: Client
) -> None:
    await act(moderator, ana, "suspend", "False vacancies")
    assert (await ana.ask("GET", "/api/v1/timelines/home")).status_code == 401
    assert (await moderator.get(f"{PATH}/{ana.id}"))["suspended"] is True
    assert (await moderator.post(f"{PATH}/{ana.id}/unsuspend"))["suspended"] is False
    assert await audited(rig) == [
        ("mona", "actor.suspend", "False vacancies"),
        ("mona", "actor.unsuspend", ""),
    ]


async def test_who_is_disabled_cannot_log_in_and_is_shown_as_before(
    rig: Rig, moderator: Client, ana: Client, ben: Client
) -> None:
    await act(moderator, ana, "disable", "Lost phone")
    assert (await ana.ask("GET", "/api/v1/timelines/home")).status_code == 401
    assert "suspended" not in await ben.get(f"/api/v1/accounts/{ana.id}")
    assert await names(moderator, disabled="true") == ["ana"]
    assert (await moderator.post(f"{PATH}/{ana.id}/enable"))["disabled"] is False
    again = await rig.token(ana, "read")
    assert (await again.ask("GET", "/api/v1/timelines/home")).status_code == 200


async def test_what_a_sensitized_account_shows_is_covered_at_once(
    moderator: Client, ana: Client, ben: Client
) -> None:
    before = await ana.publish("Look")
    assert (await ben.get(f"/api/v1/statuses/{before['id']}"))["sensitive"] is False
    await act(moderator, ana, "sensitive")
    assert (await ben.get(f"/api/v1/statuses/{before['id']}"))["sensitive"] is True
    assert (await ana.publish("Again"))["sensitive"] is True
    assert (await moderator.post(f"{PATH}/{ana.id}/unsensitive"))["sensitized"] is False
    assert (await ben.get(f"/api/v1/statuses/{before['id']}"))["sensitive"] is False


async def test_who_is_silenced_is_marked_as_limited_wherever_the_account_is_shown(
    moderator: Client, ana: Client, ben: Client
) -> None:
    post = f"/api/v1/statuses/{(await ana.publish('Hello'))['id']}"
    assert "limited" not in (await ben.get(post))["account"]
    await act(moderator, ana, "silence")
    assert (await ben.get(f"/api/v1/accounts/{ana.id}"))["limited"] is True
    assert (await ben.get(post))["account"]["limited"] is True
    await moderator.post(f"{PATH}/{ana.id}/unsilence")
    assert "limited" not in (await ben.get(post))["account"]


async def test_of_who_is_suspended_nothing_is_shown_but_the_name(
    moderator: Client, ana: Client, ben: Client
) -> None:
    words = {"display_name": "Rude", "note": "Rude", "fields_attributes": [{"name": "a", "value": "Rude"}]}
    await ana.ask("PATCH", "/api/v1/accounts/update_credentials", json=words)
    await act(moderator, ana, "suspend")
    shown = await ben.get(f"/api/v1/accounts/{ana.id}")
    assert (shown["username"], shown["suspended"]) == ("ana", True)
    assert (shown["display_name"], shown["note"], shown["fields"]) == ("", "", [])
    check(shown, "Account", Account)
    path = "/api/v1/accounts/relationships"
    assert await ben.get(path, id=ana.id) == []
    assert [each["id"] for each in await ben.get(path, id=ana.id, with_suspended=True)] == [ana.id]


async def test_an_act_with_a_report_resolves_it(moderator: Client, ana: Client, ben: Client) -> None:
    report = await ben.post("/api/v1/reports", account_id=ana.id, comment="Spam")
    await moderator.post(f"{PATH}/{ana.id}/action", type="silence", report_id=report["id"])
    decided = await moderator.get(f"/api/v1/admin/reports/{report['id']}")
    assert decided["action_taken"] is True
    assert decided["action_taken_by_account"]["username"] == "mona"
    assert (await moderator.post(f"{PATH}/{ana.id}/unsilence"))["silenced"] is False


async def test_a_warning_is_written_to_who_has_an_address(rig: Rig, moderator: Client, ana: Client) -> None:
    await act(moderator, ana, "none", "Please be kind")
    assert await rig.world.db.read(_count_mail) == 0
    await give_address(rig, ana, "ana@example.org")
    await act(moderator, ana, "none", "Please be kind")
    assert await rig.world.db.read(_count_mail) == 1
    assert [action for _, action, _ in await audited(rig)] == ["actor.warn", "actor.warn"]


def _count_mail(session: Session) -> int:
    return len(session.scalars(select(QueuedMail.id)).all())


async def test_only_a_suspended_account_can_be_erased(admin: Client, ana: Client) -> None:
    assert (await admin.ask("DELETE", f"{PATH}/{ana.id}")).status_code == 403
    await act(admin, ana, "suspend")
    await deleting(admin, f"{PATH}/{ana.id}")
    assert (await admin.ask("GET", f"{PATH}/{ana.id}")).status_code == 404


@pytest.mark.parametrize("body", [{}, {"type": "explode"}, {"type": "none", "text": "x" * 2001}])
async def test_a_malformed_act_is_refused_and_changes_nothing(
    rig: Rig, moderator: Client, ana: Client, body: dict[str, str]
) -> None:
    answer = await moderator.ask("POST", f"{PATH}/{ana.id}/action", json=body)
    assert answer.status_code == 422
    assert await audited(rig) == []


async def test_institutions_are_not_accounts_of_members(rig: Rig, admin: Client, ana: Client) -> None:
    union = (await rig.anonymous.get("/api/v1/accounts/lookup", acct="union"))["id"]
    assert (await admin.ask("GET", f"{PATH}/{union}")).status_code == 404
    assert (await admin.ask("POST", f"{PATH}/{union}/action", json={"type": "suspend"})).status_code == 404
