"""What members do with posts besides writing them, and the parts of a post that others are sent and shown."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.kit.errors import Invalid
from fediunion.outbox.models import OutboxActivity
from fediunion.social.follows.models import Follow
from fediunion.social.follows.restrictions import block_host
from fediunion.social.posts.jobs.backfill import BACKFILLED_POSTS
from fediunion.social.posts.models import Favourite, Post
from fediunion.social.posts.service import interactions
from fediunion.social.posts.service.interactions.pins import MAX_PINS
from tests.fakes.stranger import Json
from tests.social.posts.scene import BASE, Scene, ours

ANA = f"{BASE}/actors/ana"
FEATURED = f"{ANA}/collections/featured"


def _as_ana(act: Any, post_id: int) -> Any:
    return lambda session: act(session, ours(session, "ana"), post_id)


def _pinned(act: Any, post_id: int) -> Any:
    return lambda session: act(session, ours(session, "ana"), session.get_one(Post, post_id))


async def _note_of_bob(scene: Scene, **more: Any) -> Post:
    await scene.follow("ana", scene.bob)
    note = scene.bob.note("Good morning", **more)
    assert await scene.receive(scene.bob.create(note)) == "done"
    return await scene.stored(note["id"])


async def test_a_favourite_is_told_to_the_author_alone_and_taken_back(scene: Scene) -> None:
    post = await _note_of_bob(scene)
    for _ in range(2):
        await scene.write(_as_ana(interactions.favourite, post.id))
    [like] = await scene.sent("Like")
    assert (like["actor"], like["object"]) == (ANA, post.uri)
    await scene.settle()
    assert [received.path for received in scene.good.received][-1:] == ["/users/bob/inbox"]
    for _ in range(2):
        await scene.write(_as_ana(interactions.unfavourite, post.id))
    [undo] = await scene.sent("Undo")
    assert undo["object"]["id"] == like["id"]
    assert await scene.count(Favourite) == 0


async def test_bookmarks_and_muted_threads_never_leave(scene: Scene) -> None:
    post = await _note_of_bob(scene)
    before = await scene.count(OutboxActivity)
    for act in (
        interactions.bookmark,
        interactions.mute_thread,
        interactions.unbookmark,
        interactions.unmute_thread,
    ):
        await scene.write(_as_ana(act, post.id))
    assert await scene.count(OutboxActivity) == before


async def test_a_pin_is_told_to_followers_once_and_taken_back_and_a_private_one_is_not(scene: Scene) -> None:
    await scene.followed_by("ana", scene.bob)
    post = await scene.union.post("ana", "Read this first")
    private = await scene.union.post("ana", "Among us", audience=Audience.FOLLOWERS)
    for pinned in (post, post, private):
        await scene.write(_pinned(interactions.pin, pinned.id))
    [add] = await scene.sent("Add")
    assert (add["object"], add["target"]) == (post.uri, FEATURED)
    for pinned in (post, post, private):
        await scene.write(_pinned(interactions.unpin, pinned.id))
    [remove] = await scene.sent("Remove")
    assert (remove["object"], remove["target"]) == (post.uri, FEATURED)


async def test_only_a_few_of_ones_own_posts_can_be_pinned(scene: Scene) -> None:
    theirs = await _note_of_bob(scene)
    own = [await scene.union.post("ana", str(number)) for number in range(MAX_PINS + 1)]
    for post in own[:MAX_PINS]:
        await scene.write(_pinned(interactions.pin, post.id))
    for refused in (own[-1], theirs):
        with pytest.raises(Invalid):
            await scene.write(_pinned(interactions.pin, refused.id))


async def test_warning_and_language_of_a_post_are_sent(scene: Scene) -> None:
    await scene.followed_by("ana", scene.bob)
    await scene.union.post("ana", "Streik!", content_warning="Arbeitskampf", language="de")
    [create] = await scene.sent("Create")
    note: Json = create["object"]
    assert (note["summary"], note["sensitive"]) == ("Arbeitskampf", True)
    assert note["contentMap"] == {"de": note["content"]}


async def test_warning_language_and_emoji_of_a_received_post_are_shown(scene: Scene) -> None:
    emoji = {
        "type": "Emoji",
        "name": ":solidarity:",
        "icon": {"type": "Image", "url": "https://good.example/emoji/fist.png"},
    }
    post = await _note_of_bob(
        scene, summary="Strike", sensitive=True, contentMap={"fr": "<p>Grève :solidarity:</p>"}, tag=[emoji]
    )
    assert (post.content_warning, post.sensitive, post.language) == ("Strike", True, "fr")
    assert post.emojis == [{"shortcode": "solidarity", "url": "https://good.example/emoji/fist.png"}]


async def test_the_first_follow_brings_the_twenty_latest_posts_and_a_second_follower_none(
    scene: Scene,
) -> None:
    notes = [scene.bob.note(str(number)) for number in range(BACKFILLED_POSTS + 5)]
    outbox = f"{scene.bob.uri}/outbox"
    page = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": outbox,
        "type": "OrderedCollectionPage",
        "orderedItems": [scene.bob.create(note) for note in reversed(notes)],
    }
    scene.good.serve(outbox, page)
    for number, name in enumerate(("ana", "cleo"), start=1):
        await scene.union.follow(name, "bob@good.example")
        follow = (await scene.sent("Follow"))[-1]
        await scene.receive(scene.bob.activity("Accept", follow))
        assert await scene.count(Follow) == number
    assert BACKFILLED_POSTS == 20
    assert await scene.count(Post) == BACKFILLED_POSTS
    assert await scene.post(notes[-1]["id"]) is not None
    assert await scene.post(notes[4]["id"]) is None
    assert len(scene.good.fetches(outbox)) == 1


async def test_a_members_block_of_a_server_ends_follows_both_ways_and_is_told_as_no_more(
    scene: Scene,
) -> None:
    await scene.follow("ana", scene.bob)
    await scene.followed_by("ana", scene.bob)
    await scene.followed_by("cleo", scene.bob)

    def refuse(session: Session) -> None:
        block_host(session, ours(session, "ana"), "GOOD.example")

    await scene.write(refuse)
    assert await scene.count(Follow) == 1, "only her own follows end"
    assert [document["actor"] for document in await scene.sent("Undo")] == [ANA]
    assert [document["actor"] for document in await scene.sent("Reject")] == [ANA]
    assert await scene.sent("Block") == []
    note = scene.bob.note("Hey", cc=[ANA], tag=[{"type": "Mention", "href": ANA}])
    await scene.receive(scene.bob.create(note))
    assert await scene.union.home("ana") == []
    refollow = scene.bob.activity("Follow", ANA)
    assert (await scene.receive(refollow)).startswith("refused")
