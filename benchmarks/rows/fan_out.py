"""Fan-out: one post to followers on many hosts, until every inbox has it."""

import asyncio
import ssl
import uuid

from benchmarks.fleet import Fleet
from benchmarks.target import Target


async def run(
    target: Target,
    *,
    inboxes: int,
    hosts: int,
    posts: int,
    port: int,
    tls: ssl.SSLContext | None = None,
) -> dict[str, float]:
    """Return CPU seconds per 1,000 deliveries, over `posts` posts to `inboxes` inboxes on `hosts` hosts.

    With as many inboxes as hosts each host has one shared inbox. Connections are there already, as on a
    server that posts now and then: one post goes out before it is measured.
    """
    shared = inboxes == hosts
    async with Fleet(actors=inboxes, hosts=hosts, port=port, shared_inbox=shared, tls=tls) as fleet:
        await follow_member(target, fleet)
        await _post_to_all(target, fleet, 1, inboxes)
        await target.settle()
        before = target.usage()
        await _post_to_all(target, fleet, posts, inboxes)
        await target.settle()
        after = target.usage()
    return {"cpu_seconds_per_1000": after.since(before) / (posts * inboxes) * 1000}


async def _post_to_all(target: Target, fleet: Fleet, posts: int, inboxes: int) -> None:
    seen = fleet.arrived
    for number in range(posts):
        await target.post("/api/v1/statuses", status=f"post {number} to everybody", visibility="public")
    await until_arrived(fleet, seen, posts * inboxes)


async def until_arrived(fleet: Fleet, seen: int, wanted: int) -> None:
    """Wait until `wanted` deliveries more than `seen` have come. Raises RuntimeError after two minutes."""
    for _ in range(2400):
        if fleet.arrived >= seen + wanted:
            return
        await asyncio.sleep(0.05)
    raise RuntimeError(f"{fleet.arrived - seen} of {wanted} deliveries came in two minutes")


async def follow_member(target: Target, fleet: Fleet) -> None:
    """Let every stranger follow the member.

    A server may fetch the keys of so many strangers at a time: FediUnion takes 60 a minute, 500 in nine.
    """
    me = await target.get("/api/v1/accounts/verify_credentials")
    actor_uri = me.get("uri") or await _actor_uri(target, me["acct"])
    for stranger in fleet.strangers:
        follow = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{stranger.uri}#follows/{uuid.uuid4()}",
            "type": "Follow",
            "actor": stranger.uri,
            "object": actor_uri,
        }
        status = await fleet.insist(stranger, f"{target.base_url}/inbox", follow)
        if status not in (200, 201, 202):
            raise RuntimeError(f"a follow was answered with {status}")
    await target.settle()


async def _actor_uri(target: Target, acct: str) -> str:
    host = target.base_url.partition("://")[2]
    resource = f"acct:{acct}" if "@" in acct else f"acct:{acct}@{host}"
    jrd = await target.get("/.well-known/webfinger", resource=resource)
    uri: str = next(link["href"] for link in jrd["links"] if link["rel"] == "self")
    return uri
