"""Announce and its Undo as others send them."""

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Reach
from fediunion.social.follows.restrictions import block
from fediunion.social.posts.models import Post
from tests.fakes.stranger import PUBLIC, Json, StrangeActor
from tests.social.posts.scene import BASE, Scene, ours

BOOSTS = (Post.boost_of_id.is_not(None), Post.deleted_at.is_(None))


def _announce(scene: Scene, about: str | Json, **more: object) -> Json:
    return scene.bob.activity("Announce", about, to=[PUBLIC], cc=[scene.bob.followers], **more)


async def test_a_boost_of_ours_is_counted_once_and_taken_back(scene: Scene) -> None:
    post = await scene.union.post("ana", "Pass it on")
    announce = _announce(scene, post.uri)
    assert await scene.receive(announce) == "done"
    assert await scene.receive(_announce(scene, post.uri)) == "done"
    assert (await scene.stored(post.uri)).boosts_count == 1
    last = _announce(scene, post.uri)
    await scene.receive(last)
    assert await scene.receive(scene.bob.activity("Undo", last)) == "done"
    assert (await scene.stored(post.uri)).boosts_count == 0


async def test_a_boost_is_taken_back_by_its_bare_id(scene: Scene) -> None:
    post = await scene.union.post("ana", "Pass it on")
    announce = _announce(scene, post.uri)
    await scene.receive(announce)
    assert await scene.receive(scene.bob.activity("Undo", announce["id"])) == "done"
    assert await scene.count(Post, *BOOSTS) == 0


async def test_A13_a_forged_copy_inside_an_announce_is_not_read(scene: Scene) -> None:
    await scene.follow("ana", scene.mallory)
    real = scene.bob.note("What Bob said")
    forged = {**real, "content": "<p>Nonsense</p>"}
    await scene.receive(scene.mallory.activity("Announce", forged, to=[PUBLIC]))
    assert (await scene.stored(real["id"])).content == "<p>What Bob said</p>"


