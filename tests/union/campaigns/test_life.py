"""The life of a call of ours: written, published, opened and closed by the clock, ended with its outcome."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.queries import find_local_actor, get_actor
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.social.posts.models import Poll
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service.publishing import withdraw_post
from fediunion.union.campaigns.models import CallState, OutcomeStatus
from fediunion.union.campaigns.service.drafting import change_call
from fediunion.union.campaigns.service.ending import close_call, withdraw_call
from fediunion.union.campaigns.service.publishing import publish_call
from fediunion.union.campaigns.thunderclap.service import set_thunderclap
from fediunion.union.campaigns.thunderclap.terms import ThunderclapTerms
from tests.fakes.stranger import StrangeActor, Stranger
from tests.fakes.union import TestUnion
from tests.union.campaigns.conftest import Allies, again, calls, change, draft, publish
from tests.union.campaigns.samples import AS_OF, call_terms


def received(reader: StrangeActor, type_name: str) -> list[dict[str, Any]]:
    """Return the objects of the activities of a type that somebody's server got."""
    posts = reader.server.received
    return [each.activity["object"] for each in posts if each.activity["type"] == type_name]


async def poll_of(union: TestUnion, post_id: int | None) -> Poll:
    """Return the poll of a call."""

    def read(session: Session) -> Poll:
        return session.get_one(Poll, post_id)

    return await union.world.db.read(read)


async def test_a_published_call_is_a_question_that_says_itself_how_one_signs(allies: Allies) -> None:
    reader = await allies.follower("mastodon.example")
    call = await publish(allies.ccisua)
    await allies.settle()
    (question,) = received(reader, "Create")
    assert question["type"] == "Question"
    assert question["id"] == call.uri
    assert "name" not in question
    assert "summary" not in question
    assert question["content"].startswith(
        "<p><strong>Restore negotiation rights for staff unions</strong></p>"
    )
    assert "your vote goes only to us" in question["content"]
    assert "28 February 2027, 23:59 (UTC)" in question["content"]
    assert [option["name"] for option in question["oneOf"]] == ["Sign", "Just following"]
    assert question["endTime"] == "2027-02-28T23:59:59Z"
    assert question["attachment"][0]["href"] == "https://ccisua.example/campaigns/" + call.slug
    assert [action["type"] for action in question["potentialAction"]] == [
        "sc:EndorseAction",
        "sc:CommunicateAction",
    ]
    member = question["campaignCall"]
    assert member["fu:title"] == call.title
    assert member["fu:lead"] == "https://ccisua.example/actors/union"
    assert member["fu:asks"][0]["type"] == "fu:sign"


async def test_a_call_in_french_is_put_in_french(allies: Allies) -> None:
    reader = await allies.follower("mastodon.example")
    await publish(allies.ccisua, call_terms(languages=["fr"]))
    await allies.settle()
    (question,) = received(reader, "Create")
    assert list(question["contentMap"]) == ["fr"]
    assert "28 février 2027" in question["content"]


async def test_a_call_that_was_published_before_its_opening_goes_out_then(allies: Allies) -> None:
    reader = await allies.follower("mastodon.example")
    call = await publish(allies.ccisua, opens=AS_OF + timedelta(days=2))
    await allies.settle()
    assert (call.state, call.scheduled) == (CallState.DRAFT, True)
    assert received(reader, "Create") == []
    await allies.pass_until("2026-12-03T09:00:00Z")
    assert (await again(allies.ccisua, call)).state == CallState.OPEN
    assert len(received(reader, "Create")) == 1


async def test_a_call_whose_opening_was_put_off_waits_for_the_later_moment(allies: Allies) -> None:
    call = await publish(allies.ccisua, opens=AS_OF + timedelta(days=2))
    later = AS_OF + timedelta(days=4)
    await change(allies.ccisua, call, change_call, call_terms(), opens_at=later, by="tests")
    await allies.pass_until("2026-12-03T09:00:00Z")
    assert (await again(allies.ccisua, call)).state == CallState.DRAFT
    await allies.pass_until("2026-12-05T09:10:00Z")
    assert (await again(allies.ccisua, call)).state == CallState.OPEN


