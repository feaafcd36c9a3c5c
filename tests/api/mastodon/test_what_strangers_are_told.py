"""What numbers and moments tell those without an account: nothing of posts that they may not read."""

from datetime import datetime
from typing import Any

from fediunion.actors.queries import local_usage
from tests.api.rig import Client, Rig

INNER: tuple[dict[str, Any], ...] = (
    {"visibility": "private"},
    {"local_only": True},
    {"visibility": "direct"},
)


async def account_of(client: Client, reader: Client) -> tuple[int, str | None]:
    account = await reader.get(f"/api/v1/accounts/{client.id}")
    return account["statuses_count"], account["last_status_at"]


async def test_posts_that_strangers_may_not_read_are_not_counted_for_them(
    rig: Rig, ana: Client, ben: Client
) -> None:
    first_day = f"{rig.clock.now():%Y-%m-%d}"
    await ana.publish("Public")
    open_one = await ana.publish("Unlisted", visibility="unlisted")
    rig.clock.advance(days=2)
    later = f"{rig.clock.now():%Y-%m-%d}"
    for more in INNER:
        await ana.publish("@ben inner", **more)
    assert await account_of(ana, rig.anonymous) == (2, first_day)
    assert await account_of(ana, ben) == (4, later)
    shown = await rig.anonymous.get(f"/api/v1/statuses/{open_one['id']}")
    assert (shown["account"]["statuses_count"], shown["account"]["last_status_at"]) == (2, first_day)
    assert (await rig.world.db.read(local_usage)).posts == 2


async def test_direct_posts_are_counted_for_nobody(rig: Rig, ana: Client, ben: Client) -> None:
    direct = await ana.publish("@ben may we meet?", visibility="direct")
    for reader in (rig.anonymous, ben, ana):
        assert await account_of(ana, reader) == (0, None)
    await ana.ask("DELETE", f"/api/v1/statuses/{direct['id']}")
    assert await account_of(ana, ana) == (0, None)


async def test_what_is_deleted_is_taken_from_the_counts_it_was_in(rig: Rig, ana: Client, ben: Client) -> None:
    ids = [(await ana.publish("Post", **more))["id"] for more in ({}, *INNER)]
    counts = []
    for status_id in ids:
        await ana.ask("DELETE", f"/api/v1/statuses/{status_id}")
        counts.append(((await account_of(ana, rig.anonymous))[0], (await account_of(ana, ben))[0]))
    assert counts == [(0, 2), (0, 1), (0, 0), (0, 0)]


async def test_V04_replies_that_not_everybody_may_read_are_not_counted(
    rig: Rig, ana: Client, ben: Client
) -> None:
    asked = await ana.publish("Who was at the meeting?")
    answers = [
        await ben.publish("@ana I was", in_reply_to_id=asked["id"], **more)
        for more in ({}, {"visibility": "unlisted"}, *INNER)
    ]
    for reader in (rig.anonymous, ana, ben):
        assert (await reader.get(f"/api/v1/statuses/{asked['id']}"))["replies_count"] == 2
    for answer in reversed(answers):
        await ben.ask("DELETE", f"/api/v1/statuses/{answer['id']}")
    assert (await ana.get(f"/api/v1/statuses/{asked['id']}"))["replies_count"] == 0


def seconds_in(moment: str) -> tuple[int, int]:
    read = datetime.fromisoformat(moment)
    return read.second, read.microsecond


async def test_strangers_are_told_the_minute_of_an_edit_and_of_the_end_of_a_poll(
    rig: Rig, ana: Client
) -> None:
    rig.clock.advance(37.123)
    made = await ana.publish("One", poll={"options": ["a", "b"], "expires_in": 601})
    rig.clock.advance(seconds=100)
    await ana.ask("PUT", f"/api/v1/statuses/{made['id']}", json={"status": "Two"})
    told: dict[str, list[str]] = {}
    for name, reader in (("stranger", rig.anonymous), ("member", ana)):
        status = await reader.get(f"/api/v1/statuses/{made['id']}")
        history = await reader.get(f"/api/v1/statuses/{made['id']}/history")
        told[name] = [
            status["created_at"],
            status["edited_at"],
            status["poll"]["expires_at"],
            (await reader.get(f"/api/v1/polls/{made['id']}"))["expires_at"],
            *(version["created_at"] for version in history),
        ]
    assert len(told["stranger"]) == 6
    assert {seconds_in(moment) for moment in told["stranger"]} == {(0, 0)}
    assert all(seconds_in(moment) != (0, 0) for moment in told["member"])
    assert [each[:16] for each in told["stranger"]] == [each[:16] for each in told["member"]]
