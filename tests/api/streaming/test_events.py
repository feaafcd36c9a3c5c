"""What is told, to whom, and in which words."""

import orjson
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.queries import get_actor
from fediunion.db import announce, now_of, open_database
from fediunion.social.media.models import Attachment
from fediunion.social.posts.service.publishing import PostDraft, publish_post
from fediunion.social.timelines.messages import STREAM, Kind, tell
from tests.api.rig import Client, Rig
from tests.api.streaming.listening import listening, payload, told


async def test_a_post_is_told_to_those_in_whose_homes_it_stands(rig: Rig, ana: Client, ben: Client) -> None:
    carl = await rig.member("carl")
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    async with (
        listening(rig.world, ana.bearer, "user") as own,
        listening(rig.world, ben.bearer, "user") as following,
        listening(rig.world, carl.bearer, "user") as strange,
    ):
        status = await ana.publish("Hello")
        for socket in (own, following):
            (frame,) = await socket.frames()
            assert (frame["event"], payload(frame)["id"]) == ("update", status["id"])
        assert await strange.frames() == []


async def test_each_reader_finds_their_own_marks_in_a_post(rig: Rig, ana: Client, ben: Client) -> None:
    carl = await rig.member("carl")
    for reader in (ben, carl):
        await reader.post(f"/api/v1/accounts/{ana.id}/follow")
    status = await ana.publish("Hello")
    await ben.post(f"/api/v1/statuses/{status['id']}/favourite")
    async with (
        listening(rig.world, ben.bearer, "user") as liking,
        listening(rig.world, carl.bearer, "user") as other,
    ):
        await ana.ask("PUT", f"/api/v1/statuses/{status['id']}", json={"status": "Hello again"})
        for socket, liked in ((liking, True), (other, False)):
            edits = [payload(each) for each in await socket.frames() if each["event"] == "status.update"]
            assert [edit["favourited"] for edit in edits] == [liked]


async def test_a_poll_shows_each_reader_their_own_vote(rig: Rig, ana: Client, ben: Client) -> None:
    carl = await rig.member("carl")
    asked = await ana.publish("Which?", poll={"options": ["A", "B"], "expires_in": 3600})
    await ben.post(f"/api/v1/polls/{asked['poll']['id']}/votes", choices=[1])
    await carl.post(f"/api/v1/accounts/{ben.id}/follow")
    async with (
        listening(rig.world, ben.bearer, "user") as voting,
        listening(rig.world, carl.bearer, "user") as other,
    ):
        await ben.post(f"/api/v1/statuses/{asked['id']}/reblog")
        for socket, votes in ((voting, [1]), (other, [])):
            (frame,) = await socket.frames()
            assert payload(frame)["reblog"]["poll"]["own_votes"] == votes


async def test_an_edit_is_told_with_the_new_words(rig: Rig, ana: Client) -> None:
    status = await ana.publish("Hallo")
    async with listening(rig.world, ana.bearer, "user", "public") as socket:
        await ana.ask("PUT", f"/api/v1/statuses/{status['id']}", json={"status": "Hello"})
        frames = await socket.frames()
    assert sorted(told(frames)) == [("public", "status.update"), ("user", "status.update")]
    assert {payload(frame)["content"] for frame in frames} == {"<p>Hello</p>"}


async def test_a_removal_is_told_as_a_bare_id_also_of_its_boosts(rig: Rig, ana: Client, ben: Client) -> None:
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    carl = await rig.member("carl")
    await carl.post(f"/api/v1/accounts/{ben.id}/follow")
    status = await ana.publish("Hello #work")
    boost = await ben.post(f"/api/v1/statuses/{status['id']}/reblog")
    async with (
        listening(rig.world, ben.bearer, "user", "public:local", "hashtag", tag="work") as follower,
        listening(rig.world, carl.bearer, "user") as of_booster,
        listening(rig.world, "", "public") as stranger,
    ):
        await ana.ask("DELETE", f"/api/v1/statuses/{status['id']}")
        frames = await follower.frames()
        assert {(told([frame])[0][0], frame["payload"]) for frame in frames} >= {
            ("user", status["id"]),
            ("public:local", status["id"]),
            ("hashtag:work", status["id"]),
            ("user", boost["id"]),
        }
        assert [frame["payload"] for frame in await of_booster.frames()] == [boost["id"]]
        assert status["id"] in [frame["payload"] for frame in await stranger.frames()]


