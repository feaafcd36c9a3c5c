"""Filters and the streams: what is told is marked for each reader, and a change of filters is told itself."""

from typing import Any

from tests.api.rig import Client, Rig
from tests.api.streaming.listening import listening, payload


async def a_filter(of: Client) -> Any:
    words = [{"keyword": "cat"}]
    return await of.post("/api/v2/filters", title="Pets", context=["home"], keywords_attributes=words)


async def test_a_change_of_filters_is_told_to_their_owners_apps_alone(
    rig: Rig, ana: Client, ben: Client
) -> None:
    async with (
        listening(rig.world, ana.bearer, "user") as own,
        listening(rig.world, ben.bearer, "user") as other,
    ):
        made = await a_filter(ana)
        path = f"/api/v2/filters/{made['id']}"
        await ana.post(f"{path}/keywords", keyword="dog")
        await ana.ask("DELETE", path)
        assert await own.frames() == [{"stream": ["user"], "event": "filters_changed"}] * 3
        assert await other.frames() == []


async def test_V12_a_post_is_marked_for_whose_filter_it_matches_and_for_nobody_else(
    rig: Rig, ana: Client, ben: Client
) -> None:
    carl = await rig.member("carl")
    for reader in (ben, carl):
        await reader.post(f"/api/v1/accounts/{ana.id}/follow")
    await a_filter(ben)
    async with (
        listening(rig.world, ben.bearer, "user") as filtering,
        listening(rig.world, carl.bearer, "user") as other,
    ):
        await ana.publish("My cat")
        for socket, matches in ((filtering, [["cat"]]), (other, [])):
            (frame,) = await socket.frames()
            assert [each["keyword_matches"] for each in payload(frame)["filtered"]] == matches
