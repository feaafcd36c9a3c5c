"""A post from elsewhere that excludes a member: clients get a sentence (GoToSocial)."""

import pytest

from tests.api.rig import Client, Rig
from tests.fakes.stranger import Stranger


@pytest.mark.parametrize("action", ["reply", "favourite", "reblog"])
async def test_O14_what_a_post_does_not_let_is_422_with_a_sentence(
    rig: Rig, ana: Client, action: str
) -> None:
    zoe = (await Stranger(rig.internet, "elsewhere.test", clock=rig.world.clock).start()).add_actor("zoe")
    nobody = {"automaticApproval": [zoe.uri], "manualApproval": []}
    policy = dict.fromkeys(("canReply", "canLike", "canAnnounce"), nobody)
    note = zoe.note("Good morning", interactionPolicy=policy)
    zoe.server.serve(note["id"], note)
    found = await ana.get("/api/v2/search", q=note["id"], resolve=True)
    post_id = found["statuses"][0]["id"]
    if action == "reply":
        body = {"status": "But", "in_reply_to_id": post_id}
        answer = await ana.ask("POST", "/api/v1/statuses", json=body)
    else:
        answer = await ana.ask("POST", f"/api/v1/statuses/{post_id}/{action}")
    assert answer.status_code == 422
    assert "The author of this post does not let you" in answer.json()["error"]
