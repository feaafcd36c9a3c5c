"""Imports and exports through the interface: what a member takes along, and that it is nobody else's."""

from typing import Any

import httpx
import pytest

from fediunion.app.metrics import Metrics
from fediunion.installed import job_handlers
from fediunion.jobs.run import run_due
from fediunion.social.transfers.service import (
    KEPT,
    ROWS_AT_ONCE,
    STEP,
    STEPS_EVERY,
    forget_imports,
    forget_imports_of,
)
from tests.api.rig import Client, Rig
from tests.fakes.internet import FakeSite

IMPORTS = "/api/fediunion/imports"


async def bring(client: Client, kind: str, content: bytes, **fields: str) -> httpx.Response:
    return await client.ask(
        "POST", IMPORTS, files={"file": ("x.csv", content, "text/csv")}, data={"type": kind, **fields}
    )


async def begun(client: Client, kind: str, content: bytes, **fields: str) -> dict[str, Any]:
    answer = await bring(client, kind, content, **fields)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def take_step(rig: Rig) -> None:
    """Let the pause between two steps pass, and the next one happen."""
    rig.clock.advance(STEPS_EVERY.total_seconds() + 1)
    handlers = job_handlers(rig.world.part(Metrics).rejections)
    await run_due(rig.world, {STEP: handlers[STEP]})


async def finished(rig: Rig, client: Client, made: dict[str, Any]) -> dict[str, Any]:
    """Return an import as it is at its end."""
    for _ in range(50):
        await take_step(rig)
        shown: dict[str, Any] = await client.get(f"{IMPORTS}/{made['id']}")
        if shown["state"] == "finished":
            return shown
    raise AssertionError("the import does not end")


async def exported(client: Client, name: str) -> str:
    answer = await client.ask("GET", f"/api/fediunion/exports/{name}.csv")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}.csv"'
    return answer.text


async def test_what_one_member_exports_another_imports(rig: Rig, ana: Client) -> None:
    ben, cal, moved = [await rig.member(name) for name in ("ben", "cal", "moved")]
    status = await ben.publish("Keep this")
    await ana.ask("POST", f"/api/v1/accounts/{ben.id}/follow", json={"reblogs": False, "languages": ["de"]})
    await ana.post(f"/api/v1/accounts/{cal.id}/block")
    await ana.post(f"/api/v1/accounts/{moved.id}/mute", notifications=False)
    await ana.post("/api/v1/domain_blocks", domain="evil.example")
    await ana.post(f"/api/v1/statuses/{status['id']}/bookmark")
    friends = await ana.post("/api/v1/lists", title="=Friends")
    await ana.post(f"/api/v1/lists/{friends['id']}/accounts", account_ids=[ben.id])
    files = {
        "following": await exported(ana, "following_accounts"),
        "blocking": await exported(ana, "blocked_accounts"),
        "muting": await exported(ana, "muted_accounts"),
        "domain_blocking": await exported(ana, "blocked_domains"),
        "lists": await exported(ana, "lists"),
        "bookmarks": await exported(ana, "bookmarks"),
    }
    assert files["following"].splitlines()[1] == "ben@union.test,false,false,de"
    assert files["lists"] == "'=Friends,ben@union.test\n"
    assert files["bookmarks"] == f"{status['uri']}\n"
    other = await rig.member("dee")
    for kind, content in files.items():
        shown = await finished(rig, other, await begun(other, kind, content.encode()))
        assert (shown["imported"], shown["failed"], shown["failures"]) == (1, 0, []), kind
    assert (await exported(other, "following_accounts")) == files["following"]
    assert (await exported(other, "lists")) == files["lists"]
    assert (await exported(other, "muted_accounts")) == files["muting"]
    assert [each["id"] for each in await other.get("/api/v1/bookmarks")] == [status["id"]]
    assert [each["id"] for each in await other.get("/api/v1/blocks")] == [cal.id]
    assert await other.get("/api/v1/domain_blocks") == ["evil.example"]


async def test_a_step_brings_a_few_rows_and_the_next_comes_after_a_pause(rig: Rig, ana: Client) -> None:
    rows = b"".join(b"host%d.example\n" % number for number in range(ROWS_AT_ONCE + 5))
    made = await begun(ana, "domain_blocking", rows)
    assert (made["total"], made["imported"], made["state"]) == (ROWS_AT_ONCE + 5, 0, "adding")
    await take_step(rig)
    assert (await ana.get(f"{IMPORTS}/{made['id']}"))["imported"] == ROWS_AT_ONCE
    shown = await finished(rig, ana, made)
    assert (shown["imported"], shown["failed"]) == (ROWS_AT_ONCE + 5, 0)
    assert shown["finished_at"] is not None