async def test_A14_a_known_post_is_not_changed_by_a_copy_inside_an_announce(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    note = scene.bob.note("As it was")
    await scene.receive(scene.bob.create(note))
    await scene.receive(scene.mallory.activity("Announce", {**note, "content": "<p>Other</p>"}, to=[PUBLIC]))
    assert (await scene.stored(note["id"])).content == "<p>As it was</p>"


async def test_A15_what_is_not_public_is_not_boosted_by_others(scene: Scene) -> None:
    await scene.followed_by("ana", scene.bob)
    for audience in (Audience.FOLLOWERS, Audience.DIRECT, Audience.LOCAL):
        post = await scene.union.post("ana", "@bob@good.example private", audience=audience)
        assert (await scene.receive(_announce(scene, post.uri))).startswith("refused")
        assert (await scene.stored(post.uri)).boosts_count == 0
    assert await scene.count(Post, *BOOSTS) == 0


async def test_A16_nobody_takes_back_the_boost_of_another(scene: Scene) -> None:
    post = await scene.union.post("ana", "Pass it on")
    announce = _announce(scene, post.uri)
    await scene.receive(announce)
    for undone in (announce, announce["id"], {**announce, "actor": scene.mallory.uri}):
        assert await scene.receive(scene.mallory.activity("Undo", undone)) != "done"
    assert (await scene.stored(post.uri)).boosts_count == 1


async def test_A17_the_copy_in_an_undo_is_matched_by_id_and_actor_only(scene: Scene) -> None:
    post = await scene.union.post("ana", "One")
    other = await scene.union.post("ana", "Two")
    announce = _announce(scene, post.uri)
    await scene.receive(announce)
    await scene.receive(_announce(scene, other.uri))
    await scene.receive(scene.bob.activity("Undo", {**announce, "object": other.uri}))
    assert (await scene.stored(post.uri)).boosts_count == 0
    assert (await scene.stored(other.uri)).boosts_count == 1


async def test_A23_whoever_the_author_blocks_cannot_boost(scene: Scene) -> None:
    post = await scene.union.post("ana", "Pass it on")
    bob = await scene.known(scene.bob)
    await scene.write(lambda session: block(session, ours(session, "ana"), bob))
    assert (await scene.receive(_announce(scene, post.uri))).startswith("refused")
    assert (await scene.stored(post.uri)).boosts_count == 0


async def test_a_boost_by_somebody_followed_brings_the_post_and_its_author(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    note = scene.mallory.note("News from elsewhere")
    assert await scene.receive(_announce(scene, note["id"])) == "done"
    assert (await scene.stored(note["id"])).live is False
    assert await scene.union.home("ana") == ["News from elsewhere"]


async def test_A34_a_boost_by_nobody_followed_leaves_neither_boost_nor_post(scene: Scene) -> None:
    note = scene.mallory.note("News from elsewhere")
    outcome = await scene.receive(_announce(scene, note["id"]))
    assert outcome == "ignored: nobody here follows the announcer"
    assert await scene.post(note["id"]) is None
    assert scene.evil.fetches(note["id"]) == []


async def test_F31_a_boost_is_fetched_for_the_sake_of_the_reader_alone_too(scene: Scene) -> None:
    await scene.member("una", Reach.HIDDEN)
    await scene.follow("una", scene.bob)
    note = scene.mallory.note("News from elsewhere")
    assert await scene.receive(_announce(scene, note["id"])) == "done"
    assert await scene.post(note["id"]) is not None


async def test_A35_a_private_post_that_somebody_passes_on_is_dropped(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    note = scene.mallory.note("Private", to=[scene.mallory.followers], cc=[scene.mallory.followers])
    assert (await scene.receive(_announce(scene, note["id"]))).startswith("refused")
    assert await scene.post(note["id"]) is None


async def test_a_create_that_follows_its_own_boost_is_still_news(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    ana = f"{scene.union.world.settings.base_url}/actors/ana"
    note = scene.mallory.note("Ana?", cc=[ana], tag=[{"type": "Mention", "href": ana}])
    await scene.receive(_announce(scene, note["id"]))
    await scene.receive(scene.mallory.create(note))
    assert (await scene.stored(note["id"])).live is True


async def test_a_group_passes_on_by_its_id_alone_what_one_of_ours_did(scene: Scene) -> None:
    group = scene.good.add_actor("group", type="Group")
    await scene.follow("ana", group)
    post = await scene.union.post("ana", "To the group")
    (create,) = await scene.sent("Create")
    assert create["id"] != post.uri
    passed_on = group.activity("Announce", create["id"], to=[PUBLIC])
    assert await scene.receive(passed_on) == "ignored: a group passes on what one of ours did"
    assert await scene.count(Post, *BOOSTS) == 0
    assert scene.internet.requests_to("union.test") == []


async def test_a_boost_of_ones_own_private_post_brings_the_post_along(scene: Scene) -> None:
    """Mastodon embeds such a post in the Announce; nobody could fetch it."""
    await scene.follow("ana", scene.bob)
    note = _private(scene, scene.bob, "For those who follow")
    assert await scene.receive(_announce(scene, note)) == "done"
    stored = await scene.stored(note["id"])
    assert (stored.content, stored.audience) == ("<p>For those who follow</p>", Audience.FOLLOWERS)
    assert await scene.count(Post, *BOOSTS, Post.audience == Audience.FOLLOWERS) == 1
    assert await scene.union.home("ana") == ["For those who follow"]
    assert scene.good.fetches(note["id"]) == []


async def test_A14_a_known_post_is_not_changed_by_its_authors_own_announce(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    note = scene.bob.note("As it was")
    await scene.receive(scene.bob.create(note))
    later = {**note, "content": "<p>Other</p>", "updated": "2030-01-01T00:00:00Z"}
    assert await scene.receive(_announce(scene, later)) == "done"
    assert (await scene.stored(note["id"])).content == "<p>As it was</p>"


async def test_A13_an_embedded_post_of_anybody_else_proves_nothing(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    neighbour = scene.good.add_actor("neighbour")
    cases: list[tuple[StrangeActor, Json]] = [
        (neighbour, {}),
        (scene.mallory, {}),
        (scene.mallory, {"attributedTo": scene.bob.uri}),
        (scene.bob, {"attributedTo": [scene.bob.uri, neighbour.uri]}),
        (scene.bob, {"attributedTo": []}),
    ]
    for author, more in cases:
        note: Json = {**_private(scene, author, "Words put into a mouth"), **more}
        assert (await scene.receive(_announce(scene, note))).startswith("refused")
        assert await scene.post(note["id"]) is None


async def test_A15_an_embedded_private_message_is_not_boosted(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    note = scene.bob.note("Between us", to=[f"{BASE}/actors/ana"], cc=[f"{BASE}/actors/cleo"])
    scene.good.withdraw(note["id"], status=404)
    assert (await scene.receive(_announce(scene, note))).startswith("refused")
    assert await scene.post(note["id"]) is None


async def test_A34_an_embedded_post_of_somebody_whom_nobody_follows_is_not_kept(scene: Scene) -> None:
    note = _private(scene, scene.bob, "For those who follow")
    assert await scene.receive(_announce(scene, note)) == "ignored: nobody here follows the announcer"
    assert await scene.post(note["id"]) is None


def _private(scene: Scene, author: StrangeActor, text: str) -> Json:
    note = author.note(text, to=[author.followers], cc=[author.followers])
    author.server.withdraw(note["id"], status=404)
    return note
