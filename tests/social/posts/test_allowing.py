"""Who a post from elsewhere lets reply, like and boost; members whom it excludes are told so (GoToSocial)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.vocab import PUBLIC
from fediunion.kit.errors import Invalid
from fediunion.social.posts.models import Favourite, Post
from fediunion.social.posts.service import interactions
from tests.fakes.stranger import Json
from tests.social.posts.scene import BASE, Scene, ours

ANA = f"{BASE}/actors/ana"
DEEDS = ("canReply", "canLike", "canAnnounce")


async def _received(scene: Scene, rule: Json | None, **more: Any) -> Post:
    """Return a post of Bob's, whom ana follows, with one rule for everything."""
    await scene.follow("ana", scene.bob)
    if rule is not None:
        more["interactionPolicy"] = dict.fromkeys(DEEDS, rule)
    note = scene.bob.note("Good morning", **more)
    await scene.receive(scene.bob.create(note))
    return await scene.stored(note["id"])


async def _do(scene: Scene, action: str, post: Post) -> None:
    """Let ana do it."""
    if action == "canReply":
        await scene.union.post("ana", "But", in_reply_to_id=post.id)
        return

    def act(session: Session) -> None:
        by: Callable[..., object] = interactions.favourite if action == "canLike" else interactions.boost
        by(session, ours(session, "ana"), post.id)

    await scene.write(act)


async def _sent(scene: Scene) -> list[str]:
    return [each["type"] for each in await scene.sent() if each["type"] != "Follow"]


@pytest.mark.parametrize("action", DEEDS)
@pytest.mark.parametrize("spelling", ["automaticApproval", "always"])
async def test_whom_a_post_excludes_is_refused_and_nothing_is_sent(
    scene: Scene, action: str, spelling: str
) -> None:
    post = await _received(scene, {spelling: scene.bob.uri})
    with pytest.raises(Invalid, match="does not let you"):
        await _do(scene, action, post)
    assert await _sent(scene) == []
    assert await scene.count(Favourite) == 0


@pytest.mark.parametrize("action", DEEDS)
async def test_whom_a_post_lets_who_is_among_them_is_let(scene: Scene, action: str) -> None:
    for named in (PUBLIC, "as:Public", ANA, scene.bob.followers):
        post = await _received(scene, {"automaticApproval": [scene.bob.uri, named]})
        await _do(scene, action, post)
    assert len(await _sent(scene)) == 4


@pytest.mark.parametrize("action", DEEDS)
async def test_what_needs_a_consent_is_sent_and_asks_by_that(scene: Scene, action: str) -> None:
    rule = {"automaticApproval": scene.bob.uri, "manualApproval": [PUBLIC]}
    await _do(scene, action, await _received(scene, rule))
    assert len(await _sent(scene)) == 1


@pytest.mark.parametrize("rule", [None, {}, {"automaticApproval": []}], ids=["no policy", "none", "empty"])
async def test_what_says_nothing_lets_everybody(scene: Scene, rule: Json | None) -> None:
    post = await _received(scene, rule)
    for action in DEEDS:
        await _do(scene, action, post)
    assert len(await _sent(scene)) == 3


async def test_whom_the_author_follows_is_let_where_these_are(scene: Scene) -> None:
    following = f"{scene.bob.uri}/following"
    scene.bob.more["following"] = following
    scene.bob.serve()
    post = await _received(scene, {"automaticApproval": [scene.bob.uri, following]})
    await scene.receive(scene.bob.activity("Update", scene.bob.document()))
    with pytest.raises(Invalid):
        await _do(scene, "canReply", post)
    await scene.followed_by("ana", scene.bob)
    await _do(scene, "canReply", post)


async def test_whom_a_post_mentions_may_reply_and_nothing_else(scene: Scene) -> None:
    mention = {"type": "Mention", "href": ANA, "name": "@ana@union.test"}
    post = await _received(scene, {"automaticApproval": scene.bob.uri}, tag=[mention])
    await _do(scene, "canReply", post)
    for action in DEEDS[1:]:
        with pytest.raises(Invalid):
            await _do(scene, action, post)
