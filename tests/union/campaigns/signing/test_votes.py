"""A vote is a signature: once for each actor, from any server, answered by one message."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.domains import set_domain_rule
from fediunion.actors.models import Actor, DomainAction, Reach
from fediunion.actors.service import suspend_actor
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.outbox.ledger import retain, trim_bodies
from fediunion.social.follows.models import Block
from fediunion.social.posts.service.drafts import PollDraft
from fediunion.social.posts.service.polls import vote
from fediunion.union.campaigns.models import CallState, CampaignCall, Route, SigningMode
from fediunion.union.campaigns.signing.links import WITHDRAW
from fediunion.union.campaigns.signing.queries import find_by_link
from fediunion.union.campaigns.signing.withdrawing import withdraw
from tests.fakes.stranger import StrangeActor
from tests.union.campaigns.signing.booth import FOLLOW, SIGN, Booth, link_in


async def _row(booth: Booth, actor: StrangeActor) -> Actor:
    return await booth.union.actor(f"{actor.name}@{actor.server.authority}")


async def test_a_vote_from_elsewhere_is_one_signature_that_keeps_no_name(booth: Booth) -> None:
    bob = await booth.voter()
    assert await booth.vote(bob) == "done"
    (signature,) = await booth.signatures()
    assert (signature.route, signature.mode, signature.name) == (Route.VOTE, SigningMode.COUNTED, "")
    assert (await booth.total(), await booth.tally()) == (1, [1, 0])
    assert signature.day == "2026-12-01"


async def test_the_voter_gets_one_message_with_thanks_and_a_link_that_withdraws(booth: Booth) -> None:
    bob = await booth.voter()
    vote_of_bob = booth.vote_of(bob)
    await booth.receive(vote_of_bob)
    await booth.vote(bob)
    (message,) = await booth.messages()
    assert (message["to"], message["cc"], message["tag"][0]["href"]) == ([bob.uri], [], bob.uri)
    assert message["content"].count("<a ") == 2
    assert [each.activity["object"]["id"] for each in bob.server.received] == [message["id"]]
    found = await booth.read(find_by_link, link_in(message["content"], WITHDRAW))
    assert found is not None
    await booth.write(lambda session: withdraw(session, found[1]))
    assert (await booth.signatures(), await booth.total(), await booth.tally()) == ([], 0, [0, 0])
    assert await booth.read(find_by_link, link_in(message["content"], WITHDRAW)) is None


async def test_a_message_is_no_post_and_its_link_leaves_the_database_with_it(booth: Booth) -> None:
    before = await booth.posts()
    await booth.vote(await booth.voter())
    assert (await booth.posts(), len(await booth.messages())) == (before, 1)
    booth.clock.advance(days=7)
    await booth.write(retain)
    await booth.write(trim_bodies)
    assert await booth.messages() == []


async def test_A29_a_second_vote_of_an_actor_is_refused_and_counts_nothing(booth: Booth) -> None:
    bob = await booth.voter()
    await booth.vote(bob)
    assert (await booth.vote(bob, FOLLOW)).startswith("refused")
    assert await booth.vote(bob) == "done"
    assert (await booth.total(), await booth.tally(), len(await booth.messages())) == (1, [1, 0], 1)


async def test_who_withdrew_may_sign_again(booth: Booth) -> None:
    bob = await booth.voter()
    await booth.vote(bob)
    (signature,) = await booth.signatures()
    await booth.write(lambda session: withdraw(session, signature))
    await booth.write(lambda session: withdraw(session, signature))
    assert await booth.vote(bob) == "done"
    assert (await booth.total(), len(await booth.signatures())) == (1, 1)


async def test_who_only_follows_has_signed_nothing(booth: Booth) -> None:
    assert await booth.vote(await booth.voter(), FOLLOW) == "done"
    call = await booth.now()
    assert (call.signatures_count, call.followers_count, await booth.tally()) == (0, 1, [0, 1])
    assert (await booth.signatures(), await booth.messages()) == ([], [])


async def test_A29_an_unknown_option_and_a_vote_of_the_call_itself_sign_nothing(booth: Booth) -> None:
    assert (await booth.vote(await booth.voter(), "Restore them")).startswith("refused")
    with pytest.raises(Invalid):
        await booth.vote_here("campaigns")
    assert await booth.signatures() == []


async def test_A29_a_vote_after_the_end_signs_nothing_nor_one_for_a_call_closed_early(booth: Booth) -> None:
    early, late = await booth.voter(), await booth.voter("late.example")

    def close(session: Session) -> None:
        session.get_one(CampaignCall, booth.call.id).state = CallState.CLOSED

    await booth.write(close)
    assert "closed" in await booth.vote(early)
    assert booth.refused("call-closed") == 1
    booth.clock.advance(timedelta(days=90).total_seconds())
    assert (await booth.vote(late)).startswith("refused")
    assert (await booth.signatures(), await booth.tally(), await booth.messages()) == ([], [0, 0], [])


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("suspended", "suspended"),
        ("silenced", "blocked-signer"),
        ("blocked", "no-such-option"),
        ("server-silenced", "blocked-signer"),
    ],
    ids=["suspended", "silenced", "blocked", "server-silenced"],
)
async def test_A29_who_is_kept_out_signs_nothing(booth: Booth, what: str, reason: str) -> None:
    bob = await booth.voter()
    row = await _row(booth, bob)

    def keep_out(session: Session) -> None:
        actor = session.get_one(Actor, row.id)
        match what:
            case "suspended":
                suspend_actor(session, actor)
            case "silenced":
                actor.silenced_at = booth.clock.now()
            case "blocked":
                blocker = booth.call.actor_id
                session.add(Block(blocker_id=blocker, blocked_id=actor.id, created_at=booth.clock.now()))
            case _:
                set_domain_rule(session, "mastodon.example", DomainAction.SILENCE)

    await booth.write(keep_out)
    assert (await booth.vote(bob)).startswith("refused")
    assert booth.refused(reason) == 1
    assert (await booth.signatures(), await booth.tally(), await booth.messages()) == ([], [0, 0], [])


async def test_A29_a_server_that_floods_is_stopped_for_the_hour_and_others_are_not(limited: Booth) -> None:
    server, other = await limited.stranger("farm.example"), await limited.voter("honest.example")
    voters = [server.add_actor(f"sock{number}") for number in range(4)]
    outcomes = [await limited.vote(each) for each in voters]
    assert [outcome == "done" for outcome in outcomes] == [True, True, False, False]
    assert await limited.vote(other) == "done"
    assert (await limited.total(), await limited.tally(), limited.refused("vote-flood")) == (3, [3, 0], 2)
    limited.clock.advance(3600)
    assert await limited.vote(voters[2]) == "done"
    assert await limited.total() == 4


async def test_F36_names_below_one_domain_sign_as_one_server(limited: Booth) -> None:
    voters = [await limited.voter(f"s{number}.farm.example") for number in range(4)]
    assert [await limited.vote(each) == "done" for each in voters] == [True, True, False, False]


async def test_a_member_signs_in_an_app_and_gets_no_message(booth: Booth) -> None:
    await booth.member("heron", Reach.HIDDEN)
    await booth.vote_here("heron")
    assert (await booth.total(), await booth.tally(), await booth.messages()) == (1, [1, 0], [])
    with pytest.raises(Invalid):
        await booth.vote_here("heron")


async def test_A29_votes_at_the_same_moment_are_counted_exactly(booth: Booth) -> None:
    names = [f"member{number}" for number in range(6)]
    for name in names:
        await booth.member(name)
    done = await asyncio.gather(
        *(booth.vote_here(name) for name in names for _ in range(2)), return_exceptions=True
    )
    assert sum(result is None for result in done) == len(names)
    assert (await booth.total(), await booth.tally(), len(await booth.signatures())) == (6, [6, 0], 6)


async def test_a_poll_that_is_no_call_is_a_poll(booth: Booth) -> None:
    await booth.member("ana")
    await booth.member("cleo")
    poll = PollDraft(options=(SIGN, FOLLOW), ends_at=booth.clock.now() + timedelta(hours=1))
    post = await booth.union.post("ana", "Tea?", poll=poll)
    cleo = await booth.union.actor("cleo")
    await booth.write(lambda session: vote(session, session.get_one(Actor, cleo.id), post.id, [0]))
    assert await booth.signatures() == []


async def test_a_moderator_who_hides_a_call_stops_it(booth: Booth) -> None:
    await booth.member("ana")

    def hide(session: Session) -> None:
        session.get_one(CampaignCall, booth.call.id).hidden = True

    await booth.write(hide)
    with pytest.raises(NotAllowed):
        await booth.vote_here("ana")
    assert await booth.signatures() == []
