"""Members are told of follows that ended because somebody decided about a server or an account."""

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, DomainAction
from fediunion.social.moderation import departures
from fediunion.social.moderation.accounts import suspend
from fediunion.social.moderation.servers import decide_on_host
from tests.api.mastodon.pushing import pushed
from tests.api.rig import Client, Rig
from tests.social.builders import let_follow, remote_actor


def followed_both_ways(session: Session, member_id: int, host: str, number: int) -> list[Actor]:
    """Return accounts of a server that a member follows; the first follows back."""
    member = session.get_one(Actor, member_id)
    made = [remote_actor(session, host, f"far{each}") for each in range(number)]
    session.flush()
    for actor in made:
        let_follow(session, member, actor)
    let_follow(session, made[0], member)
    return made


async def test_a_block_of_a_server_tells_whom_it_concerns_once(rig: Rig, ana: Client, ben: Client) -> None:
    number = departures.AT_ONCE + 1
    await rig.world.db.write(followed_both_ways, ana.actor_id, "far.test", number)
    phone = await pushed(rig, ana, severed_relationships=True)
    await rig.world.db.write(decide_on_host, "far.test", DomainAction.BLOCK, by="test")
    await departures.sever_hosts(rig.world, {"host": "far.test"})
    told = await ana.get("/api/v1/notifications")
    assert [each["type"] for each in told] == ["severed_relationships"]
    event = told[0]["event"]
    assert (event["type"], event["target_name"], event["purged"]) == ("domain_block", "far.test", False)
    assert (event["followers_count"], event["following_count"]) == (1, number)
    group = (await ana.get("/api/v2/notifications"))["notification_groups"][0]
    assert (group["type"], group["event"]) == ("severed_relationships", event)
    titles = [each["title"] for each in await phone.told()]
    assert titles == ["Some of your follows have ended"]
    assert await ben.get("/api/v1/notifications") == []


async def test_a_suspended_account_is_named(rig: Rig, ana: Client) -> None:
    (far,) = await rig.world.db.write(followed_both_ways, ana.actor_id, "far.test", 1)

    def decide(session: Session) -> None:
        suspend(session, session.get_one(Actor, far.id), by="test")

    await rig.world.db.write(decide)
    await departures.sever_actor(rig.world, {"actor_id": far.id})
    event = (await ana.get("/api/v1/notifications"))[0]["event"]
    assert (event["type"], event["target_name"]) == ("account_suspension", "far0@far.test")


async def test_a_members_own_block_of_a_server_says_what_it_ended(rig: Rig, ana: Client, ben: Client) -> None:
    await rig.world.db.write(followed_both_ways, ana.actor_id, "far.test", 2)
    for _ in range(2):
        await ana.ask("POST", "/api/v1/domain_blocks", json={"domain": "far.test"})
    await ben.ask("POST", "/api/v1/domain_blocks", json={"domain": "far.test"})
    told = [
        each for each in await ana.get("/api/v1/notifications") if each["type"] == "severed_relationships"
    ]
    (event,) = [each["event"] for each in told]
    assert (event["type"], event["followers_count"], event["following_count"]) == ("user_domain_block", 1, 2)
    assert await ben.get("/api/v1/notifications") == []
