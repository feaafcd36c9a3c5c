"""Who may do what: the table of roles and endpoints, and nobody beside it."""

import re

import pytest

from fediunion.api.mastodon.admin import ENDPOINTS
from fediunion.members.models import Role
from tests.api.mastodon.admin.staff import give_role, staff
from tests.api.rig import Client, Rig

FOR_MODERATORS = re.compile(
    r"(GET /api/v[12]/admin/accounts|GET /api/v1/admin/accounts/:id|POST /api/v1/admin/accounts/:id/\w+"
    r"|[A-Z]+ /api/v1/admin/reports.*)"
)
"""What moderators may do; everything else is for administrators and owners."""


@pytest.mark.parametrize("role", list(Role))
async def test_W18_each_role_may_use_these_endpoints_and_no_others(rig: Rig, role: Role) -> None:
    client = await staff(rig, "somebody", role)
    for each in ENDPOINTS:
        named = f"{each.method} {each.path}"
        allowed = role in (Role.ADMIN, Role.OWNER) or (
            role is Role.MODERATOR and FOR_MODERATORS.fullmatch(named) is not None
        )
        answer = await client.ask(each.method, re.sub(r":\w+", "17", each.path), json={})
        assert (answer.status_code != 403) == allowed, (named, answer.text)
        assert answer.status_code < 500, named


async def test_W18_a_scope_alone_lets_nobody_moderate(rig: Rig, admin: Client) -> None:
    narrow = await rig.token(admin, "read write admin:read:reports")
    assert (await narrow.ask("GET", "/api/v1/admin/accounts")).status_code == 403
    assert (await narrow.ask("POST", "/api/v1/admin/reports/1/resolve")).status_code == 403
    assert (await narrow.ask("GET", "/api/v1/admin/reports")).status_code == 200


async def test_W18_a_role_that_was_taken_counts_no_more_at_once(rig: Rig, admin: Client) -> None:
    assert (await admin.ask("GET", "/api/v1/admin/accounts")).status_code == 200
    await give_role(rig, admin, Role.MEMBER)
    assert (await admin.ask("GET", "/api/v1/admin/accounts")).status_code == 401
    again = await rig.token(admin, "admin:read")
    assert (await again.ask("GET", "/api/v1/admin/accounts")).status_code == 403


@pytest.mark.parametrize(
    ("acting", "target", "allowed"),
    [
        (Role.MODERATOR, Role.MEMBER, True),
        (Role.MODERATOR, Role.MODERATOR, False),
        (Role.MODERATOR, Role.OWNER, False),
        (Role.ADMIN, Role.MODERATOR, True),
        (Role.ADMIN, Role.ADMIN, False),
        (Role.OWNER, Role.ADMIN, True),
        (Role.OWNER, Role.OWNER, False),
    ],
)
async def test_W18_nobody_acts_on_an_equal_or_higher_role(
    rig: Rig, acting: Role, target: Role, allowed: bool
) -> None:
    client, other = await staff(rig, "actor1", acting), await staff(rig, "other1", target)
    for kind in ("none", "sensitive", "silence", "disable", "suspend"):
        answer = await client.ask(
            "POST", f"/api/v1/admin/accounts/{other.id}/action", json={"type": kind, "text": "Why"}
        )
        assert answer.status_code == (200 if allowed else 403), (kind, answer.text)
    if not allowed:
        assert (await other.ask("GET", "/api/v1/accounts/verify_credentials")).status_code == 200
