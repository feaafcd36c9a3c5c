"""What our posts say of who may reply, like, boost and quote; GoToSocial of any version reads it."""

import pytest

from fediunion.activitypub.audience import Audience
from fediunion.activitypub.vocab import PUBLIC
from tests.fakes.stranger import Json
from tests.social.posts.scene import BASE, Scene

RULES = ("canLike", "canReply", "canAnnounce", "canQuote")


async def _policy(scene: Scene, audience: Audience, quotes: str = "public") -> Json | None:
    """Return the policy of a new post, as it was sent."""
    await scene.followed_by("ana", scene.bob)
    await scene.union.post("ana", "@bob@good.example hello", audience=audience, quote_policy=quotes)
    (create,) = await scene.sent("Create")
    policy: Json | None = create["object"].get("interactionPolicy")
    return policy


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.UNLISTED])
@pytest.mark.parametrize("quotes", ["public", "nobody"])
async def test_a_post_for_everybody_states_every_rule_in_both_spellings(
    scene: Scene, audience: Audience, quotes: str
) -> None:
    policy = await _policy(scene, audience, quotes)
    assert policy is not None
    assert set(policy) == set(RULES)
    for rule in policy.values():
        assert rule["always"] == rule["automaticApproval"]
        assert rule["approvalRequired"] == rule["manualApproval"] == []
    for name in RULES[:3]:
        assert policy[name]["automaticApproval"] == [PUBLIC]
    quoters = [PUBLIC] if quotes == "public" else [f"{BASE}/actors/ana"]
    assert policy["canQuote"]["automaticApproval"] == quoters


@pytest.mark.parametrize("audience", [Audience.FOLLOWERS, Audience.DIRECT])
async def test_a_post_for_some_states_no_policy_that_would_forbid_what_it_leaves_out(
    scene: Scene, audience: Audience
) -> None:
    assert await _policy(scene, audience) is None
