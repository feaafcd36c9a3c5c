"""What leaves the instance when a member publishes, changes and deletes a post."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience, narrower
from fediunion.actors.models import Actor, Reach
from fediunion.kit.errors import Invalid, NotFound
from fediunion.outbox.models import Delivery
from fediunion.social.media.models import Attachment
from fediunion.social.posts.models import Post, PostEdit
from fediunion.social.posts.service import interactions
from fediunion.social.posts.service.edits import list_versions
from fediunion.social.posts.service.publishing import edit_post, withdraw_post
from tests.fakes.stranger import PUBLIC
from tests.social.posts.scene import BASE, Scene, ours

ANA = f"{BASE}/actors/ana"


def _edit(session: Session, post_id: int, text: str) -> None:
    post = session.get_one(Post, post_id)
    edit_post(
        session, ours(session, "ana"), post, text=text, content_warning="", sensitive=False, language=None
    )


def _withdraw(session: Session, post_id: int) -> None:
    withdraw_post(session, ours(session, "ana"), session.get_one(Post, post_id))


async def _hosts(scene: Scene) -> set[str]:
    """Return the inboxes that anything was delivered to."""

    def load(session: Session) -> set[str]:
        return {delivery.inbox_url for delivery in session.query(Delivery)}

    await scene.settle()
    return await scene.read(load)


@pytest.mark.parametrize("wish", list(Audience))
@pytest.mark.parametrize("parent", [Audience.PUBLIC, Audience.UNLISTED, Audience.FOLLOWERS, Audience.LOCAL])
async def test_I5_a_reply_reaches_no_further_than_what_it_answers(
    scene: Scene, parent: Audience, wish: Audience
) -> None:
    asked = await scene.union.post("ana", "Question", audience=parent)
    reply = await scene.union.post("ana", "Answer", audience=wish, in_reply_to=asked.uri)
    assert reply.audience == narrower(parent, wish)


@pytest.mark.parametrize(
    ("reach", "widest"),
    [(Reach.PUBLIC, "public"), (Reach.FOLLOWABLE, "followers"), (Reach.HIDDEN, "local")],
)
async def test_the_reach_of_a_member_is_the_ceiling_of_posts(scene: Scene, reach: Reach, widest: str) -> None:
    await scene.member("flora", reach)
    assert (await scene.union.post("flora", "Hello")).audience == widest


@pytest.mark.parametrize("parent", [None, Audience.PUBLIC, Audience.LOCAL, Audience.FOLLOWERS], ids=str)
@pytest.mark.parametrize(
    ("wish", "becomes"),
    [
        (Audience.PUBLIC, Audience.LOCAL),
        (Audience.NETWORK, Audience.LOCAL),
        (Audience.LOCAL, Audience.LOCAL),
        (Audience.FOLLOWERS, Audience.FOLLOWERS),
        (Audience.DIRECT, Audience.DIRECT),
    ],
    ids=str,
)
async def test_I5_what_a_hidden_member_writes_for_followers_is_for_them_and_not_for_all_here(
    scene: Scene, wish: Audience, becomes: Audience, parent: Audience | None
) -> None:
    await scene.member("hid", Reach.HIDDEN)
    asked = None if parent is None else await scene.union.post("ana", "Question", audience=parent)
    if parent is Audience.FOLLOWERS:
        await scene.union.follow("hid", "ana@union.test")
        becomes = narrower(Audience.FOLLOWERS, wish) if wish is Audience.DIRECT else Audience.FOLLOWERS
    before = await _hosts(scene)
    post = await scene.union.post("hid", "Words", audience=wish, in_reply_to=asked.uri if asked else None)
    assert post.audience == becomes
    assert await _hosts(scene) == before


async def test_V24_a_private_post_goes_to_personal_inboxes_of_its_audience_alone(scene: Scene) -> None:
    await scene.followed_by("ana", scene.bob)
    await _hosts(scene)
    await scene.write(lambda session: session.query(Delivery).delete() and None)
    await scene.union.post("ana", "@mallory@evil.example secret", audience=Audience.DIRECT)
    assert await _hosts(scene) == {scene.mallory.inbox}
    await scene.write(lambda session: session.query(Delivery).delete() and None)
    await scene.union.post("ana", "for followers", audience=Audience.FOLLOWERS)
    assert await _hosts(scene) == {f"{scene.good.base_url}/inbox"}
    (direct, _) = await scene.sent("Create")
    assert (direct["to"], direct.get("cc", [])) == ([scene.mallory.uri], [])


async def test_V24_nothing_is_delivered_to_a_host_after_its_last_follower_left(scene: Scene) -> None:
    follow = scene.bob.activity("Follow", ANA)
    await scene.receive(follow)
    await scene.receive(scene.bob.activity("Undo", follow))
    await scene.write(lambda session: session.query(Delivery).delete() and None)
    await scene.union.post("ana", "for followers", audience=Audience.FOLLOWERS)
    assert await _hosts(scene) == set()


async def test_A36_a_local_post_publishes_nothing_at_any_time(scene: Scene) -> None:
    await scene.followed_by("ana", scene.bob)
    before = len(await scene.sent())
    post = await scene.union.post("ana", "@bob@good.example inside", audience=Audience.LOCAL)
    await scene.write(_edit, post.id, "@bob@good.example still inside")
    with pytest.raises(Invalid):
        await scene.write(lambda session: interactions.boost(session, ours(session, "ana"), post.id).id)
    await scene.write(_withdraw, post.id)
    assert len(await scene.sent()) == before


async def test_an_edit_is_told_with_updated_and_keeps_the_history(scene: Scene) -> None:
    post = await scene.union.post("ana", "First")
    scene.clock.advance(minutes=3)
    await scene.write(_edit, post.id, "Second")
    (update,) = await scene.sent("Update")
    assert (update["object"]["content"], "updated" in update["object"]) == ("<p>Second</p>", True)
    versions = await scene.read(list_versions, post)
    assert [version.source for version in versions] == ["First"]


async def test_V26_whoever_is_named_later_gets_the_new_version_and_who_was_named_a_delete(
    scene: Scene,
) -> None:
    post = await scene.union.post("ana", "@bob@good.example alpha", audience=Audience.DIRECT)
    scene.clock.advance(minutes=3)
    await scene.write(_edit, post.id, "@mallory@evil.example second")
    (update,), (deletion,) = await scene.sent("Update"), await scene.sent("Delete")
    assert update["to"] == [scene.mallory.uri]
    assert "alpha" not in str(update)
    assert deletion["to"] == [scene.bob.uri]
    assert await scene.count(PostEdit) == 0


async def test_V26_no_delete_goes_where_somebody_else_may_still_read_it(scene: Scene) -> None:
    eve = scene.good.add_actor("eve")
    await scene.known(eve)
    text = "@bob@good.example @eve@good.example hi"
    post = await scene.union.post("ana", text, audience=Audience.DIRECT)
    await scene.write(_edit, post.id, "@eve@good.example hi")
    assert await scene.sent("Delete") == []


async def test_L35_a_delete_follows_the_create_to_all_who_may_hold_it(scene: Scene) -> None:
    await scene.followed_by("ana", scene.bob)
    post = await scene.union.post("ana", "@mallory@evil.example look")
    await scene.settle()
    await scene.write(_withdraw, post.id)
    await scene.settle()
    for server in (scene.good, scene.evil):
        types = [got.activity["type"] for got in server.received if post.uri in got.body.decode()]
        assert types == ["Create", "Delete"]


async def test_L35_a_create_not_yet_sent_never_goes_out_after_its_delete(scene: Scene) -> None:
    await scene.followed_by("ana", scene.bob)
    await scene.settle()
    post = await scene.union.post("ana", "Too late")
    await scene.write(_withdraw, post.id)
    await scene.settle()
    types = [got.activity["type"] for got in scene.good.received if post.uri in got.body.decode()]
    assert "Create" not in types


async def test_a_delete_also_goes_to_who_liked_it_without_following(scene: Scene) -> None:
    post = await scene.union.post("ana", "Like me")
    await scene.receive(scene.mallory.activity("Like", post.uri))
    await scene.write(_withdraw, post.id)
    await scene.settle()
    assert [got.activity["type"] for got in scene.evil.received] == ["Delete"]


async def test_the_deletion_of_a_boost_is_its_undo(scene: Scene) -> None:
    post = await scene.union.post("cleo", "Boost me")
    boost = await scene.write(lambda session: interactions.boost(session, ours(session, "ana"), post.id))
    await scene.write(_withdraw, boost.id)
    assert [sent["type"] for sent in await scene.sent()][-1] == "Undo"
    assert (await scene.stored(post.uri)).boosts_count == 0


async def test_whoever_is_suspended_can_still_be_deleted(scene: Scene) -> None:
    post = await scene.union.post("ana", "Bad words")

    def suspend(session: Session) -> None:
        ours(session, "ana").suspended_at = scene.clock.now()

    await scene.write(suspend)
    await scene.write(_withdraw, post.id)
    assert await scene.post(post.uri) is None


async def test_M14_only_ones_own_free_uploads_can_be_attached(scene: Scene) -> None:
    def upload(session: Session, owner: str) -> int:
        row = Attachment(
            owner_id=ours(session, owner).id, kind="image", file_name="k", created_at=scene.clock.now()
        )
        session.add(row)
        return row.id

    own, foreign = await scene.write(upload, "ana"), await scene.write(upload, "cleo")
    await scene.union.post("ana", "Mine", attachment_ids=[own])
    for attachment_id in (own, foreign, 12345):
        with pytest.raises(Invalid):
            await scene.union.post("ana", "Again", attachment_ids=[attachment_id])


@pytest.mark.parametrize(
    "draft",
    [
        {"text": " "},
        {"text": "x" * 10_001},
        {"text": "a\x00b"},
        {"text": "half \ud83d"},
        {"text": "x", "language": "no language"},
    ],
)
async def test_what_cannot_be_published_is_refused_with_its_field(
    scene: Scene, draft: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refused:
        await scene.union.post("ana", draft.pop("text"), **draft)
    assert refused.value.field


async def test_A30_nobody_acts_on_a_post_that_is_not_there_for_them(scene: Scene) -> None:
    post = await scene.union.post("ana", "@bob@good.example", audience=Audience.DIRECT)
    acts = (
        interactions.favourite,
        interactions.bookmark,
        interactions.boost,
        interactions.mute_thread,
    )
    for act in acts:
        for post_id in (post.id, 1):
            with pytest.raises(NotFound):
                await scene.write(_by_cleo, act, post_id)


def _by_cleo(session: Session, act: Any, post_id: int) -> None:
    cleo: Actor = ours(session, "cleo")
    act(session, cleo, post_id)


async def test_a_public_post_is_addressed_as_others_expect(scene: Scene) -> None:
    post = await scene.union.post("ana", "Hello #Nurses @bob@good.example")
    (create,) = await scene.sent("Create")
    note = create["object"]
    assert (note["to"], note["cc"]) == ([PUBLIC], [f"{ANA}/followers", scene.bob.uri])
    assert {tag["type"] for tag in note["tag"]} == {"Mention", "Hashtag"}
    assert (create["id"], note["id"], note["type"]) == (f"{post.uri}/activity", post.uri, "Note")
