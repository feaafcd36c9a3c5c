"""What a peer's call says that is not true, or would have our server do: name us, or write to somebody."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.kit.errors import NotAllowed
from fediunion.union.campaigns.consents.service import give
from fediunion.union.campaigns.consents.telling import tell_some
from fediunion.union.campaigns.letters.service import Draft, send_letter
from fediunion.union.campaigns.models import CampaignCall, ContactConsent
from fediunion.union.campaigns.queries import co_sponsor_uris
from fediunion.union.campaigns.solidarity import write_message
from fediunion.union.campaigns.sponsors import service
from fediunion.union.campaigns.terms.call import CallTerms
from tests.union.campaigns.peers import member, question
from tests.union.campaigns.strange_union import StrangeUnion, strange_union
from tests.union.campaigns.unions import Three, decide

OURS = "https://ictysu.example/actors/union"
THIRD = "https://third.example/actors/union"


async def put(three: Three, **said: object) -> tuple[StrangeUnion, CampaignCall]:
    """Return a union elsewhere, and its call as ICTYSU knows it."""
    lead = await strange_union(three, three.ictysu)
    note = question(lead.campaigns, member(**said))
    assert await lead.send(lead.campaigns.create(note), by=lead.campaigns) == "done"
    assert await lead.send(lead.offer(note["id"])) == "done"
    return lead, CampaignCall(uri=note["id"])


async def test_a_call_that_names_our_union_as_its_co_sponsor_is_not_believed(three: Three) -> None:
    _, call = await put(three, **{"fu:coSponsors": [OURS, THIRD]})

    def read(session: Session) -> list[str]:
        found = session.scalars(select(CampaignCall).where(CampaignCall.uri == call.uri)).one()
        return co_sponsor_uris(session, found)

    assert await three.ictysu.world.db.read(read) == [THIRD]
    await decide(three.ictysu, call, service.accept_co_sponsorship, "ictysu.example")
    assert set(await three.ictysu.world.db.read(read)) == {OURS, THIRD}


async def test_our_server_writes_to_no_address_that_a_peers_call_names(three: Three) -> None:
    """Members would be made to write from our server to whomever the peer likes, and changes at will."""
    target = {"fu:role": "Victim", "fu:channel": "email", "fu:address": "victim@private.example"}
    ask = [{"type": "fu:sign"}, {"type": "fu:email-target", "fu:template": {"en": "Dear Victim"}}]
    _, call = await put(three, **{"fu:targets": [target], "fu:asks": ask})
    await decide(three.ictysu, call, service.accept_co_sponsorship, "ictysu.example")
    writer = await three.ictysu.member("heron")

    def write(session: Session) -> None:
        found = session.scalars(select(CampaignCall).where(CampaignCall.uri == call.uri)).one()
        assert CallTerms.from_json(found.terms).targets[0].address == "victim@private.example"
        draft = Draft(subject="Dear Victim", text="You are bad.")
        send_letter(session, found, 0, writer.id, draft, page="https://ictysu.example/")

    with pytest.raises(NotAllowed) as refusal:
        await three.ictysu.world.db.write(write)
    assert refusal.value.reason == "no-office"


@pytest.mark.parametrize(
    "changed",
    [{"fu:closesAt": "9999-12-31T23:59:59Z"}, {"fu:opensAt": "0001-01-01T00:00:00Z"}],
    ids=["closes", "opened"],
)
async def test_a_call_at_the_end_of_time_is_refused(three: Three, changed: dict[str, str]) -> None:
    lead = await strange_union(three, three.ictysu)
    note = question(lead.campaigns, member(**changed))
    outcome = await lead.send(lead.campaigns.create(note), by=lead.campaigns)
    assert outcome.startswith("refused")


async def test_an_outcome_that_is_taken_back_before_it_was_told_tells_nobody(three: Three) -> None:
    _, call = await put(three)
    heron = await three.ictysu.member("heron")

    def ask(session: Session) -> int:
        found = session.scalars(select(CampaignCall).where(CampaignCall.uri == call.uri)).one()
        give(session, found, session.get_one(Actor, heron.id))
        return found.id

    call_id = await three.ictysu.world.db.write(ask)
    assert await three.ictysu.world.db.write(tell_some, call_id) is False

    def told(session: Session) -> list[object]:
        return list(session.scalars(select(ContactConsent.told_at)))

    assert await three.ictysu.world.db.read(told) == [None]


async def test_messages_for_another_unions_call_are_kept_by_nobody_here(three: Three) -> None:
    """Nobody of its team would see them here, and anybody could fill the page of a peer."""
    ask = [{"type": "fu:sign"}, {"type": "fu:solidarity"}]
    _, call = await put(three, **{"fu:asks": ask})

    def write(session: Session) -> None:
        found = session.scalars(select(CampaignCall).where(CampaignCall.uri == call.uri)).one()
        assert found.terms["asks"][1]["type"] == "solidarity"
        write_message(session, found, name="", text="Hm.", language="en", actor_id=None)

    with pytest.raises(NotAllowed):
        await three.ictysu.world.db.write(write)
