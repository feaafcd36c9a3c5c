"""Row V24: what waits for a follower who is removed is not sent to it, and still to everybody else."""

from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actor_by_uri
from fediunion.outbox.queries import count_deliveries
from fediunion.outbox.service import retry_deliveries
from fediunion.social.follows.models import Follow
from fediunion.social.follows.service import remove_follower
from tests.fakes.stranger import StrangeActor
from tests.social.posts.scene import BASE, Scene, ours

INBOX = "https://evil.example/users/eve/inbox"
SPELLINGS: dict[str, dict[str, Any]] = {
    "plain": {},
    "capitals": {"inbox": INBOX.replace("evil", "EVIL"), "endpoints": {}},
    "port": {"inbox": INBOX.replace("example", "example:443"), "endpoints": {}},
    "fragment": {"inbox": f"{INBOX}#x", "endpoints": {}},
    "shared": {"endpoints": {"sharedInbox": "https://EVIL.example/inbox"}},
}


async def _post_waits_for(scene: Scene, *followers: StrangeActor, text: str = "For followers") -> None:
    for follower in followers:
        await scene.followed_by("ana", follower)
    scene.internet.fail("evil.example", 500)
    await scene.union.post("ana", text, audience=Audience.FOLLOWERS)
    await scene.settle()


async def _remove(scene: Scene, follower: StrangeActor) -> None:
    def remove(session: Session) -> None:
        gone = find_actor_by_uri(session, follower.uri)
        assert gone is not None
        remove_follower(session, ours(session, "ana"), gone)

    await scene.write(remove)


async def _creates_sent(scene: Scene) -> int:
    """Return how many posts evil.example is sent once it answers again."""
    scene.internet.mend("evil.example")
    scene.evil.received.clear()
    for _ in range(3):
        scene.clock.advance(hours=1)
        await scene.settle()
    return [received.activity["type"] for received in scene.evil.received].count("Create")


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_V24_a_removed_follower_gets_nothing_however_its_inbox_is_spelled(
    scene: Scene, spelling: str
) -> None:
    eve = scene.evil.add_actor("eve", **SPELLINGS[spelling])
    await _post_waits_for(scene, eve)
    await _remove(scene, eve)
    assert await _creates_sent(scene) == 0


async def test_V24_an_inbox_that_was_stored_as_it_was_written_counts_as_the_same(scene: Scene) -> None:
    eve = scene.evil.add_actor("eve", endpoints={})
    await _post_waits_for(scene, eve)
    written = update(Actor).where(Actor.uri == eve.uri).values(inbox_url=INBOX.replace("evil", "EVIL"))
    await scene.write(lambda session: session.execute(written))
    await _remove(scene, eve)
    assert await _creates_sent(scene) == 0


async def test_V24_a_removed_follower_that_moved_its_inbox_gets_nothing_at_the_old_one(scene: Scene) -> None:
    eve = scene.evil.add_actor("eve")
    await _post_waits_for(scene, eve)
    scene.internet.mend("evil.example")
    eve.more.update(inbox="https://evil.example/users/eve/other", endpoints={})
    eve.serve()
    assert await scene.receive(eve.activity("Update", eve.document())) == "done"
    await _remove(scene, eve)
    assert await _creates_sent(scene) == 0


async def test_V24_a_dead_letter_that_is_tried_again_does_not_go_to_a_removed_follower(scene: Scene) -> None:
    eve = scene.evil.add_actor("eve")
    await _post_waits_for(scene, eve)
    for _ in range(9):
        scene.clock.advance(days=1)
        await scene.settle()
    assert (await scene.read(count_deliveries))["dead"] == 1
    await _remove(scene, eve)
    assert await scene.write(lambda session: retry_deliveries(session, host="evil.example")) == 0
    assert await _creates_sent(scene) == 0


@pytest.mark.parametrize("shared", [True, False], ids=["shared", "own"])
async def test_other_followers_on_the_server_of_one_who_is_removed_get_what_waits(
    scene: Scene, shared: bool
) -> None:
    more: dict[str, Any] = {} if shared else {"endpoints": {}}
    eve, pat = scene.evil.add_actor("eve", **more), scene.evil.add_actor("pat", **more)
    await _post_waits_for(scene, eve, pat)
    await _remove(scene, eve)
    assert await _creates_sent(scene) == 1


async def test_whom_a_post_names_on_the_server_of_a_removed_follower_gets_what_waits(scene: Scene) -> None:
    eve, pat = scene.evil.add_actor("eve", endpoints={}), scene.evil.add_actor("pat", endpoints={})
    await scene.known(pat)
    await _post_waits_for(scene, eve, text="For @pat@evil.example and followers")
    await _remove(scene, eve)
    assert await _creates_sent(scene) == 1
    assert BASE in str(scene.evil.received[-1].activity["actor"])


async def test_L16_a_follower_that_is_gone_is_forgotten_however_its_inbox_was_spelled(scene: Scene) -> None:
    eve = scene.evil.add_actor("eve", **SPELLINGS["capitals"])
    await scene.followed_by("ana", eve)
    scene.internet.fail("evil.example", 410)
    await scene.union.post("ana", "For followers", audience=Audience.FOLLOWERS)
    await scene.settle()
    assert await scene.count(Follow) == 0
