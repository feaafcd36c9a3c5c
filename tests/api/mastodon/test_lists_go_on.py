"""Lists of accounts are cut after those are left out whom the reader may not know of: none ends early."""

import re

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, Reach
from fediunion.actors.queries import find_local_actor
from fediunion.db import now_of
from fediunion.social.follows.service import request_follow
from tests.api.rig import Client, Rig


async def names_in(reader: Client, path: str) -> list[str]:
    """Return the names on all pages of one account each, as an app that follows the links reads them."""
    names: list[str] = []
    while path:
        answer = await reader.ask("GET", path)
        assert answer.status_code == 200, answer.text
        names += [each["acct"] for each in answer.json()]
        following = re.search('<([^>]*)>; rel="next"', answer.headers.get("link", ""))
        path = following.group(1) if following else ""
    return names


async def people(rig: Rig) -> list[Client]:
    """Return three members of whom strangers may not know the second."""
    reaches = {"cara": Reach.PUBLIC, "hid": Reach.HIDDEN, "dora": Reach.PUBLIC}
    return [await rig.member(name, reach=reach) for name, reach in reaches.items()]


async def test_followers_and_followed_after_a_hidden_one_are_reached(rig: Rig, ana: Client) -> None:
    members = await people(rig)
    union = (await rig.anonymous.get("/api/v1/accounts/lookup", acct="union"))["id"]

    def let_follow(session: Session) -> None:
        institution = find_local_actor(session, "union")
        assert institution is not None
        for client in members:
            request_follow(session, institution, session.get_one(Actor, client.actor_id))

    for client in members:
        await client.post(f"/api/v1/accounts/{union}/follow")
    await rig.world.db.write(let_follow)
    for client in members:
        await client.ask("POST", f"/api/v1/follow_requests/{union}/authorize")
    for kind in ("followers", "following"):
        path = f"/api/v1/accounts/{union}/{kind}?limit=1"
        assert await names_in(rig.anonymous, path) == ["dora", "cara"]
        assert await names_in(ana, path) == ["dora", "hid", "cara"]


async def test_recommended_accounts_after_a_hidden_one_are_reached(rig: Rig, ana: Client) -> None:
    for client in await people(rig):
        await ana.post(f"/api/v1/accounts/{client.id}/follow")
        await client.ask("POST", f"/api/v1/follow_requests/{ana.id}/authorize")
        await ana.post(f"/api/v1/accounts/{client.id}/endorse")
    path = f"/api/v1/accounts/{ana.id}/endorsements?limit=1"
    assert await names_in(rig.anonymous, path) == ["dora", "cara"]
    assert await names_in(ana, path) == ["dora", "hid", "cara"]


async def test_accounts_of_a_group_after_one_that_is_gone_are_reached(rig: Rig, ana: Client) -> None:
    status, members = await ana.publish("Hello"), await people(rig)
    for client in members:
        await client.post(f"/api/v1/statuses/{status['id']}/favourite")
    key = (await ana.get("/api/v2/notifications"))["notification_groups"][0]["group_key"]
    path = f"/api/v2/notifications/{key}/accounts?limit=1"
    assert await names_in(ana, path) == ["dora", "hid", "cara"]

    def leave(session: Session) -> None:
        session.get_one(Actor, members[1].actor_id).deleted_at = now_of(session)

    await rig.world.db.write(leave)
    assert await names_in(ana, path) == ["dora", "cara"]