async def test_a_call_closes_by_the_clock_and_waits_for_its_outcome(allies: Allies) -> None:
    reader = await allies.follower("mastodon.example")
    call = await publish(allies.ccisua)
    await allies.settle()
    reader.server.received.clear()
    await allies.pass_until("2027-02-28T23:59:59Z")
    call = await again(allies.ccisua, call)
    assert (call.state, call.outcome_status) == (CallState.CLOSED, "")
    assert (await poll_of(allies.ccisua, call.post_id)).closed_at is not None
    edits = [each for each in received(reader, "Update") if "updated" in each]
    assert len(edits) == 1
    assert edits[0]["content"].startswith("<p><strong>[Closed] Restore")
    assert "Vote below" not in edits[0]["content"]


async def test_the_outcome_is_told_to_whoever_got_the_call(allies: Allies) -> None:
    reader = await allies.follower("mastodon.example")
    call = await publish(allies.ccisua)
    await allies.settle()
    reader.server.received.clear()
    await change(allies.ccisua, call, close_call, OutcomeStatus.WON, "Talks begin.", "2026-11-30", by="tests")
    await allies.settle()
    (edit,) = [each for each in received(reader, "Update") if "updated" in each]
    assert edit["content"].startswith("<p><strong>[Won] Restore")
    assert "Talks begin." in edit["content"]
    assert edit["campaignCall"]["fu:outcome"] == {
        "fu:status": "won",
        "fu:date": "2026-11-30",
        "fu:text": "Talks begin.",
    }
    assert (await poll_of(allies.ccisua, call.post_id)).closed_at is not None


async def test_a_call_has_one_outcome_which_is_mandatory(allies: Allies) -> None:
    call = await publish(allies.ccisua)
    for words in (" ", "a\x00b", "half \ud83d"):
        with pytest.raises(Invalid) as refused:
            await change(allies.ccisua, call, close_call, OutcomeStatus.LOST, words, by="tests")
        assert refused.value.field == "text"
    with pytest.raises(Invalid) as refused:
        await change(
            allies.ccisua, call, close_call, OutcomeStatus.LOST, "No talks.", "2030-01-01", by="tests"
        )
    assert refused.value.field == "on"
    await change(allies.ccisua, call, close_call, OutcomeStatus.LOST, "No talks.", by="tests")
    with pytest.raises(NotAllowed):
        await change(allies.ccisua, call, close_call, OutcomeStatus.WON, "Talks.", by="tests")


async def test_a_later_closing_date_keeps_the_poll_open_until_then(allies: Allies) -> None:
    call = await publish(allies.ccisua)
    later = datetime(2027, 3, 31, tzinfo=UTC)
    await change(allies.ccisua, call, change_call, call_terms(), closes_at=later, by="tests")
    await allies.pass_until("2027-03-01T00:00:00Z")
    call = await again(allies.ccisua, call)
    assert call.state == CallState.OPEN
    assert (await poll_of(allies.ccisua, call.post_id)).closed_at is None
    await allies.pass_until("2027-03-31T00:00:00Z")
    assert (await again(allies.ccisua, call)).state == CallState.CLOSED


async def test_what_people_voted_for_cannot_be_changed_under_them(allies: Allies) -> None:
    call = await publish(allies.ccisua)
    for terms in (call_terms(languages=["fr"]), call_terms(pledges=True)):
        with pytest.raises(Invalid) as refused:
            await change(allies.ccisua, call, change_call, terms, by="tests")
        assert refused.value.field == "asks"


async def test_a_call_that_asks_for_a_pledge_needs_its_moment(allies: Allies) -> None:
    call = await draft(allies.ccisua, call_terms(pledges=True))
    with pytest.raises(Invalid) as refused:
        await change(allies.ccisua, call, publish_call, by="tests")
    assert refused.value.reason == "no-thunderclap"


async def test_a_draft_that_is_withdrawn_is_gone_and_an_open_call_says_so(allies: Allies) -> None:
    made = await draft(allies.ccisua)
    await change(allies.ccisua, made, withdraw_call, "", by="tests")
    assert await calls(allies.ccisua) == []
    call = await publish(allies.ccisua)
    await change(allies.ccisua, call, withdraw_call, "The bulletin was revoked.", by="tests")
    assert (await again(allies.ccisua, call)).outcome_status == OutcomeStatus.WITHDRAWN


