"""Organisations that support a call: by their own Join, or as an officer wrote it down."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.union.campaigns.models import CampaignCall, OutcomeStatus, Resolution
from fediunion.union.campaigns.resolutions import service
from fediunion.union.campaigns.resolutions.queries import get_resolution, list_resolutions
from fediunion.union.campaigns.service.ending import close_call
from tests.fakes.stranger import StrangeActor, Stranger
from tests.union.campaigns.conftest import Allies, change, publish
from tests.union.campaigns.peers import share_calls
from tests.union.campaigns.samples import call_terms

INBOX = "https://ccisua.example/inbox"
ASKS = [{"type": "sign", "modes": ["counted"]}, {"type": "union-resolution", "goal": 40}]


async def asking(allies: Allies) -> CampaignCall:
    """Return an open call of CCISUA that asks for resolutions."""
    return await publish(allies.ccisua, call_terms(asks=ASKS))


async def organisation(allies: Allies, *, trusted: bool = True) -> StrangeActor:
    """Return an organisation's actor elsewhere, on a server that shares calls with CCISUA where `trusted`."""
    server = await Stranger(allies.internet, "usi.example", clock=allies.clock).start()
    if trusted:
        await share_calls(allies.ccisua, "usi.example")
    return server.add_actor("union", type="Organization")


async def join(allies: Allies, actor: StrangeActor, call: CampaignCall, **more: Any) -> dict[str, Any]:
    """Return the Join that an actor sent about a call."""
    joining = actor.activity("Join", call.uri, to=["https://ccisua.example/actors/campaigns"], **more)
    assert (await actor.post(INBOX, joining)).status == 202
    await allies.settle()
    return joining


async def listed(allies: Allies, call: CampaignCall) -> list[Resolution]:
    """Return the resolutions about a call, the newest first."""
    return list(await allies.ccisua.world.db.read(list_resolutions, call))


def answers(actor: StrangeActor) -> list[tuple[str, str]]:
    """Return how an actor's Joins were answered: the type, and the reason where there is one."""
    received = [each.activity for each in actor.server.received]
    return [
        (each["type"], each.get("fu:reason", "")) for each in received if each["type"] in ("Accept", "Reject")
    ]


async def test_an_organisations_join_is_a_resolution_and_is_answered(allies: Allies) -> None:
    call, usi = await asking(allies), await organisation(allies)
    await join(allies, usi, call, content="<p>Adopted by <b>congress</b></p>", url="https://usi.example/r/1")
    (row,) = await listed(allies, call)
    assert (row.organisation, row.text, row.url) == (
        "Union",
        "Adopted by congress",
        "https://usi.example/r/1",
    )
    assert row.adopted_on == "2026-12-01"
    assert answers(usi) == [("Accept", "")]
    await join(allies, usi, call)
    assert len(await listed(allies, call)) == 1


@pytest.mark.parametrize("taking_back", ["Undo", "Leave"])
async def test_an_organisation_takes_its_support_back(allies: Allies, taking_back: str) -> None:
    call, usi = await asking(allies), await organisation(allies)
    joining = await join(allies, usi, call)
    other = usi.server.add_actor("other", type="Organization")
    about = joining["id"] if taking_back == "Undo" else call.uri
    await other.post(INBOX, other.activity(taking_back, about))
    await allies.settle()
    assert len(await listed(allies, call)) == 1
    await usi.post(INBOX, usi.activity(taking_back, about))
    await allies.settle()
    assert await listed(allies, call) == []
    await join(allies, usi, call)
    assert len(await listed(allies, call)) == 1


async def test_a_call_that_asks_for_none_or_is_over_takes_none(allies: Allies) -> None:
    plain, usi = await publish(allies.ccisua), await organisation(allies)
    await join(allies, usi, plain)
    call = await asking(allies)
    await change(allies.ccisua, call, close_call, OutcomeStatus.WON, "Won.", by="tests")
    await allies.settle()
    await join(allies, usi, call)
    assert answers(usi) == [("Reject", "no-such-ask"), ("Reject", "call-closed")]
    assert await listed(allies, plain) == await listed(allies, call) == []


async def test_who_only_calls_itself_a_union_supports_nothing(allies: Allies) -> None:
    call, employer = await asking(allies), await organisation(allies, trusted=False)
    await join(allies, employer, call, content="<p>We, the union of the employer</p>")
    assert answers(employer) == [("Reject", "no-peer")]
    assert await listed(allies, call) == []


async def test_one_server_sends_no_flood_of_organisations(allies: Allies) -> None:
    call, usi = await asking(allies), await organisation(allies)
    for number in range(service.MOST_OF_A_HOST + 1):
        await join(allies, usi.server.add_actor(f"union{number}", type="Organization"), call)
    assert len(await listed(allies, call)) == service.MOST_OF_A_HOST
    assert answers(usi)[-1] == ("Reject", "vote-flood")


async def test_F36_organisations_below_one_domain_count_as_one_server(allies: Allies) -> None:
    call = await asking(allies)
    for number in range(service.MOST_OF_A_HOST + 1):
        host = f"s{number}.usi.example"
        server = await Stranger(allies.internet, host, clock=allies.clock).start()
        await share_calls(allies.ccisua, host)
        await join(allies, server.add_actor("union", type="Organization"), call)
        # Nor are they asked for their keys as often as they like.
        allies.clock.advance(minutes=1)
    assert len(await listed(allies, call)) == service.MOST_OF_A_HOST


async def do(allies: Allies, call: CampaignCall, work: Callable[..., Any], *more: Any, **named: Any) -> Any:
    """Let CCISUA do something of the service with its call."""
    return await change(allies.ccisua, call, work, *more, by="tests", **named)


async def test_an_officer_writes_down_and_takes_out_a_resolution(allies: Allies) -> None:
    call = await asking(allies)
    await do(allies, call, service.add_resolution, "Prospect", adopted_on="2026-11-30", text="We support it.")
    await do(allies, call, service.add_resolution, "  PROSPECT ", adopted_on="2026-11-29")
    (row,) = await listed(allies, call)
    assert (row.organisation, row.adopted_on, row.text) == ("PROSPECT", "2026-11-29", "")

    def remove(session: Session, found: CampaignCall, *, by: str) -> None:
        service.remove_resolution(session, found, get_resolution(session, found, row.id), by=by)

    await do(allies, call, remove)
    assert await listed(allies, call) == []


@pytest.mark.parametrize(
    ("organisation", "more", "field"),
    [
        ("", {}, "organisation"),
        ("Prospect", {"adopted_on": "2026-12-02"}, "on"),
        ("Prospect", {"adopted_on": "yesterday"}, "on"),
        ("Prospect", {"url": "javascript:alert(1)"}, "url"),
        ("Prospect", {"text": "x" * 2001}, "text"),
    ],
    ids=["no-name", "tomorrow", "no-day", "script", "long-text"],
)
async def test_what_an_officer_writes_wrong_is_refused(
    allies: Allies, organisation: str, more: dict[str, Any], field: str
) -> None:
    call = await asking(allies)
    with pytest.raises(Invalid) as refused:
        await do(allies, call, service.add_resolution, organisation, **more)
    assert refused.value.field == field
    assert await listed(allies, call) == []


async def test_a_call_that_asks_for_none_is_given_none(allies: Allies) -> None:
    call = await publish(allies.ccisua)
    with pytest.raises(NotAllowed):
        await do(allies, call, service.add_resolution, "Prospect")