async def test_a_boost_that_is_taken_back_is_told(rig: Rig, ana: Client, ben: Client) -> None:
    status = await ana.publish("Hello")
    boost = await ben.post(f"/api/v1/statuses/{status['id']}/reblog")
    async with listening(rig.world, ben.bearer, "user") as socket:
        await ben.post(f"/api/v1/statuses/{status['id']}/unreblog")
        assert [(f["event"], f["payload"]) for f in await socket.frames()] == [("delete", boost["id"])]


async def test_a_notification_is_told_on_both_streams_that_have_them(
    rig: Rig, ana: Client, ben: Client
) -> None:
    async with (
        listening(rig.world, ana.bearer, "user", "user:notification") as socket,
        listening(rig.world, ben.bearer, "user", "user:notification") as other,
    ):
        await ben.post(f"/api/v1/accounts/{ana.id}/follow")
        frames = await socket.frames()
        assert sorted(told(frames)) == [("user", "notification"), ("user:notification", "notification")]
        shown = payload(frames[0])
        assert (shown["type"], shown["account"]["id"]) == ("follow", ben.id)
        (listed,) = await ana.get("/api/v1/notifications")
        assert listed.keys() == shown.keys()
        assert await other.frames() == []


async def test_a_direct_post_is_a_conversation_on_its_own_stream(rig: Rig, ana: Client, ben: Client) -> None:
    async with (
        listening(rig.world, ana.bearer, "direct") as author,
        listening(rig.world, ben.bearer, "direct") as addressed,
    ):
        status = await ana.publish("@ben a word", visibility="direct")
        for socket, unread in ((author, False), (addressed, True)):
            (frame,) = await socket.frames()
            assert frame["event"] == "conversation"
            shown = payload(frame)
            assert (shown["last_status"]["id"], shown["unread"]) == (status["id"], unread)


async def test_a_list_tells_what_its_timeline_shows(rig: Rig, ana: Client, ben: Client) -> None:
    carl = await rig.member("carl")
    for author in (ben, carl):
        await ana.post(f"/api/v1/accounts/{author.id}/follow")
    made = await ana.post("/api/v1/lists", title="Ward", exclusive=True)
    await ana.post(f"/api/v1/lists/{made['id']}/accounts", account_ids=[ben.id])
    async with (
        listening(rig.world, ana.bearer, "list", list=made["id"]) as listed,
        listening(rig.world, ana.bearer, "user") as home,
    ):
        await ben.publish("On the list")
        await carl.publish("Not on it")
        assert told(await listed.frames()) == [(f"list:{made['id']}", "update")]
        # The list is exclusive: its people are not in the home.
        assert [payload(frame)["account"]["id"] for frame in await home.frames()] == [carl.id]


async def test_hashtags_are_told_in_any_spelling_under_the_name_that_was_asked_for(
    rig: Rig, ana: Client, ben: Client
) -> None:
    async with (
        listening(rig.world, ben.bearer, "hashtag", "hashtag:local", tag="#NightShift") as socket,
        listening(rig.world, "", "hashtag", tag="nightshift") as stranger,
    ):
        await ana.publish("Tired #nightshift")
        await ana.publish("Awake #dayshift")
        assert sorted(told(await socket.frames())) == [
            ("hashtag:#NightShift", "update"),
            ("hashtag:local:#NightShift", "update"),
        ]
        assert told(await stranger.frames()) == [("hashtag:nightshift", "update")]


