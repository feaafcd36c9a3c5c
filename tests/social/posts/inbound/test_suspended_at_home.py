"""Whoever is suspended by its own server (`toot:suspended`) is hidden here, until that server frees it."""

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.actors.viewer import ANONYMOUS
from fediunion.api.mastodon.entities.account import account_entity
from fediunion.api.mastodon.entities.frame import frame_for
from fediunion.social.follows.models import Follow
from fediunion.social.moderation.accounts import suspend, unsuspend
from tests.fakes.stranger import StrangeActor
from tests.social.posts.scene import Scene


async def say(scene: Scene, actor: StrangeActor, *, suspended: bool) -> str:
    """Let an actor's server say by an Update whether it is suspended; return what became of it."""
    actor.more["suspended"] = suspended
    actor.serve()
    return await scene.receive(actor.activity("Update", actor.document()))


async def row_of(scene: Scene, actor: StrangeActor) -> Actor:
    """Return the actor's row as it is now."""
    known = await scene.known(actor)
    return await scene.read(get_actor, known.id)


async def test_whoever_is_suspended_at_home_is_hidden_here_until_that_is_taken_back(scene: Scene) -> None:
    await scene.follow("ana", scene.bob)
    note = scene.bob.note("Good morning")
    assert await scene.receive(scene.bob.create(note)) == "done"
    for _ in range(2):
        assert await say(scene, scene.bob, suspended=True) == "done"
    assert await scene.union.home("ana") == []
    shown = account_entity(await row_of(scene, scene.bob), frame_for(scene.union.world.settings, ANONYMOUS))
    assert shown["suspended"] is True
    late = await scene.receive(scene.bob.create(scene.bob.note("I am still here")))
    assert late == f"refused: {scene.bob.uri} is suspended"
    assert await say(scene, scene.bob, suspended=False) == "done"
    assert await scene.union.home("ana") == ["Good morning"]
    shown = account_entity(await row_of(scene, scene.bob), frame_for(scene.union.world.settings, ANONYMOUS))
    assert "suspended" not in shown
    assert await scene.count(Follow) == 1, "follows outlast it"


async def test_nobody_says_of_somebody_else_that_it_is_suspended_or_not(scene: Scene) -> None:
    document = scene.bob.document() | {"suspended": True}
    assert (await scene.receive(scene.mallory.activity("Update", document))).startswith("refused")
    assert (await row_of(scene, scene.bob)).suspended_at is None
    await say(scene, scene.mallory, suspended=True)
    about_bob = scene.bob.document() | {"suspended": False}
    assert (await scene.receive(scene.mallory.activity("Update", about_bob))).startswith("refused")
    assert (await row_of(scene, scene.mallory)).suspended_at is not None


async def test_whom_we_suspended_no_word_of_another_server_frees(scene: Scene) -> None:
    mallory_id = (await scene.known(scene.mallory)).id
    assert await say(scene, scene.mallory, suspended=True) == "done"

    def decide(session: Session) -> None:
        suspend(session, get_actor(session, mallory_id), by="@guard", reason="spam")

    await scene.write(decide)
    refused = await say(scene, scene.mallory, suspended=False)
    assert refused == f"refused: {scene.mallory.uri} is suspended"
    assert (await row_of(scene, scene.mallory)).suspended_at is not None


async def test_what_another_server_decided_is_not_ours_to_take_back(scene: Scene) -> None:
    bob_id = (await scene.known(scene.bob)).id
    assert await say(scene, scene.bob, suspended=True) == "done"

    def free(session: Session) -> None:
        unsuspend(session, get_actor(session, bob_id), by="@guard")

    await scene.write(free)
    assert (await row_of(scene, scene.bob)).suspended_at is not None


async def test_whom_we_free_is_asked_for_how_it_stands_at_home(scene: Scene) -> None:
    bob_id = (await scene.known(scene.bob)).id
    scene.bob.more["suspended"] = True
    scene.bob.serve()

    def decide(session: Session) -> None:
        suspend(session, get_actor(session, bob_id), by="@guard")
        unsuspend(session, get_actor(session, bob_id), by="@guard")

    await scene.write(decide)
    assert (await row_of(scene, scene.bob)).suspended_at is None
    await scene.settle()
    freed = await row_of(scene, scene.bob)
    assert freed.suspended_at is not None
    assert freed.suspended_by_origin
