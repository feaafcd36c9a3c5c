"""Who calls, and what a token allows."""

import pytest

from fediunion.api.auth import allows
from fediunion.members.models import Member
from fediunion.members.service import suspend_member
from tests.api.rig import Client, Rig
from tests.members.revoking import revoke_token


@pytest.mark.parametrize(
    ("granted", "wanted", "expected"),
    [
        ("read", "read:statuses", True),
        ("read:statuses", "read:statuses", True),
        ("read:statuses", "read:accounts", False),
        ("read:statuses", "read", False),
        ("write", "read:statuses", False),
        ("follow", "write:follows", True),
        ("follow", "read:blocks", True),
        ("follow", "write:statuses", False),
        ("read:accounts", "profile", True),
        ("profile", "read:accounts", False),
        ("write:statuses", "admin:read", False),
        ("write", "admin:write:accounts", False),
        ("admin:write", "admin:write:accounts", True),
        ("admin:write", "admin:read:accounts", False),
        ("admin:read:reports", "admin:read", False),
        ("", "read", False),
    ],
)
def test_a_scope_covers_its_parts_and_nothing_else(granted: str, wanted: str, expected: bool) -> None:
    assert allows(granted.split(), wanted) is expected


async def test_a_token_that_was_never_given_is_refused(rig: Rig) -> None:
    answer = await Client(rig.http, rig.clock, 0, "nonsense").ask("GET", "/api/v1/timelines/home")
    assert answer.status_code == 401
    assert answer.json() == {"error": "The access token is invalid"}
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["", "Bearer", "Basic abc", "Bearer " + "x" * 600, "Token abc"])
async def test_an_authorization_header_of_another_form_is_refused(rig: Rig, header: str) -> None:
    answer = await rig.anonymous.ask("GET", "/api/v1/timelines/home", headers={"Authorization": header})
    assert answer.status_code == 401


async def test_O09_a_token_in_the_query_is_refused_even_where_none_is_needed(rig: Rig, ana: Client) -> None:
    for path in ("/api/v1/timelines/home", "/api/v1/instance"):
        answer = await rig.anonymous.ask("GET", path, params={"access_token": ana.bearer})
        assert answer.status_code == 401
        assert ana.bearer not in answer.text


async def test_O17_a_cookie_is_never_a_login(rig: Rig, ana: Client) -> None:
    cookie = {"Cookie": f"session={ana.bearer}; access_token={ana.bearer}"}
    assert (await rig.anonymous.ask("GET", "/api/v1/timelines/home", headers=cookie)).status_code == 401


async def test_O07_a_token_that_reads_does_not_write(rig: Rig, ana: Client) -> None:
    reader = await rig.token(ana, "read")
    answer = await reader.ask("POST", "/api/v1/statuses", json={"status": "Hello"})
    assert answer.status_code == 403
    assert await reader.get("/api/v1/timelines/home") == []


async def test_a_revoked_token_ends_at_once(rig: Rig, ana: Client) -> None:
    await ana.get("/api/v1/timelines/home")
    await rig.world.db.write(revoke_token, ana.bearer)
    assert (await ana.ask("GET", "/api/v1/timelines/home")).status_code == 401


async def test_a_suspended_member_is_told_so_or_let_out(rig: Rig, ana: Client) -> None:
    await ana.get("/api/v1/timelines/home")
    await rig.world.db.write(
        lambda session: suspend_member(session, session.query(Member).filter_by(actor_id=ana.actor_id).one())
    )
    assert (await ana.ask("GET", "/api/v1/timelines/home")).status_code in (401, 403)


async def test_an_invalid_token_is_refused_where_none_is_needed(rig: Rig) -> None:
    assert (
        await Client(rig.http, rig.clock, 0, "nonsense").ask("GET", "/api/v2/instance")
    ).status_code == 401
