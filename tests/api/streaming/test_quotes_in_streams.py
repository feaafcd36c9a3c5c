"""A post that quotes is streamed to each reader as its timeline shows it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.api.streaming import audience
from tests.api.rig import Client, Rig
from tests.api.streaming.listening import listening, payload
from tests.social.builders import post_by, remote_actor
from tests.social.plans import full_scans, plan_of, statements_of

STATES = {"mute": "muted_account", "block": "blocked_account"}


async def streamed(rig: Rig, readers: list[Client], publish: Callable[[], Any], stream: str) -> list[Any]:
    """Return what each of two readers is sent of one post."""
    first, second = readers
    async with (
        listening(rig.world, first.bearer, stream) as one,
        listening(rig.world, second.bearer, stream) as other,
    ):
        await publish()
        return [payload((await socket.frames())[0]) for socket in (one, other)]


@pytest.mark.parametrize("turned", [False, True], ids=["first", "second"])
@pytest.mark.parametrize("stream", ["user", "public:local"])
@pytest.mark.parametrize("restriction", STATES)
async def test_V12_quoted_words_that_one_reader_put_aside_are_so_for_that_one_alone(
    rig: Rig, ana: Client, ben: Client, restriction: str, stream: str, turned: bool
) -> None:
    carl, dora = await rig.member("carl"), await rig.member("dora")
    for reader in (ana, ben):
        await reader.post(f"/api/v1/accounts/{carl.id}/follow")
    await ana.post(f"/api/v1/accounts/{dora.id}/{restriction}")
    told = await dora.publish("Quoted words")
    readers = [ben, ana] if turned else [ana, ben]
    sent = await streamed(rig, readers, lambda: carl.publish("Look", quoted_status_id=told["id"]), stream)
    states = {ana.id: STATES[restriction], ben.id: "accepted"}
    for reader, status in zip(readers, sent, strict=True):
        assert status["quote"]["state"] == states[reader.id]
        assert status["quote"] == (await reader.get(f"/api/v1/statuses/{status['id']}"))["quote"]


@pytest.mark.parametrize("turned", [False, True], ids=["first", "second"])
async def test_V12_whether_one_may_quote_is_told_to_followers_and_others_as_it_is(
    rig: Rig, ana: Client, ben: Client, turned: bool
) -> None:
    carl = await rig.member("carl")
    await ana.post(f"/api/v1/accounts/{carl.id}/follow")
    readers = [ben, ana] if turned else [ana, ben]
    sent = await streamed(
        rig, readers, lambda: carl.publish("Look", quote_approval_policy="followers"), "public:local"
    )
    words = {ana.id: "automatic", ben.id: "denied"}
    for reader, status in zip(readers, sent, strict=True):
        assert status["quote_approval"]["current_user"] == words[reader.id]


async def test_V12_a_server_that_one_reader_blocks_makes_a_difference_where_it_is_quoted(
    rig: Rig, ana: Client, ben: Client
) -> None:
    await ana.post("/api/v1/domain_blocks", domain="far.test")

    def unit(session: Session) -> tuple[bool, bool]:
        readers = [ana.actor_id, ben.actor_id]
        quoted = post_by(session, remote_actor(session, "far.test", "eve"))
        carl = post_by(session, remote_actor(session, "near.test", "carl"))
        plain = audience.differences(session, carl.id, readers)
        carl.quote_of_id, carl.quote_state = quoted.id, "accepted"
        session.flush()
        quoting = audience.differences(session, carl.id, readers)
        return plain[readers[0]] == plain[readers[1]], quoting[readers[0]] == quoting[readers[1]]

    assert await rig.world.db.write(unit) == (True, False)


async def test_the_differences_of_a_post_that_quotes_are_found_by_indexes_for_all_at_once(
    rig: Rig, ana: Client
) -> None:
    readers = [await rig.member(f"reader{number}") for number in range(6)]
    told = await ana.publish("Quoted words")
    quoting = await ana.publish("Look", quoted_status_id=told["id"], quote_approval_policy="followers")
    plain = await ana.publish("Plain")

    def unit(session: Session) -> None:
        def differences(status: dict[str, Any], count: int) -> Callable[[Session], object]:
            ids = [each.actor_id for each in readers[:count]]
            return lambda session: audience.differences(session, int(status["id"]), ids)

        counts = {
            (status["id"], count): len(statements_of(session, differences(status, count))[1])
            for status in (plain, quoting)
            for count in (1, 6)
        }
        assert list(counts.values()) == [3, 3, 4, 4]
        assert full_scans(plan_of(session, differences(quoting, 6))) == []

    await rig.world.db.read(unit)
