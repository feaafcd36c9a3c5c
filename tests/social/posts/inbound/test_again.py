"""The same thing told twice in other words, and another thing told under the same id."""

from datetime import timedelta
from typing import Any

import pytest

from fediunion.social.moderation.models import Report
from fediunion.social.posts.models import Favourite, Pin, Poll, PollVote, Post
from fediunion.social.posts.service.drafts import PollDraft
from tests.fakes.stranger import PUBLIC, Json
from tests.social.posts.scene import BASE, Scene

ANA = f"{BASE}/actors/ana"
OTHERWISE: tuple[Json, ...] = ({}, {"audience": PUBLIC}, {"summary": "once more"})


async def _send(scene: Scene, activity: Json) -> None:
    assert (await scene.bob.post(f"{BASE}/inbox", activity)).status == 202
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