async def test_what_is_over_is_neither_published_nor_changed(allies: Allies) -> None:
    made = await draft(allies.ccisua, closes=AS_OF - timedelta(days=1))
    with pytest.raises(Invalid) as refused:
        await change(allies.ccisua, made, publish_call, by="tests")
    assert refused.value.field == "closesAt"
    call = await publish(allies.ccisua)
    await change(allies.ccisua, call, close_call, OutcomeStatus.WON, "Talks begin.", by="tests")
    with pytest.raises(NotAllowed):
        await change(allies.ccisua, call, change_call, call_terms(), by="tests")
    with pytest.raises(NotAllowed):
        await change(allies.ccisua, call, publish_call, by="tests")


async def test_the_words_of_a_call_are_changed_by_its_officers_alone(allies: Allies) -> None:
    reader = await allies.follower("mastodon.example")
    call = await publish(allies.ccisua)
    await allies.settle()
    reader.server.received.clear()
    await change(
        allies.ccisua, call, change_call, call_terms(demand="Reinstate <b>mediation</b>."), by="tests"
    )
    await allies.settle()
    (edit,) = [each for each in received(reader, "Update") if "updated" in each]
    assert "<p>Reinstate &lt;b&gt;mediation&lt;/b&gt;.</p>" in edit["content"]
    post = await allies.ccisua.world.db.read(find_post, call.post_id or 0)
    assert post is not None
    assert post.uri == call.uri


async def test_a_call_whose_post_was_deleted_is_withdrawn(allies: Allies) -> None:
    call = await publish(allies.ccisua)
    await allies.settle()

    def delete(session: Session) -> None:
        post = find_post(session, call.post_id or 0)
        assert post is not None
        withdraw_post(session, get_actor(session, post.author_id), post)

    await allies.ccisua.world.db.write(delete)
    ended = await again(allies.ccisua, call)
    assert (ended.state, ended.outcome_status) == (CallState.CLOSED, OutcomeStatus.WITHDRAWN)


async def test_what_cannot_open_any_more_stays_a_draft(allies: Allies) -> None:
    late = await publish(allies.ccisua, opens=AS_OF + timedelta(days=2), closes=AS_OF + timedelta(days=3))
    barred = await publish(allies.ccisua, opens=AS_OF + timedelta(days=4), slug="barred")

    def suspend(session: Session) -> None:
        actor = find_local_actor(session, "campaigns")
        assert actor is not None
        actor.suspended_at = allies.clock.now()

    await allies.ccisua.world.db.write(suspend)
    await allies.pass_until("2026-12-05T09:00:00Z")
    for call in (late, barred):
        left = await again(allies.ccisua, call)
        assert (left.state, left.scheduled) == (CallState.DRAFT, False)


async def test_a_call_does_not_close_before_its_boost(allies: Allies) -> None:
    call = await draft(allies.ccisua, call_terms(pledges=True))
    clap = ThunderclapTerms(message={"en": "Together."}, threshold=10, release_at=AS_OF + timedelta(days=9))
    await change(allies.ccisua, call, set_thunderclap, clap, by="tests")
    await change(allies.ccisua, call, publish_call, by="tests")
    sooner = AS_OF + timedelta(days=8)
    with pytest.raises(Invalid) as refused:
        await change(allies.ccisua, call, change_call, call_terms(pledges=True), closes_at=sooner, by="tests")
    assert refused.value.field == "closesAt"


async def test_the_outcome_reaches_who_voted_on_a_server_that_was_sent_nothing(allies: Allies) -> None:
    call = await publish(allies.ccisua)
    await allies.settle()
    server = await Stranger(allies.internet, "elsewhere.example", clock=allies.clock).start()
    voter = server.add_actor("voter")
    to = ["https://ccisua.example/actors/campaigns"]
    vote = voter.note(to=to, name="Sign", inReplyTo=call.uri)
    del vote["content"]
    await voter.post("https://ccisua.example/inbox", voter.activity("Create", vote, to=to))
    await allies.settle()
    allies.clock.advance(seconds=1)
    await change(allies.ccisua, call, close_call, OutcomeStatus.WON, "Talks begin.", by="tests")
    await allies.settle()
    (edit,) = [each for each in received(voter, "Update") if "updated" in each]
    assert "[Won]" in edit["content"]
