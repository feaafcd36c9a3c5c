"""Row V12: what a stream shows is decided when it is sent, by what the timeline would show then."""

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, Reach
from fediunion.actors.service import suspend_actor
from fediunion.members.models import Member
from fediunion.members.service import set_password, suspend_member
from fediunion.social.posts.models import Post
from fediunion.social.timelines.messages import Kind, tell
from tests.api.rig import Client, Rig
from tests.api.streaming.listening import Events, Socket, listening, payload, told
from tests.members.revoking import revoke_token

EVERYBODYS = ("public", "public:local", "public:remote", "public:media", "public:local:media")


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private", "direct", "local"])
async def test_V12_a_stranger_is_told_of_what_is_public_and_no_more(
    rig: Rig, ana: Client, visibility: str
) -> None:
    body = {"local_only": True} if visibility == "local" else {"visibility": visibility}
    async with (
        listening(rig.world, "", *EVERYBODYS) as stranger,
        listening(rig.world, "", "hashtag", "hashtag:local", tag="work") as tagged,
    ):
        await ana.publish("At #work", **body)
        open_to_all = visibility == "public"
        assert {name for name, _ in told(await stranger.frames())} == (
            {"public", "public:local"} if open_to_all else set()
        )
        assert {name for name, _ in told(await tagged.frames())} == (
            {"hashtag:work", "hashtag:local:work"} if open_to_all else set()
        )


@pytest.mark.parametrize("visibility", ["unlisted", "private", "direct"])
async def test_V12_a_member_who_does_not_follow_is_not_told_of_what_is_for_others(
    rig: Rig, ana: Client, ben: Client, visibility: str
) -> None:
    async with listening(rig.world, ben.bearer, "user", "direct", *EVERYBODYS) as socket:
        await ana.publish("For others", visibility=visibility)
        assert await socket.frames() == []


async def test_V12_what_stays_here_is_told_to_members_only(rig: Rig, ana: Client, ben: Client) -> None:
    async with listening(rig.world, ben.bearer, "public:local", "public") as member:
        await ana.publish("Among us", local_only=True)
        assert told(await member.frames()) == [("public:local", "update")]


async def test_V12_a_hidden_members_posts_are_told_to_no_stranger(rig: Rig, ben: Client) -> None:
    hidden = await rig.member("hidden", reach=Reach.HIDDEN)
    async with (
        listening(rig.world, "", *EVERYBODYS) as stranger,
        listening(rig.world, ben.bearer, "public:local") as member,
    ):
        await hidden.publish("Psst")
        assert await stranger.frames() == []
        assert len(await member.frames()) == 1


async def test_V12_a_direct_post_is_told_to_whom_it_addresses_alone(
    rig: Rig, ana: Client, ben: Client
) -> None:
    carl = await rig.member("carl")
    for follower in (ben, carl):
        await follower.post(f"/api/v1/accounts/{ana.id}/follow")
    async with (
        listening(rig.world, ben.bearer, "user", "direct") as addressed,
        listening(rig.world, carl.bearer, "user", "direct", "public:local") as third,
    ):
        status = await ana.publish("@ben alone", visibility="direct")
        assert {event for _, event in told(await addressed.frames())} == {
            "update",
            "notification",
            "conversation",
        }
        await ana.ask("DELETE", f"/api/v1/statuses/{status['id']}")
        assert [frame["payload"] for frame in await addressed.frames()] == [status["id"]]
        assert await third.frames() == []


@pytest.mark.parametrize("restriction", ["block", "mute", "blocked by"])
async def test_V12_whoever_is_blocked_or_muted_after_subscribing_is_heard_no_more(
    rig: Rig, ana: Client, ben: Client, restriction: str
) -> None:
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    made = await ben.post("/api/v1/lists", title="Ward")
    await ben.post(f"/api/v1/lists/{made['id']}/accounts", account_ids=[ana.id])
    streams = ("user", "public", "public:local", "user:notification")
    async with (
        listening(rig.world, ben.bearer, *streams) as socket,
        listening(rig.world, ben.bearer, "list", list=made["id"]) as listed,
    ):
        if restriction == "blocked by":
            await ana.post(f"/api/v1/accounts/{ben.id}/block")
        else:
            await ben.post(f"/api/v1/accounts/{ana.id}/{restriction}")
        await ana.publish("Hello @ben")
        await rig.posts(ana, ["Hello again"])
        assert await socket.frames() == []
        assert await listed.frames() == []


