"""What clients ask for beside the home timeline: a status, a thread, notifications in groups."""

import asyncio
import uuid
from typing import Any, Final

from benchmarks.fleet import Fleet, Stranger
from benchmarks.rows.reads import measure
from benchmarks.target import Target

_THREAD: Final = 500
_LIKED: Final = 10
_LIKING: Final = 20
_LOOKS: Final = 240


async def status(target: Target, *, count: int, port: int) -> dict[str, float]:
    """Return the cost of `GET /api/v1/statuses/:id`."""
    written = await target.post("/api/v1/statuses", status="one status to be read", visibility="public")
    return await measure(target, count, lambda: target.get(f"/api/v1/statuses/{written['id']}"))


async def thread(target: Target, *, count: int, port: int) -> dict[str, float]:
    """Return the cost of `GET /api/v1/statuses/:id/context` where 499 answer: each the one ten before."""
    written = [await target.post("/api/v1/statuses", status="a thread begins", visibility="public")]
    for number in range(1, _THREAD):
        parent = written[max(0, number - 10)]
        answer = f"answer {number}"
        written.append(
            await target.post(
                "/api/v1/statuses", status=answer, in_reply_to_id=parent["id"], visibility="public"
            )
        )
    path = f"/api/v1/statuses/{written[0]['id']}/context"
    shown = len((await target.get(path))["descendants"])
    figures = await measure(target, count, lambda: target.get(path))
    return figures | {"descendants": shown}


async def grouped_notifications(target: Target, *, count: int, port: int) -> dict[str, float]:
    """Return the cost of `GET /api/v2/notifications?limit=40`, where 20 strangers liked ten statuses."""
    async with Fleet(actors=_LIKING, hosts=4, port=port) as fleet:
        statuses = [
            await target.post("/api/v1/statuses", status=f"liked {number}", visibility="public")
            for number in range(_LIKED)
        ]
        for written in statuses:
            await asyncio.gather(*(_like(target, fleet, each, written["uri"]) for each in fleet.strangers))
        await _until_told(target, statuses)
        path = "/api/v2/notifications"
        groups = len((await target.get(path, limit=40))["notification_groups"])
        figures = await measure(target, count, lambda: target.get(path, limit=40))
    return figures | {"groups": groups}


async def _like(target: Target, fleet: Fleet, stranger: Stranger, uri: str) -> None:
    like = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{stranger.uri}#likes/{uuid.uuid4()}",
        "type": "Like",
        "actor": stranger.uri,
        "object": uri,
    }
    status_code = await fleet.insist(stranger, f"{target.base_url}/inbox", like)
    if status_code not in (200, 201, 202):
        raise RuntimeError(f"a Like was answered with {status_code}")


async def _until_told(target: Target, statuses: list[Any]) -> None:
    for _ in range(_LOOKS):
        shown = await target.get(f"/api/v1/statuses/{statuses[-1]['id']}")
        if shown["favourites_count"] >= _LIKING:
            return
        await asyncio.sleep(0.5)
    raise RuntimeError("the likes did not arrive within two minutes")
