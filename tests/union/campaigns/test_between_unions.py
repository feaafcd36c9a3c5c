"""Calls that come from elsewhere: from whom they are taken, changed, believed, forgotten."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.inbox.models import InboxActivity
from fediunion.kit.errors import NotAllowed
from fediunion.social.posts.queries import find_post_by_uri
from fediunion.union.affiliation.service import offers
from fediunion.union.campaigns.models import CallState, OutcomeStatus
from fediunion.union.campaigns.queries import ANYBODY, CallReader, list_calls
from fediunion.union.campaigns.service.drafting import change_call
from fediunion.union.campaigns.service.ending import close_call
from fediunion.union.campaigns.service.judging import hide_call
from fediunion.union.campaigns.service.rows import Person, terms_of
from tests.fakes import bonds
from tests.fakes.stranger import Stranger
from tests.union.campaigns.conftest import Allies, calls, change, publish
from tests.union.campaigns.peers import INBOX, caller_of, member, question, tell, tell_again
from tests.union.campaigns.samples import call_terms


async def outcomes(allies: Allies) -> list[str]:
    """Return what ICTYSU made of what it received, the oldest first."""

    def read(session: Session) -> list[str]:
        rows = session.scalars(select(InboxActivity).order_by(InboxActivity.id))
        return [row.outcome or "" for row in rows]

    return await allies.ictysu.world.db.read(read)


async def test_a_call_appears_at_an_affiliated_union_though_nobody_follows_its_actor(allies: Allies) -> None:
    await allies.affiliate()
    ours = await publish(allies.ccisua)
    await allies.settle()
    (theirs,) = await calls(allies.ictysu)
    assert (theirs.uri, theirs.title, theirs.state, theirs.local) == (ours.uri, ours.title, "open", False)
    assert (theirs.opens_at, theirs.closes_at, theirs.goal) == (ours.opens_at, ours.closes_at, 5000)
    assert theirs.url == ours.url
    said = terms_of(theirs)
    assert said == terms_of(ours)


async def test_edits_the_tally_and_the_outcome_follow_it(allies: Allies) -> None:
    await allies.affiliate()
    ours = await publish(allies.ccisua)
    await allies.settle()
    allies.clock.advance(seconds=1)
    await change(allies.ccisua, ours, change_call, call_terms(demand="Talk to us."), by="tests")
    await allies.settle()
    (theirs,) = await calls(allies.ictysu)
    assert theirs.demand == "Talk to us."
    allies.clock.advance(seconds=1)
    await change(allies.ccisua, ours, close_call, OutcomeStatus.PARTLY_WON, "Mediation is back.", by="tests")
    await allies.settle()
    (theirs,) = await calls(allies.ictysu)
    assert (theirs.state, theirs.outcome_status) == (CallState.CLOSED, OutcomeStatus.PARTLY_WON)
    assert (theirs.outcome_text, theirs.outcome_on) == ("Mediation is back.", "2026-12-01")


async def test_what_was_open_before_the_relation_is_told_when_it_begins(allies: Allies) -> None:
    await publish(allies.ccisua)
    await allies.settle()
    assert await calls(allies.ictysu) == []
    await allies.affiliate()
    (theirs,) = await calls(allies.ictysu)
    assert theirs.state == CallState.OPEN


async def test_a_union_that_may_share_calls_no_more_has_none_here(allies: Allies) -> None:
    await allies.affiliate()
    ours = await publish(allies.ccisua)
    await allies.settle()
    await bonds.decide(allies.ictysu, "ccisua.example", offers.end_affiliation)
    await allies.settle()
    assert await calls(allies.ictysu) == []
    assert await allies.ictysu.world.db.read(find_post_by_uri, ours.uri or "") is not None


async def test_a_call_of_a_union_without_a_relation_is_a_post(allies: Allies) -> None:
    await allies.ictysu.member("ana")
    await allies.ictysu.follow("ana", "campaigns@ccisua.example")
    await allies.settle()
    await publish(allies.ccisua)
    await allies.settle()
    assert await calls(allies.ictysu) == []
    (text,) = await allies.ictysu.home("ana")
    assert "Restore negotiation rights" in text


async def test_a_call_for_the_network_is_shown_to_members_alone(allies: Allies) -> None:
    outside = await allies.follower("mastodon.example")
    await allies.affiliate()
    await publish(allies.ccisua, audience=Audience.NETWORK)
    await allies.settle()
    (theirs,) = await calls(allies.ictysu)
    assert theirs.audience == Audience.NETWORK
    assert not ANYBODY.may_see(theirs)
    assert CallReader(is_member=True).may_see(theirs)
    assert outside.server.received == []


async def test_the_name_and_address_of_a_person_leave_the_server_never(allies: Allies) -> None:
    reader = await allies.follower("mastodon.example")
    people = {0: Person(name="Jane Planted-Canary", address="jane.planted@rco.example")}
    await publish(allies.ccisua, people=people)
    await allies.settle()
    sent = b"".join(each.body for each in reader.server.received)
    assert b"Executive Head" in sent
    assert b"Planted" not in sent
    assert b"jane" not in sent


async def test_a_call_that_came_twice_is_one(allies: Allies) -> None:
    actor = await caller_of(allies, "gftu.example")
    note = question(actor, member())
    await tell(allies, actor, note)
    await tell(allies, actor, note)
    await tell(allies, actor, note, "Update")
    (theirs,) = await calls(allies.ictysu)
    assert theirs.uri == note["id"]


async def test_the_tally_of_a_call_is_that_of_its_question(allies: Allies) -> None:
    actor = await caller_of(allies, "gftu.example")
    note = question(actor, member())
    await tell(allies, actor, note)
    options = question(actor, member(), votes=(812, 96))["oneOf"]
    allies.clock.advance(seconds=1)
    await tell(allies, actor, note | {"oneOf": options, "votersCount": 908}, "Update")
    (theirs,) = await calls(allies.ictysu)
    assert (theirs.signatures_count, theirs.followers_count, theirs.pledges_count) == (812, 96, 0)


async def test_a_deleted_call_is_gone(allies: Allies) -> None:
    actor = await caller_of(allies, "gftu.example")
    note = question(actor, member())
    await tell(allies, actor, note)
    await actor.post(INBOX, actor.activity("Delete", note["id"], to=note["to"]))
    await allies.settle()
    assert await calls(allies.ictysu) == []


async def test_another_actor_changes_no_call(allies: Allies) -> None:
    actor = await caller_of(allies, "gftu.example")
    note = question(actor, member())
    await tell(allies, actor, note)
    other = actor.server.add_actor("intruder", type="Service")
    allies.clock.advance(seconds=1)
    forged = note | {"updated": "2026-12-01T09:00:01Z", "campaignCall": member(**{"fu:title": "Forged"})}
    await other.post(INBOX, other.activity("Update", forged, to=note["to"]))
    await other.post(INBOX, other.activity("Delete", note["id"], to=note["to"]))
    await allies.settle()
    (theirs,) = await calls(allies.ictysu)
    assert theirs.title == "Restore negotiation rights for staff unions"


async def test_another_server_puts_no_call_in_the_name_of_a_union(allies: Allies) -> None:
    actor = await caller_of(allies, "gftu.example")
    hostile = (await Stranger(allies.internet, "freejobs.example", clock=allies.clock).start()).add_actor("x")
    note = question(actor, member())
    actor.server.withdraw(note["id"], status=404)
    await hostile.post(INBOX, hostile.activity("Create", note, to=note["to"]))
    await allies.settle()
    assert await calls(allies.ictysu) == []


async def test_a_malformed_call_is_counted_and_stays_a_post(allies: Allies) -> None:
    await allies.ictysu.member("ana")
    actor = await caller_of(allies, "gftu.example")
    await allies.ictysu.follow("ana", "campaigns@gftu.example")
    await allies.settle()
    follow = actor.server.received[-1].activity
    await actor.post(INBOX, actor.activity("Accept", follow))
    await allies.settle()
    note = question(actor, member(**{"fu:demand": "x" * 5000}))
    await tell(allies, actor, note)
    assert await calls(allies.ictysu) == []
    assert await allies.ictysu.find_post(note["id"]) is not None
    assert (await outcomes(allies))[-1].startswith("done, in part refused: ")


async def test_a_call_that_becomes_another_thing_is_forgotten(allies: Allies) -> None:
    actor = await caller_of(allies, "gftu.example")
    note = question(actor, member())
    await tell(allies, actor, note)
    await tell_again(allies, actor, note, campaignCall=None)
    assert await calls(allies.ictysu) == []
    assert await allies.ictysu.find_post(note["id"]) is not None


async def test_hostile_markup_in_a_call_is_text(allies: Allies) -> None:
    actor = await caller_of(allies, "gftu.example")
    script = "<script>alert(1)</script>"
    note = question(actor, member(**{"fu:title": script, "fu:case": {"en": script}}))
    await tell(allies, actor, note)
    (theirs,) = await calls(allies.ictysu)
    assert theirs.title == script
    assert terms_of(theirs).case == {"en": script}


async def test_a_call_of_elsewhere_that_was_over_when_it_came_is_closed(allies: Allies) -> None:
    actor = await caller_of(allies, "gftu.example")
    outcome = {"fu:status": "won", "fu:date": "2026-11-19", "fu:text": "Signed."}
    changed = {"fu:status": "closed", "fu:closesAt": "2026-11-20T00:00:00Z", "fu:outcome": outcome}
    note = question(actor, member(**changed))
    await tell(allies, actor, note)
    (theirs,) = await calls(allies.ictysu)
    assert (theirs.state, theirs.outcome_status, theirs.outcome_text) == ("closed", "won", "Signed.")


async def test_a_call_of_elsewhere_closes_by_the_clock_too(allies: Allies) -> None:
    actor = await caller_of(allies, "gftu.example")
    await tell(allies, actor, question(actor, member()))
    await allies.pass_until("2027-02-28T23:59:59Z")
    (theirs,) = await calls(allies.ictysu)
    assert theirs.state == CallState.CLOSED


async def test_a_moderator_hides_a_call_of_elsewhere_and_shows_it_again(allies: Allies) -> None:
    actor = await caller_of(allies, "gftu.example")
    await tell(allies, actor, question(actor, member()))
    (theirs,) = await calls(allies.ictysu)
    await change(allies.ictysu, theirs, hide_call, by="tests", reason="spam")
    (theirs,) = await calls(allies.ictysu)
    assert not CallReader(is_member=True).may_see(theirs)
    assert CallReader(is_member=True, is_moderator=True).may_see(theirs)
    assert await allies.ictysu.world.db.read(list_calls, CallReader(is_member=True)) == []
    await change(allies.ictysu, theirs, hide_call, by="tests", hidden=False)
    assert len(await allies.ictysu.world.db.read(list_calls, ANYBODY)) == 1
    ours = await publish(allies.ictysu)
    with pytest.raises(NotAllowed):
        await change(allies.ictysu, ours, hide_call, by="tests")