async def test_V12_what_one_member_blocks_another_still_hears(rig: Rig, ana: Client, ben: Client) -> None:
    carl = await rig.member("carl")
    await carl.post(f"/api/v1/accounts/{ben.id}/follow")
    await ana.post(f"/api/v1/accounts/{ben.id}/block")
    async with (
        listening(rig.world, ana.bearer, "public:local") as blocking,
        listening(rig.world, carl.bearer, "user", "public:local") as other,
    ):
        status = await ben.publish("Hello")
        assert sorted(told(await other.frames())) == [("public:local", "update"), ("user", "update")]
        await ben.ask("DELETE", f"/api/v1/statuses/{status['id']}")
        assert sorted(told(await other.frames())) == [("public:local", "delete"), ("user", "delete")]
        # The bare id of what was public is no secret.
        assert told(await blocking.frames()) == [("public:local", "delete")]


async def test_V12_a_follower_who_was_removed_hears_nothing_for_followers(
    rig: Rig, ana: Client, ben: Client
) -> None:
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    async with listening(rig.world, ben.bearer, "user") as socket:
        status = await ana.publish("For followers", visibility="private")
        assert [payload(frame)["id"] for frame in await socket.frames()] == [status["id"]]
        await ana.post(f"/api/v1/accounts/{ben.id}/remove_from_followers")
        await ana.publish("For followers again", visibility="private")
        await ana.ask("PUT", f"/api/v1/statuses/{status['id']}", json={"status": "Other words"})
        await ana.ask("DELETE", f"/api/v1/statuses/{status['id']}")
        assert [frame["event"] for frame in await socket.frames()] == []


async def test_V12_a_post_that_is_gone_before_it_is_sent_is_not_sent(rig: Rig, ana: Client) -> None:
    async with listening(rig.world, ana.bearer, "user", "public") as socket:
        (post,) = await rig.posts(ana, ["Oops"])
        await socket.frames()

        def unit(session: Session) -> None:
            session.get_one(Post, post.id).deleted_at = rig.clock.now()
            tell(session, Kind.EDIT, post.id)

        await rig.world.db.write(unit)
        assert await socket.frames() == []


async def test_V12_posts_of_a_suspended_actor_are_not_sent(rig: Rig, ana: Client, ben: Client) -> None:
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    async with listening(rig.world, ben.bearer, "user", "public") as socket:
        (post,) = await rig.posts(ana, ["Hello"])
        await socket.frames()

        def unit(session: Session) -> None:
            suspend_actor(session, session.get_one(Actor, ana.actor_id))
            tell(session, Kind.EDIT, post.id)

        await rig.world.db.write(unit)
        assert await socket.frames() == []


def _unit_for(ending: str, client: Client, session: Session) -> None:
    member = session.query(Member).filter_by(actor_id=client.actor_id).one()
    if ending == "revoked":
        revoke_token(session, client.bearer)
    elif ending == "suspended":
        suspend_member(session, member)
    else:
        set_password(session, member, "another")


@pytest.mark.parametrize("ending", ["revoked", "suspended", "password changed"])
async def test_O10_open_streams_end_with_the_token(rig: Rig, ana: Client, ben: Client, ending: str) -> None:
    socket = await Socket.open(rig.world, header=ana.bearer)
    await socket.ask("subscribe", "user")
    events = await Events.open(rig.world, "/api/v1/streaming/user", bearer=ana.bearer)
    async with listening(rig.world, ben.bearer, "user") as other:
        await rig.world.db.write(lambda session: _unit_for(ending, ana, session))
        closed = await socket.next()
        assert (closed["type"], closed["code"]) == ("websocket.close", 1008)
        await socket.end()
        await events.end()
        again = await Socket.open(rig.world, header=ana.bearer)
        assert again.refusal in (401, 403)
        await ben.publish("Still here")
        assert len(await other.frames()) == 1


async def test_O10_nothing_is_sent_with_a_token_that_nobody_told_us_is_revoked(rig: Rig, ana: Client) -> None:
    """The announcement may be late: each event looks at the tokens of those who would get it."""
    socket = await Socket.open(rig.world, header=ana.bearer)
    await socket.ask("subscribe", "public:local")

    def unit(session: Session) -> None:
        session.query(Member).filter_by(actor_id=ana.actor_id).one().state = "suspended"

    ben = await rig.member("ben")
    await rig.world.db.write(unit)
    await ben.publish("Hello")
    closed = await socket.next()
    assert (closed["type"], closed["code"]) == ("websocket.close", 1008)
    await socket.end()


async def test_A33_a_suspended_member_gets_no_stream(rig: Rig, ana: Client) -> None:
    await rig.world.db.write(lambda session: _unit_for("suspended", ana, session))
    assert (await Socket.open(rig.world, header=ana.bearer)).refusal in (401, 403)
    assert (await Events.open(rig.world, "/api/v1/streaming/user", bearer=ana.bearer)).status in (401, 403)
