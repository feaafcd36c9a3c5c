"""Our union supports a call that another one leads, takes that back, or is refused."""

import pytest

from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.union.campaigns.models import CampaignCall, OutcomeStatus, Resolution
from fediunion.union.campaigns.queries import find_call_by_uri
from fediunion.union.campaigns.resolutions.adopting import adopt_resolution, revoke_resolution
from fediunion.union.campaigns.resolutions.queries import list_resolutions
from fediunion.union.campaigns.service.ending import close_call
from tests.fakes.stranger import Stranger
from tests.fakes.union import TestUnion
from tests.union.campaigns.conftest import Allies, change, publish
from tests.union.campaigns.samples import call_terms

ASKS = [{"type": "sign", "modes": ["counted"]}, {"type": "union-resolution", "goal": 40}]


async def _call_elsewhere(allies: Allies, *, asks: bool = True) -> tuple[CampaignCall, CampaignCall]:
    """Return an open call of CCISUA, as it is there and at ICTYSU."""
    await allies.affiliate()
    call = await publish(allies.ccisua, call_terms(asks=ASKS if asks else ASKS[:1]))
    await allies.settle()
    theirs = await allies.ictysu.world.db.read(find_call_by_uri, call.uri or "")
    assert theirs is not None
    return call, theirs


async def _listed(union: TestUnion, call: CampaignCall) -> list[Resolution]:
    return list(await union.world.db.read(list_resolutions, call))


async def test_a_union_that_supports_a_call_is_named_by_the_union_that_leads_it_until_it_takes_that_back(
    allies: Allies,
) -> None:
    call, theirs = await _call_elsewhere(allies)
    words = {"text": "Adopted <unanimously>", "url": "https://ictysu.example/r/1"}
    await change(allies.ictysu, theirs, adopt_resolution, by="ana", **words)
    await allies.settle()
    (row,) = await _listed(allies.ccisua, call)
    assert (row.text, row.url) == ("Adopted <unanimously>", "https://ictysu.example/r/1")
    assert row.organisation_key == "https://ictysu.example/actors/union"
    with pytest.raises(NotAllowed, match="already"):
        await change(allies.ictysu, theirs, adopt_resolution, by="ana")

    await change(allies.ictysu, theirs, revoke_resolution, by="ana")
    await allies.settle()
    assert await _listed(allies.ccisua, call) == await _listed(allies.ictysu, theirs) == []
    with pytest.raises(NotAllowed):
        await change(allies.ictysu, theirs, revoke_resolution, by="ana")


async def test_what_the_leading_union_refuses_is_shown_as_support_no_more(allies: Allies) -> None:
    call, theirs = await _call_elsewhere(allies)
    await change(allies.ictysu, theirs, adopt_resolution, by="ana")
    await change(allies.ccisua, call, close_call, OutcomeStatus.LOST, "It was not to be.", by="bo")
    await allies.settle()
    assert await _listed(allies.ccisua, call) == await _listed(allies.ictysu, theirs) == []


async def test_a_refusal_by_anybody_else_changes_nothing(allies: Allies) -> None:
    call, theirs = await _call_elsewhere(allies)
    await change(allies.ictysu, theirs, adopt_resolution, by="ana")
    (ours,) = await _listed(allies.ictysu, theirs)
    server = await Stranger(allies.internet, "evil.example", clock=allies.clock).start()
    mallory = server.add_actor("mallory")
    join = {"id": ours.join_uri, "type": "Join", "object": call.uri}
    for answer in ("Reject", "Accept"):
        await mallory.post("https://ictysu.example/inbox", mallory.activity(answer, join))
    await allies.settle()
    assert len(await _listed(allies.ictysu, theirs)) == len(await _listed(allies.ccisua, call)) == 1


async def test_a_call_that_asks_for_none_and_words_that_cannot_stand_are_refused(allies: Allies) -> None:
    call, theirs = await _call_elsewhere(allies, asks=False)
    with pytest.raises(NotAllowed):
        await change(allies.ictysu, theirs, adopt_resolution, by="ana")
    with pytest.raises(NotAllowed):
        await change(allies.ccisua, call, adopt_resolution, by="ana")


async def test_an_address_that_is_none_and_words_too_many_are_refused(allies: Allies) -> None:
    _, theirs = await _call_elsewhere(allies)
    for wrong in ({"url": "javascript:alert(1)"}, {"text": "x" * 2001}):
        with pytest.raises(Invalid):
            await change(allies.ictysu, theirs, adopt_resolution, by="ana", **wrong)
    assert await _listed(allies.ictysu, theirs) == []
