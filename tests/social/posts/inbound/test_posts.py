"""Create, Update and Delete of posts as others send them."""

from datetime import timedelta
from typing import Any

import pytest

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Reach
from fediunion.actors.viewer import Viewer
from fediunion.social.follows.restrictions import block
from fediunion.social.posts.models import Post, PostEdit, PostMention
from fediunion.social.posts.service.edits import list_versions
from fediunion.social.posts.visibility import may_see
from tests.fakes.stranger import PUBLIC
from tests.social.posts.scene import BASE, Scene, ours

ANA = f"{BASE}/actors/ana"
NEVER = (None, "0000-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "2026-03-02T08:00:00", "2036-03-02T09:00:00Z")


async def test_a_post_of_somebody_followed_is_stored_once_however_often_it_comes(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    note = scene.bob.note("Good morning")
    assert await scene.receive(scene.bob.create(note)) == "done"
    assert await scene.receive(scene.bob.create(note, id=f"{note['id']}#again")) == "done"
    assert await scene.count(Post, Post.uri == note["id"]) == 1
    assert await scene.union.home("ana") == ["Good morning"]


async def test_A34_a_post_that_concerns_nobody_here_is_not_stored(scene: Scene) -> None:
    note = scene.bob.note("To whom it may concern")
    assert "concerns nobody" in await scene.receive(scene.bob.create(note))
    assert await scene.post(note["id"]) is None


async def test_A34_a_post_that_names_somebody_here_is_stored(scene: Scene) -> None:
    note = scene.bob.note("Hello", cc=[ANA], tag=[{"type": "Mention", "href": ANA}])
    assert await scene.receive(scene.bob.create(note)) == "done"
    assert await scene.post(note["id"]) is not None


async def test_A23_a_post_that_names_only_whoever_blocks_its_author_is_not_stored(scene: Scene) -> None:
    mallory = await scene.known(scene.mallory)
    await scene.write(lambda session: block(session, ours(session, "ana"), mallory))
    note = scene.mallory.note("Hey", cc=[ANA], tag=[{"type": "Mention", "href": ANA}])
    assert "concerns nobody" in await scene.receive(scene.mallory.create(note))
    assert await scene.post(note["id"]) is None


async def test_A09_a_post_attributed_to_somebody_else_is_not_believed(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    for attributed in (scene.bob.uri, [scene.bob.uri], {"id": scene.bob.uri, "type": "Person"}):
        forged = {**scene.mallory.note("I resign", cc=[ANA]), "attributedTo": attributed}
        scene.evil.serve(forged["id"], forged)
        assert (await scene.receive(scene.mallory.create(forged))).startswith("refused")
        assert await scene.post(forged["id"]) is None


async def test_A10_a_post_with_an_id_on_another_host_comes_from_there(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    real = scene.bob.note("What I said")
    forged = {**real, "content": "<p>What I never said</p>", "attributedTo": scene.mallory.uri}
    create = scene.mallory.activity("Create", forged, to=[PUBLIC])
    await scene.receive(create)
    stored = await scene.post(real["id"])
    assert stored is None or stored.content == "<p>What I said</p>"


async def test_A12_a_post_with_an_id_of_ours_is_refused(scene: Scene) -> None:
    note = {**scene.mallory.note("Hi", cc=[ANA]), "id": f"{ANA}/posts/nothing"}
    assert (await scene.receive(scene.mallory.activity("Create", note))).startswith("refused")
    assert await scene.post(note["id"]) is None


async def test_A39_what_was_deleted_before_it_came_stays_deleted(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    note = scene.bob.note("Never mind")
    await scene.receive(scene.bob.activity("Delete", {"id": note["id"], "type": "Tombstone"}))
    scene.clock.advance(days=29)
    assert (await scene.receive(scene.bob.create(note))).startswith("ignored")
    assert await scene.post(note["id"]) is None


async def test_A01_nobody_deletes_the_post_of_another(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    note, neighbour = scene.bob.note("Stays"), scene.good.add_actor("eve")
    await scene.receive(scene.bob.create(note))
    for forger in (scene.mallory, neighbour):
        assert (await scene.receive(forger.activity("Delete", note["id"]))).startswith("refused")
        assert await scene.post(note["id"]) is not None


async def test_A04_our_posts_are_neither_changed_nor_deleted_from_outside(scene: Scene) -> None:
    post = await scene.union.post("ana", "Ours")
    note = {"id": post.uri, "type": "Note", "attributedTo": scene.mallory.uri, "content": "Theirs"}
    for forged in (scene.mallory.activity("Delete", post.uri), scene.mallory.activity("Update", note)):
        assert (await scene.receive(forged)).startswith("refused")
    assert (await scene.stored(post.uri)).content == "<p>Ours</p>"


async def _known_note(scene: Scene, **more: Any) -> dict[str, object]:
    await scene.follow("ana", scene.bob)
    note = scene.bob.note("First", **more)
    await scene.receive(scene.bob.create(note))
    scene.clock.advance(minutes=5)
    return note


def _edited(scene: Scene, note: dict[str, object], **more: object) -> dict[str, object]:
    changed = {**note, "content": "<p>Second</p>", "updated": _at(scene), **more}
    scene.good.serve(str(note["id"]), changed)
    return scene.bob.activity("Update", changed)


def _at(scene: Scene, minutes: int = 0) -> str:
    return (scene.clock.now() + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_an_edit_changes_the_words_and_keeps_the_earlier_version(scene: Scene) -> None:
    note = await _known_note(scene)
    assert await scene.receive(_edited(scene, note)) == "done"
    post = await scene.stored(str(note["id"]))
    assert post.content == "<p>Second</p>"
    assert [version.content for version in await scene.read(list_versions, post)] == ["<p>First</p>"]


async def test_an_update_without_updated_changes_counts_only(scene: Scene) -> None:
    note = await _known_note(scene)
    update = {**note, "content": "<p>Second</p>", "likes": {"type": "Collection", "totalItems": 7}}
    assert await scene.receive(scene.bob.activity("Update", update)) == "done"
    post = await scene.stored(str(note["id"]))
    assert (post.content, post.stated_favourites_count, post.edited_at) == ("<p>First</p>", 7, None)


async def test_A05_an_edit_by_somebody_else_is_refused_and_origin_fields_do_not_change(scene: Scene) -> None:
    note = await _known_note(scene)
    forged = {**note, "content": "<p>Forged</p>", "updated": _at(scene)}
    eve = scene.good.add_actor("eve")
    assert (await scene.receive(eve.activity("Update", {**forged, "attributedTo": eve.uri}))) != "done"
    edit = _edited(scene, note, inReplyTo=f"{scene.good.base_url}/other")
    assert await scene.receive(edit) == "done"
    post = await scene.stored(str(note["id"]))
    assert (post.content, post.in_reply_to_uri) == ("<p>Second</p>", None)


async def test_A06_an_edit_never_widens_the_audience(scene: Scene) -> None:
    note = await _known_note(scene, to=[scene.bob.followers], cc=[scene.bob.followers])
    await scene.receive(_edited(scene, note, to=[PUBLIC]))
    assert (await scene.stored(str(note["id"]))).audience == Audience.FOLLOWERS


async def test_A08_an_older_version_is_ignored(scene: Scene) -> None:
    note = await _known_note(scene)
    await scene.receive(_edited(scene, note))
    old = {**note, "content": "<p>Older</p>", "updated": _at(scene, -2)}
    await scene.receive(scene.bob.activity("Update", old))
    assert (await scene.stored(str(note["id"]))).content == "<p>Second</p>"


async def test_A11_a_second_create_does_not_change_who_may_see_a_post(scene: Scene) -> None:
    note = await _known_note(scene, to=[scene.bob.followers], cc=[scene.bob.followers])
    await scene.receive(scene.bob.create({**note, "to": [PUBLIC]}, id=f"{note['id']}#second"))
    assert (await scene.stored(str(note["id"]))).audience == Audience.FOLLOWERS


async def test_V16_narrowing_takes_post_and_history_from_who_may_no_longer_see_it(scene: Scene) -> None:
    note = await _known_note(scene)
    await scene.receive(_edited(scene, note))
    scene.clock.advance(minutes=1)
    await scene.receive(_edited(scene, note, content="<p>Third</p>", to=[ANA], cc=[]))
    post = await scene.stored(str(note["id"]))
    assert post.audience == Audience.DIRECT
    assert await scene.count(PostEdit) == 0
    cleo = await scene.union.viewer("cleo")
    assert not await scene.read(may_see, post, cleo)
    assert await scene.read(may_see, post, await scene.union.viewer("ana"))


async def test_V26_an_edit_that_no_longer_names_somebody_takes_the_post_from_them(scene: Scene) -> None:
    tags = [{"type": "Mention", "href": ANA}]
    note = await _known_note(scene, to=[ANA, f"{BASE}/actors/cleo"], cc=[ANA], tag=tags)
    post = await scene.stored(str(note["id"]))
    assert await scene.read(may_see, post, await scene.union.viewer("cleo"))
    await scene.receive(_edited(scene, note, to=[ANA], cc=[ANA], tag=tags))
    assert not await scene.read(may_see, post, await scene.union.viewer("cleo"))


@pytest.mark.parametrize("published", NEVER)
async def test_P15_an_impossible_date_is_the_moment_of_arrival(scene: Scene, published: str | None) -> None:
    await scene.follow("ana", scene.bob)
    note = scene.bob.note("When?", published=published)
    await scene.receive(scene.bob.create(note))
    assert (await scene.stored(note["id"])).published_at == scene.clock.now()


async def test_A38_a_reply_from_outside_a_private_thread_does_not_hang_under_it(scene: Scene) -> None:
    private = await scene.union.post("ana", "Among us", audience=Audience.FOLLOWERS)
    note = scene.mallory.note("I heard that", inReplyTo=private.uri, cc=[ANA])
    await scene.receive(scene.mallory.create(note))
    reply = await scene.post(note["id"])
    assert reply is None or reply.in_reply_to_id is None
    assert (await scene.stored(private.uri)).replies_count == 0


async def test_a_reply_to_one_of_ours_is_stored_and_counted(scene: Scene) -> None:
    question = await scene.union.post("ana", "Who is on call?")
    note = scene.bob.note("I am", inReplyTo=question.uri)
    assert await scene.receive(scene.bob.create(note)) == "done"
    assert (await scene.stored(note["id"])).in_reply_to_id == question.id
    assert (await scene.stored(question.uri)).replies_count == 1


async def test_V04_a_reply_that_not_everybody_may_read_is_stored_and_not_counted(scene: Scene) -> None:
    question = await scene.union.post("ana", "Who is on call?")
    private = scene.bob.note("I am", inReplyTo=question.uri, to=[ANA], cc=[])
    assert await scene.receive(scene.bob.create(private)) == "done"
    assert (await scene.stored(private["id"])).in_reply_to_id == question.id
    assert (await scene.stored(question.uri)).replies_count == 0
    await scene.receive(scene.bob.activity("Delete", private["id"]))
    assert (await scene.stored(question.uri)).replies_count == 0


async def test_V04_a_reply_that_becomes_private_is_counted_no_longer(scene: Scene) -> None:
    question = await scene.union.post("ana", "Who is on call?")
    note = scene.bob.note("I am", inReplyTo=question.uri)
    await scene.receive(scene.bob.create(note))
    for counted, to in ((1, [PUBLIC]), (0, [ANA]), (0, [ANA])):
        scene.clock.advance(minutes=1)
        await scene.receive(_edited(scene, note, to=to, cc=[], inReplyTo=question.uri))
        assert (await scene.stored(question.uri)).replies_count == counted


async def test_an_id_that_names_something_else_is_refused_and_not_a_mistake_of_ours(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    note = {**scene.bob.note("Me"), "id": scene.bob.uri}
    assert (await scene.receive(scene.bob.activity("Create", note))).startswith("refused")


async def test_an_empty_note_is_no_post(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    note = {**scene.bob.note(), "content": ""}
    assert (await scene.receive(scene.bob.create(note))).startswith("refused")
    assert await scene.post(note["id"]) is None


async def test_a_hidden_member_cannot_be_addressed_from_outside(scene: Scene) -> None:
    await scene.member("heron", Reach.HIDDEN)
    note = scene.bob.note("Psst", to=[f"{BASE}/actors/heron"], cc=[f"{BASE}/actors/heron"])
    assert "concerns nobody" in await scene.receive(scene.bob.create(note))
    assert await scene.count(PostMention) == 0


async def test_a_private_post_is_there_for_whom_it_names_and_followers_only(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    note = scene.bob.note("Followers", to=[scene.bob.followers], cc=[scene.bob.followers])
    await scene.receive(scene.bob.create(note))
    post = await scene.stored(note["id"])
    seen = {name: await scene.read(may_see, post, await scene.union.viewer(name)) for name in ("ana", "cleo")}
    assert seen == {"ana": True, "cleo": False}
    assert not await scene.read(may_see, post, Viewer())
