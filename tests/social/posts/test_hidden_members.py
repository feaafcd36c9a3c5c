"""Nothing of a hidden member ever leaves the instance: not what it does, and not that others mention it."""

from collections.abc import Callable

import orjson
import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, Reach
from fediunion.kit.errors import Invalid
from fediunion.outbox.models import OutboxActivity
from fediunion.social.follows.models import Follow
from fediunion.social.posts.models import Post
from fediunion.social.posts.service import interactions
from fediunion.social.posts.service.publishing import edit_post, withdraw_post
from fediunion.social.posts.service.rendering import author_view, render
from tests.social.posts.scene import BASE, Scene, ours

HERON = f"{BASE}/actors/heron"


@pytest.fixture
async def heron(scene: Scene) -> Actor:
    """A hidden member."""
    return await scene.member("heron", Reach.HIDDEN)


async def _remote_post(scene: Scene) -> int:
    await scene.follow("ana", scene.bob)
    note = scene.bob.note("Hello out there")
    await scene.receive(scene.bob.create(note))
    return (await scene.stored(note["id"])).id


async def test_what_a_hidden_member_does_with_remote_posts_stays_here(scene: Scene, heron: Actor) -> None:
    post_id = await _remote_post(scene)
    before = await scene.count(OutboxActivity)
    for act in (interactions.favourite, interactions.boost, interactions.bookmark):
        await scene.write(_act, act, post_id)
    reply = await scene.union.post("heron", "Hello @bob@good.example", in_reply_to_id=post_id)
    assert reply.audience == Audience.LOCAL
    await scene.write(lambda session: interactions.unfavourite(session, ours(session, "heron"), post_id))
    await scene.write(lambda session: interactions.unboost(session, ours(session, "heron"), post_id))
    await scene.write(lambda session: withdraw_post(session, ours(session, "heron"), session.merge(reply)))
    assert await scene.count(OutboxActivity) == before


async def test_a_hidden_member_follows_a_public_account_through_the_reader(
    scene: Scene, heron: Actor
) -> None:
    await scene.union.follow("heron", "bob@good.example")
    (follow,) = await scene.sent("Follow")
    assert follow["actor"] == f"{BASE}/actors/reader"
    await scene.receive(scene.bob.activity("Accept", follow))
    assert await scene.count(Follow, Follow.follower_id == heron.id, Follow.accepted_at.is_not(None)) == 1
    note = scene.bob.note("Read me")
    await scene.receive(scene.bob.create(note))
    assert await scene.union.home("heron") == ["Read me"]
    assert all(HERON not in orjson.dumps(sent).decode() for sent in await scene.sent())


async def test_a_hidden_member_cannot_ask_who_approves_by_hand(scene: Scene, heron: Actor) -> None:
    scene.mallory.more["manuallyApprovesFollowers"] = True
    scene.mallory.serve()
    scene.clock.advance(days=2)
    with pytest.raises(Invalid):
        await scene.union.follow("heron", "mallory@evil.example")
    assert await scene.count(Follow) == 0


async def test_a_hidden_member_writes_to_members_only(scene: Scene, heron: Actor) -> None:
    with pytest.raises(Invalid):
        await scene.union.post("heron", "@bob@good.example hi", audience=Audience.DIRECT)
    post = await scene.union.post("heron", "@ana hi", audience=Audience.DIRECT)
    assert HERON not in post.content
    assert await scene.sent() == []
    with pytest.raises(Invalid):
        await scene.write(
            lambda session: edit_post(
                session,
                ours(session, "heron"),
                session.merge(post),
                text="@ana @bob@good.example hi",
                content_warning="",
                sensitive=False,
                language=None,
            )
        )


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.FOLLOWERS, Audience.DIRECT])
async def test_a_mention_of_a_hidden_member_never_leaves(
    scene: Scene, heron: Actor, audience: Audience
) -> None:
    await scene.followed_by("ana", scene.bob)
    await scene.union.post("ana", "@heron and @bob@good.example, look", audience=audience)
    sent = await scene.sent("Create")
    assert len(sent) == 1
    assert HERON not in orjson.dumps(sent).decode()
    assert f"{BASE}/@heron" not in orjson.dumps(sent).decode()


async def test_whoever_hides_later_is_no_longer_named_in_what_is_asked_for(scene: Scene) -> None:
    flora = await scene.member("flora")
    named = await scene.union.post("ana", "With @flora at the gate")
    parent = await scene.union.post("flora", "Who comes?")
    answer = await scene.union.post("ana", "Me", in_reply_to=parent.uri)

    def hide(session: Session) -> None:
        session.get_one(Actor, flora.id).reach = Reach.HIDDEN

    await scene.write(hide)
    for post in (named, answer):
        document = await scene.read(_rendered, post.id)
        assert "/flora" not in orjson.dumps(document).decode()
        assert "/@flora" not in orjson.dumps(document).decode()


def _act(session: Session, act: Callable[[Session, Actor, int], object], post_id: int) -> None:
    act(session, ours(session, "heron"), post_id)


def _rendered(session: Session, post_id: int) -> dict[str, object]:
    return render(session, author_view(session, session.get_one(Post, post_id)))