async def test_only_what_has_media_is_told_on_streams_of_media(rig: Rig, ana: Client, ben: Client) -> None:
    def unit(session: Session, text: str, *, pictured: bool) -> None:
        author = get_actor(session, ana.actor_id)
        post = publish_post(session, author, PostDraft(text=text, audience=Audience.PUBLIC))
        if pictured:
            session.flush()
            session.add(Attachment(post_id=post.id, kind="image", created_at=now_of(session)))

    async with listening(rig.world, ben.bearer, "public:local:media", "public:media") as socket:
        await rig.world.db.write(unit, "Words", pictured=False)
        assert await socket.frames() == []
        await rig.world.db.write(unit, "A picture", pictured=True)
        assert sorted(told(await socket.frames())) == [
            ("public:local:media", "update"),
            ("public:media", "update"),
        ]


async def test_what_a_member_changes_elsewhere_is_told_without_words(
    rig: Rig, ana: Client, ben: Client
) -> None:
    async with (
        listening(rig.world, ana.bearer, "user") as socket,
        listening(rig.world, ben.bearer, "user") as other,
    ):
        await rig.world.db.write(tell, Kind.FILTERS_CHANGED, ana.actor_id)
        await rig.world.db.write(tell, Kind.NOTIFICATIONS_MERGED, ana.actor_id)
        await rig.world.db.write(tell, Kind.ANNOUNCEMENT_DELETE, 7)
        assert await socket.frames() == [
            {"stream": ["user"], "event": "filters_changed"},
            {"stream": ["user"], "event": "notifications_merged"},
            {"stream": ["user"], "event": "announcement.delete", "payload": "7"},
        ]
        assert [frame["event"] for frame in await other.frames()] == ["announcement.delete"]


async def test_events_come_in_the_order_in_which_they_happened(rig: Rig, ana: Client) -> None:
    async with listening(rig.world, ana.bearer, "user") as socket:
        posts = await rig.posts(ana, [f"Number {number}" for number in range(20)])
        ids = [payload(frame)["id"] for frame in await socket.frames()]
    assert ids == [str(post.id) for post in posts]


async def test_what_is_heard_twice_is_told_once(rig: Rig, ana: Client) -> None:
    async with listening(rig.world, ana.bearer, "user") as socket:
        status = await ana.publish("Hello")
        assert len(await socket.frames()) == 1
        await rig.world.db.write(tell, Kind.UPDATE, int(status["id"]))
        assert await socket.frames() == []


async def test_a_message_of_another_version_is_left_alone(rig: Rig, ana: Client) -> None:
    async with listening(rig.world, ana.bearer, "user") as socket:
        for text in ("", "7", "7 update", "x update 1", "7 wedding 1", "7 update one"):
            await rig.world.db.write(announce, STREAM, text)
        await ana.publish("Hello")
        assert len(await socket.frames()) == 1


async def test_what_another_process_stores_is_told_here(rig: Rig, ana: Client, ben: Client) -> None:
    """PostgreSQL carries the message; of a SQLite file only that it changed is known, and it is looked at."""

    def unit(session: Session) -> int:
        author = get_actor(session, ben.actor_id)
        return publish_post(session, author, PostDraft(text="From afar", audience=Audience.PUBLIC)).id

    await ana.post(f"/api/v1/accounts/{ben.id}/follow")
    await ana.post(f"/api/v1/accounts/{ben.id}/follow", notify=True)
    other = open_database(rig.world.settings.database.url, rig.world.db.surroundings)
    await other.start()
    try:
        async with listening(rig.world, ana.bearer, "user") as socket:
            rig.clock.advance(1)
            post_id = await other.write(unit)
            frames = [orjson.loads((await socket.next())["text"]) for _ in range(2)]
            assert {frame["event"] for frame in frames} == {"update", "notification"}
            update = next(payload(frame) for frame in frames if frame["event"] == "update")
            assert update["id"] == str(post_id)
            assert await socket.frames() == []
    finally:
        await other.close()
