"""The same thing told twice in other words, and another thing told under the same id."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fediunion.social.moderation.models import Report
from fediunion.social.notifications.models import Notification, NotificationKind
from fediunion.social.posts.models import Favourite, Pin, Poll, PollVote, Post
from fediunion.social.posts.service.drafts import PollDraft
from fediunion.social.timelines.models import HomeEntry
from tests.fakes.stranger import PUBLIC, Json
from tests.social.posts.scene import BASE, Scene

ANA = f"{BASE}/actors/ana"
OTHERWISE: tuple[Json, ...] = ({}, {"audience": PUBLIC}, {"summary": "once more"})


async def _send(scene: Scene, activity: Json, *, at: datetime | None = None) -> None:
    assert (await scene.bob.post(f"{BASE}/inbox", activity, at=at)).status == 202
    await scene.settle()


async def test_each_edit_under_one_id_is_read(scene: Scene) -> None:
    """GoToSocial calls every Update of a post the same."""
    await scene.follow("ana", scene.bob)
    note = scene.bob.note("First")
    await _send(scene, scene.bob.create(note))
    for text in ("Second", "Third"):
        scene.clock.advance(minutes=5)
        edited = {**note, "content": f"<p>{text}</p>", "updated": scene.clock.now().isoformat()}
        await _send(scene, scene.bob.activity("Update", edited, id=f"{note['id']}/activity#Update"))
        assert (await scene.stored(note["id"])).content == f"<p>{text}</p>"


async def test_each_tally_under_one_id_is_read(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    asked = scene.bob.note("Which?", type="Question", oneOf=_options(0, 0), votersCount=0)
    await _send(scene, scene.bob.create(asked))
    for voters in (1, 2):
        told = {**asked, "oneOf": _options(voters, 0), "votersCount": voters}
        await _send(scene, scene.bob.activity("Update", told, id=f"{asked['id']}/activity#Update"))
        assert await scene.count(Poll, Poll.voters_count == voters) == 1


async def test_L19_one_thing_in_other_words_counts_once(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    post = await scene.union.post("ana", "Ours")
    note = scene.bob.note("Theirs")
    told = [
        scene.bob.create(note),
        scene.bob.activity("Like", post.uri),
        scene.bob.activity("EmojiReact", post.uri, content="⚙"),
        scene.bob.activity("Announce", post.uri, to=[PUBLIC]),
        scene.bob.activity("Flag", [ANA, post.uri], content="Rude"),
    ]
    for activity in told:
        for more in OTHERWISE:
            await _send(scene, {**activity, **more})
    assert await scene.count(Post, Post.uri == note["id"]) == 1
    assert await scene.count(Favourite) == 2
    assert (await scene.stored(post.uri)).boosts_count == 1
    assert await scene.count(Report) == 1


async def test_L19_a_vote_in_other_words_counts_once(scene: Scene) -> None:
    draft = PollDraft(options=("Yes", "No"), ends_at=scene.clock.now() + timedelta(hours=1))
    asked = await scene.union.post("ana", "Strike?", poll=draft)
    vote = {"type": "Note", "attributedTo": scene.bob.uri, "inReplyTo": asked.uri, "name": "Yes", "to": [ANA]}
    vote["id"] = f"{scene.bob.uri}#votes/1"
    for more in OTHERWISE:
        await _send(scene, scene.bob.activity("Create", vote, id=f"{vote['id']}/activity", **more))
    assert await scene.count(PollVote) == 1


async def test_A39_what_was_deleted_stays_so_in_other_words(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    create = scene.bob.create(scene.bob.note("Gone"))
    await _send(scene, create)
    await _send(scene, scene.bob.activity("Delete", create["object"]["id"]))
    for more in OTHERWISE:
        await _send(scene, {**create, **more})
    assert await scene.post(create["object"]["id"]) is None


@pytest.mark.parametrize("type", ["Like", "EmojiReact"])
async def test_a_like_may_be_given_and_taken_back_again_under_one_id(scene: Scene, type: str) -> None:
    """PeerTube names a like by who likes what."""
    post = await scene.union.post("ana", "Ours")
    like = scene.bob.activity(type, post.uri, id=f"{scene.bob.uri}/likes/1", content="⚙")
    undo = scene.bob.activity("Undo", like, id=f"{like['id']}/undo")
    for _ in range(2):
        await _send(scene, like)
        assert (await scene.stored(post.uri)).favourites_count == 1
        scene.clock.advance(minutes=1)
        await _send(scene, undo)
        assert (await scene.stored(post.uri)).favourites_count == 0
        scene.clock.advance(minutes=1)


async def test_a_post_may_be_boosted_and_taken_back_again_under_one_id(scene: Scene) -> None:
    """PeerTube names an announce by who announces what; each time it is news to the author and followers."""
    await scene.follow("cleo", scene.bob)
    post = await scene.union.post("ana", "Ours")
    boost = scene.bob.activity("Announce", post.uri, id=f"{scene.bob.uri}/announces/1", to=[PUBLIC])
    told = select(Notification.post_id).where(Notification.kind == NotificationKind.BOOST)
    for about in (boost, boost["id"], {"type": "Announce", "actor": scene.bob.uri, "object": post.uri}):
        await _send(scene, boost)
        assert (await scene.stored(post.uri)).boosts_count == 1
        assert await scene.count(HomeEntry, HomeEntry.post_id != post.id) == 1
        assert await scene.read(lambda session: session.scalars(told).all()) == [post.id]
        scene.clock.advance(minutes=1)
        await _send(scene, scene.bob.activity("Undo", about))
        assert (await scene.stored(post.uri)).boosts_count == 0
        assert await scene.count(HomeEntry, HomeEntry.post_id != post.id) == 0
        scene.clock.advance(minutes=1)


@pytest.mark.parametrize(
    ("type", "table"), [("Announce", Post), ("Like", Favourite), ("EmojiReact", Favourite)]
)
async def test_what_is_done_again_is_heard_though_the_clock_of_its_server_is_behind(
    scene: Scene, type: str, table: Any
) -> None:
    post = await scene.union.post("ana", "Ours")
    before = await scene.count(table)
    done = scene.bob.activity(type, post.uri, content="⚙", to=[PUBLIC])
    for about in (done, done["id"], done):
        undo = scene.bob.activity("Undo", about, id=f"{done['id']}/undo")
        for activity, more in ((done, 1), (undo, 0)):
            await _send(scene, activity, at=scene.clock.now() - timedelta(seconds=50))
            assert await scene.count(table, *_there(table)) == before + more
            scene.clock.advance(seconds=5)


@pytest.mark.parametrize(
    ("type", "table"), [("Announce", Post), ("Like", Favourite), ("EmojiReact", Favourite)]
)
async def test_S38_a_captured_copy_does_not_do_again_what_was_taken_back(
    scene: Scene, type: str, table: Any
) -> None:
    post = await scene.union.post("ana", "Ours")
    before = await scene.count(table)
    done = scene.bob.activity(type, post.uri, content="⚙", to=[PUBLIC])
    undo = scene.bob.activity("Undo", done)
    captured = scene.clock.now()
    await _send(scene, done)
    for _ in range(2):
        scene.clock.advance(minutes=5)
        await _send(scene, undo)
        for late in ({}, {"summary": "in other words"}):
            await _send(scene, {**done, **late}, at=captured)
            assert await scene.count(table, *_there(table)) == before
        scene.clock.advance(minutes=5)
        captured = scene.clock.now()
        await _send(scene, done)
        assert await scene.count(table, *_there(table)) == before + 1


@pytest.mark.parametrize(
    ("type", "table"), [("Announce", Post), ("Like", Favourite), ("EmojiReact", Favourite)]
)
async def test_L20_what_its_undo_overtook_stays_undone_for_a_week(
    scene: Scene, type: str, table: Any
) -> None:
    post = await scene.union.post("ana", "Ours")
    before = await scene.count(table)
    done = scene.bob.activity(type, post.uri, content="⚙", to=[PUBLIC])
    await _send(scene, scene.bob.activity("Undo", done))
    for days, more in ((6, 0), (2, 1)):
        scene.clock.advance(days=days)
        scene.good.serve(scene.bob.uri, scene.bob.document())
        await _send(scene, done)
        assert await scene.count(table, *_there(table)) == before + more


async def test_A39_a_neighbour_does_not_boost_again_under_the_id_of_another(scene: Scene) -> None:
    post = await scene.union.post("ana", "Ours")
    neighbour = scene.good.add_actor("neighbour")
    await scene.known(neighbour)
    boost = scene.bob.activity("Announce", post.uri, to=[PUBLIC])
    await _send(scene, boost)
    await _send(scene, scene.bob.activity("Undo", boost))
    scene.clock.advance(days=9)
    for server in (scene.bob, neighbour):
        scene.good.serve(server.uri, server.document())
    answer = await neighbour.post(f"{BASE}/inbox", {**boost, "actor": neighbour.uri})
    assert answer.status == 202
    await scene.settle()
    assert (await scene.stored(post.uri)).boosts_count == 0


async def test_posts_are_pinned_and_unpinned_as_mastodon_does_without_ids(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    note = scene.bob.note("Pin me")
    await _send(scene, scene.bob.create(note))
    for _ in range(2):
        for change, pinned in (("Add", 1), ("Remove", 0)):
            await _send(scene, _pin(scene, change, note["id"]))
            assert await scene.count(Pin) == pinned
            scene.clock.advance(minutes=1)


async def test_a_hashtag_is_featured_as_mastodon_does_without_ids(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    tag = {"type": "Hashtag", "href": "https://good.example/@bob/tagged/strike", "name": "#strike"}
    for change in ("Add", "Remove"):
        await _send(scene, _pin(scene, change, tag))
    assert await scene.outcomes() == ["done", "done"]
    assert scene.good.fetches(tag["href"]) == []


def _there(table: Any) -> list[Any]:
    return [Post.deleted_at.is_(None)] if table is Post else []


def _pin(scene: Scene, change: str, about: Any) -> Json:
    pin = scene.bob.activity(change, about, target=f"{scene.bob.uri}/collections/featured")
    del pin["id"]
    return pin


def _options(*votes: int) -> list[Json]:
    names = ("Yes", "No")
    return [
        {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": count}}
        for name, count in zip(names, votes, strict=True)
    ]