async def test_rows_that_cannot_be_brought_are_told_and_do_not_stop_the_others(rig: Rig, ana: Client) -> None:
    site = FakeSite()
    rig.internet.join("good.example", site)
    ben = await rig.member("ben")
    made = await begun(ana, "following", b"nobody\nana\nx@good.example\nben\nx@unreachable.example\n")
    shown = await finished(rig, ana, made)
    assert (shown["imported"], shown["failed"]) == (1, 4)
    assert {each["subject"] for each in shown["failures"]} == {
        "nobody",
        "ana",
        "x@good.example",
        "x@unreachable.example",
    }
    assert {each["subject"]: each["error"] for each in shown["failures"]} == {
        "nobody": "There is nothing of that name or address.",
        "ana": "Nobody can follow their own account.",
        "x@good.example": "There is nothing of that name or address.",
        "x@unreachable.example": "The other server does not answer.",
    }
    assert [each["id"] for each in await ana.get(f"/api/v1/accounts/{ana.id}/following")] == [ben.id]


async def test_overwriting_ends_what_is_not_in_the_file_and_merging_does_not(rig: Rig, ana: Client) -> None:
    ben, cal = await rig.member("ben"), await rig.member("cal")
    await ana.post(f"/api/v1/accounts/{ben.id}/follow")
    await finished(rig, ana, await begun(ana, "following", b"cal\n"))
    followed = await ana.get(f"/api/v1/accounts/{ana.id}/following")
    assert {each["id"] for each in followed} == {ben.id, cal.id}
    await finished(rig, ana, await begun(ana, "following", b"cal@union.test\n", mode="overwrite"))
    followed = await ana.get(f"/api/v1/accounts/{ana.id}/following")
    assert [each["id"] for each in followed] == [cal.id]


@pytest.mark.parametrize("kind", ["blocking", "muting", "domain_blocking", "lists", "bookmarks"])
async def test_overwriting_works_for_every_kind(rig: Rig, ana: Client, kind: str) -> None:
    ben, cal = await rig.member("ben"), await rig.member("cal")
    posts = [(await each.publish("Hello"))["uri"] for each in (ben, cal)]
    rows = {
        "domain_blocking": ["one.example", "two.example"],
        "lists": ["Friends,ben", "Friends,cal"],
        "bookmarks": posts,
    }.get(kind, ["ben", "cal"])
    names = {"blocking": "blocked_accounts", "muting": "muted_accounts", "domain_blocking": "blocked_domains"}
    name = names.get(kind, kind)
    await finished(rig, ana, await begun(ana, kind, "\n".join(rows).encode()))
    both = await exported(ana, name)
    await finished(rig, ana, await begun(ana, kind, rows[1].encode(), mode="overwrite"))
    left = await exported(ana, name)
    assert len(left.splitlines()) == len(both.splitlines()) - 1


@pytest.mark.parametrize(
    ("fields", "content"),
    [
        ({"type": "following"}, b"\xff\xfe"),
        ({"type": "everything"}, b"ben\n"),
        ({"type": ""}, b"ben\n"),
        ({"type": "following", "mode": "destroy"}, b"ben\n"),
        ({"type": "following"}, b""),
    ],
)
async def test_a_file_that_is_none_is_422(ana: Client, fields: dict[str, str], content: bytes) -> None:
    answer = await ana.ask("POST", IMPORTS, files={"file": ("x.csv", content, "text/csv")}, data=fields)
    assert answer.status_code == 422
    assert await ana.get(IMPORTS) == []


async def test_only_a_few_imports_run_at_once(ana: Client) -> None:
    for _ in range(3):
        await begun(ana, "domain_blocking", b"one.example\n")
    assert (await bring(ana, "domain_blocking", b"one.example\n")).status_code == 422


async def test_V18_imports_and_exports_are_their_owners_alone(rig: Rig, ana: Client) -> None:
    ben = await rig.member("ben")
    made = await begun(ana, "domain_blocking", b"one.example\n")
    assert (await ben.ask("GET", f"{IMPORTS}/{made['id']}")).status_code == 404
    assert await ben.get(IMPORTS) == []
    assert await exported(ben, "blocked_domains") == ""
    assert (await ben.ask("GET", "/api/fediunion/exports/passwords.csv")).status_code == 404
    narrow = await rig.token(ana, "read:statuses write:statuses")
    assert (await narrow.ask("GET", "/api/fediunion/exports/lists.csv")).status_code == 403
    assert (await bring(narrow, "domain_blocking", b"x.example")).status_code == 403


async def test_imports_are_forgotten_two_weeks_after_they_finished(rig: Rig, ana: Client) -> None:
    made = await begun(ana, "domain_blocking", b"one.example\n")
    await finished(rig, ana, made)
    await rig.world.db.write(forget_imports)
    assert len(await ana.get(IMPORTS)) == 1
    rig.clock.advance(KEPT.total_seconds() + 1)
    await rig.world.db.write(forget_imports)
    assert await ana.get(IMPORTS) == []


async def test_V33_with_an_account_its_imports_go_also_those_under_way(rig: Rig, ana: Client) -> None:
    ben = await rig.member("ben")
    for client in (ana, ben):
        await begun(client, "domain_blocking", b"one.example\n")
    await rig.world.db.write(forget_imports_of, ana.actor_id)
    await take_step(rig)
    assert await ana.get(IMPORTS) == []
    assert await exported(ana, "blocked_domains") == ""
    assert (await ben.get(IMPORTS))[0]["imported"] == 1
