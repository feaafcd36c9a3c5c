"""Like, EmojiReact, Dislike, Add and Remove as others send them."""

import pytest

from fediunion.activitypub.audience import Audience
from fediunion.social.follows.restrictions import block
from fediunion.social.posts.models import Favourite, Pin, Post
from tests.social.posts.scene import Scene, ours


async def test_a_like_counts_once_and_is_taken_back_by_copy_or_id(scene: Scene) -> None:
    post = await scene.union.post("ana", "Like me")
    for by_id in (False, True):
        like = scene.bob.activity("Like", post.uri)
        assert await scene.receive(like) == "done"
        assert await scene.receive(scene.bob.activity("Like", post.uri)) == "done"
        assert (await scene.stored(post.uri)).favourites_count == 1
        last = scene.bob.activity("Like", post.uri)
        await scene.receive(last)
        assert await scene.receive(scene.bob.activity("Undo", last["id"] if by_id else last)) == "done"
        assert (await scene.stored(post.uri)).favourites_count == 0


async def test_reactions_with_emoji_count_as_one_like_of_their_actor(scene: Scene) -> None:
    post = await scene.union.post("ana", "Like me")
    await scene.receive(scene.bob.activity("EmojiReact", post.uri, content="🎉"))
    await scene.receive(scene.bob.activity("Like", post.uri, content="❤"))
    await scene.receive(scene.bob.activity("Dislike", post.uri))
    assert await scene.count(Favourite) == 2
    assert (await scene.stored(post.uri)).favourites_count == 1


@pytest.mark.parametrize("audience", [Audience.FOLLOWERS, Audience.DIRECT, Audience.LOCAL])
@pytest.mark.parametrize("type", ["Like", "EmojiReact", "Dislike", "Announce"])
async def test_A30_V23_a_reaction_to_what_one_cannot_see_is_answered_as_to_nothing(
    scene: Scene, audience: Audience, type: str
) -> None:
    post = await scene.union.post("ana", "Not for you", audience=audience)
    outcome = await scene.receive(scene.mallory.activity(type, post.uri, content="x"))
    assert outcome.startswith("refused")
    assert await scene.count(Favourite) == 0
    assert (await scene.stored(post.uri)).favourites_count == 0


async def test_A16_nobody_takes_back_the_like_of_another(scene: Scene) -> None:
    post = await scene.union.post("ana", "Like me")
    like = scene.bob.activity("Like", post.uri)
    await scene.receive(like)
    for undone in (like, like["id"]):
        assert await scene.receive(scene.mallory.activity("Undo", undone)) != "done"
    assert (await scene.stored(post.uri)).favourites_count == 1


async def test_A17_an_undo_under_another_id_ends_a_like_of_long_ago(scene: Scene) -> None:
    post = await scene.union.post("ana", "Like me")
    await scene.receive(scene.bob.activity("Like", post.uri))
    scene.clock.advance(hours=2)
    await scene.receive(scene.bob.activity("Undo", scene.bob.activity("Like", post.uri)))
    assert (await scene.stored(post.uri)).favourites_count == 0


async def test_A23_a_like_by_whoever_the_author_blocks_changes_nothing(scene: Scene) -> None:
    post = await scene.union.post("ana", "Like me")
    bob = await scene.known(scene.bob)
    await scene.write(lambda session: block(session, ours(session, "ana"), bob))
    assert (await scene.receive(scene.bob.activity("Like", post.uri))).startswith("refused")
    assert (await scene.stored(post.uri)).favourites_count == 0


async def test_a_like_under_an_id_in_use_is_refused(scene: Scene) -> None:
    post = await scene.union.post("ana", "Like me")
    assert (await scene.receive(scene.bob.activity("Like", post.uri, id=scene.bob.uri))).startswith("refused")


async def test_A27_only_ones_own_public_posts_can_be_featured_in_ones_own_collection(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    await scene.follow("ana", scene.mallory)
    own, private = scene.bob.note("Mine"), scene.bob.note("Hush", to=[scene.bob.followers])
    foreign = scene.mallory.note("Theirs")
    for actor, note in ((scene.bob, own), (scene.bob, private), (scene.mallory, foreign)):
        await scene.receive(actor.create(note))
    featured = f"{scene.bob.uri}/collections/featured"
    for forged in (
        scene.mallory.activity("Add", own["id"], target=featured),
        scene.bob.activity("Add", private["id"], target=featured),
        scene.bob.activity("Add", foreign["id"], target=featured),
        scene.bob.activity("Add", own["id"], target=f"{scene.bob.uri}/elsewhere"),
    ):
        assert (await scene.receive(forged)).startswith("refused")
    assert await scene.count(Pin) == 0
    assert await scene.receive(scene.bob.activity("Add", own["id"], target=featured)) == "done"
    assert await scene.receive(scene.bob.activity("Add", own["id"], target=featured)) == "done"
    assert await scene.count(Pin) == 1
    assert await scene.receive(scene.bob.activity("Remove", own["id"], target=featured)) == "done"
    assert await scene.count(Pin) == 0


async def test_a_featured_post_that_we_do_not_have_is_fetched(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    note = scene.bob.note("An old one")
    featured = f"{scene.bob.uri}/collections/featured"
    assert await scene.receive(scene.bob.activity("Add", note["id"], target=featured)) == "done"
    assert await scene.count(Pin, Pin.post_id == (await scene.stored(note["id"])).id) == 1
    assert await scene.count(Post, Post.uri == note["id"]) == 1
