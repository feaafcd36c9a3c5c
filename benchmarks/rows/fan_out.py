"""Fan-out: one post to followers on many hosts, until every inbox has it."""

import asyncio
import uuid
from typing import Any

from benchmarks.fleet import Fleet, Stranger
from benchmarks.target import Target


async def run(target: Target, *, inboxes: int, hosts: int, posts: int, port: int) -> dict[str, float]:
    """Return CPU seconds per 1,000 deliveries, over `posts` posts to `inboxes` inboxes on `hosts` hosts.

    With as many inboxes as hosts each host has one shared inbox.
    """
    shared = inboxes == hosts
    me = await target.get("/api/v1/accounts/verify_credentials")
    actor_uri = me.get("uri") or await _actor_uri(target, me["acct"])
    async with Fleet(actors=inboxes, hosts=hosts, port=port, shared_inbox=shared) as fleet:
        for stranger in fleet.strangers:
            follow = {
                "@context": "https://www.w3.org/ns/activitystreams",
                "id": f"{stranger.uri}#follows/{uuid.uuid4()}",
                "type": "Follow",
                "actor": stranger.uri,
                "object": actor_uri,
            }
            status = await _insist(fleet, stranger, f"{target.base_url}/inbox", follow)
            if status not in (200, 201, 202):
                raise RuntimeError(f"a follow was answered with {status}")
        await target.settle()
        before, seen = target.usage(), fleet.arrived
        for number in range(posts):
            await target.post("/api/v1/statuses", status=f"post {number} to everybody", visibility="public")
        wanted = seen + posts * inboxes
        for _ in range(2400):
            if fleet.arrived >= wanted:
                break
            await asyncio.sleep(0.05)
        else:
            raise RuntimeError(f"{fleet.arrived - seen} of {wanted - seen} deliveries came in two minutes")
        await target.settle()
        after = target.usage()
    return {"cpu_seconds_per_1000": after.since(before) / (posts * inboxes) * 1000}


async def _insist(fleet: Fleet, stranger: Stranger, url: str, activity: dict[str, Any]) -> int:
    """Return the status once it is not "later": a server may fetch only so many unknown keys at a time."""
    for _ in range(60):
        status = await fleet.post(stranger, url, activity)
        if status not in (429, 503):
            break
        await asyncio.sleep(2)
    return status


async def _actor_uri(target: Target, acct: str) -> str:
    host = target.base_url.partition("://")[2]
    resource = f"acct:{acct}" if "@" in acct else f"acct:{acct}@{host}"
    jrd = await target.get("/.well-known/webfinger", resource=resource)
    uri: str = next(link["href"] for link in jrd["links"] if link["rel"] == "self")
    return uri
