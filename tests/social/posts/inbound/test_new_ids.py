"""The same thing done once more under another id: the last stands for it, and the others are forgotten."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.db.known_uris import KnownUri
from fediunion.inbox.retention import forget_received
from tests.fakes.stranger import PUBLIC, Json
from tests.social.posts.scene import BASE, Scene

ANA = f"{BASE}/actors/ana"


def _activity(scene: Scene, kind: str, number: int, target: str) -> Json:
    more: Json = {"published": scene.clock.now().isoformat(), "to": [PUBLIC]}
    if kind == "EmojiReact":
        more["content"] = "⚙"
    return scene.bob.activity(kind, target, id=f"{scene.bob.uri}/again/{number}", **more)


def _known(session: Session) -> list[str]:
    again = select(KnownUri.uri).where(KnownUri.uri.contains("/again/"))
    return [uri.rpartition("/")[2] for uri in session.scalars(again.order_by(KnownUri.uri))]


async def _send(scene: Scene, activity: Json) -> str:
    assert (await scene.bob.post(f"{BASE}/inbox", activity)).status == 202
    await scene.settle()
    return (await scene.outcomes())[-1]


@pytest.mark.parametrize("kind", ["Like", "EmojiReact", "Announce", "Follow", "Block"])
async def test_R10_what_is_done_again_under_new_ids_leaves_one_row(scene: Scene, kind: str) -> None:
    await scene.follow("ana", scene.bob)
    post = await scene.union.post("ana", "Ours")
    target = ANA if kind in ("Follow", "Block") else post.uri
    told = []
    for number in range(4):
        scene.clock.advance(minutes=1)
        told.append(_activity(scene, kind, number, target))
        assert await _send(scene, told[-1]) == "done"
    assert await scene.read(_known) == ["0", "1", "2", "3"]
    scene.clock.advance(hours=1)
    assert await _send(scene, told[0] | {"summary": "late"}) == "ignored: it was undone before it came"
    scene.clock.advance(days=32)
    await forget_received(scene.union.world, {})
    assert await scene.read(_known) == ["3"]


async def test_R10_of_follows_that_come_in_the_wrong_order_the_last_leaves_a_row(scene: Scene) -> None:
    early = scene.clock.now()
    scene.clock.advance(minutes=5)
    await scene.union.post("ana", "Ours")
    assert await _send(scene, _activity(scene, "Follow", 2, ANA)) == "done"
    late = _activity(scene, "Follow", 1, ANA)
    assert (await scene.bob.post(f"{BASE}/inbox", late, at=early)).status == 202
    await scene.settle()
    assert await scene.read(_known) == ["1", "2"]
    scene.clock.advance(days=32)
    await forget_received(scene.union.world, {})
    assert await scene.read(_known) == ["2"]
