"""Who pledges from other software, by a vote or a message's link: reminded, told where to boost, counted."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, Reach
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.members.attempts import TooManyAttempts
from fediunion.social.posts.models import PollVote, Post
from fediunion.social.posts.service import polls
from fediunion.union.campaigns.models import CampaignCall, Signature
from fediunion.union.campaigns.thunderclap import ways
from fediunion.union.campaigns.thunderclap.models import BoostWay, ThunderclapState
from fediunion.union.campaigns.thunderclap.web import (
    MESSAGES_IN_A_DAY,
    ask_to_confirm,
    confirm_pledge,
    withdraw_by_link,
)
from tests.fakes.stranger import StrangeActor
from tests.fakes.union import TestUnion
from tests.union.campaigns.conftest import again
from tests.union.campaigns.thunderclap.clapping import (
    AT,
    WINDOW,
    announce,
    go_to,
    members,
    moment,
    pledges,
    stands,
    strangers,
    sweep_all,
)
from tests.union.campaigns.unions import Three

_INTENT = "https://w3id.org/fep/3b86/Announce"
_LINK = re.compile(r'href="([^"]+)"')


async def vote(alone: Three, voter: StrangeActor, call: CampaignCall, option: str) -> None:
    """Let somebody elsewhere vote as Mastodon does, and CCISUA count it."""
    author = await alone.ccisua.actor("campaigns")
    note = voter.note("", to=[author.uri], cc=[], name=option, inReplyTo=call.uri)
    del note["content"]
    await voter.post(author.inbox_url, voter.create(note))
    await alone.settle()


def texts(reader: StrangeActor) -> list[str]:
    """Return what messages to a reader say, the oldest first."""
    creates = [each.activity for each in reader.server.received if each.activity["type"] == "Create"]
    return [each["object"]["content"] for each in creates if each["to"] == [reader.uri]]


def links(text: str) -> list[str]:
    """Return the addresses in a message, without that of whom it names."""
    return [unescape(each) for each in _LINK.findall(text)][1:]


def sealed(text: str) -> str:
    """Return what the one link of ours in a message carries."""
    (found,) = [each for each in links(text) if "?link=" in each]
    return found.partition("?link=")[2]


async def count_votes(union: TestUnion, choice: int) -> int:
    """Return how many votes for an option a union has stored."""

    def read(session: Session) -> int:
        return session.scalar(select(func.count()).where(PollVote.choice == choice)) or 0

    return await union.world.db.read(read)


async def boost_from(alone: Three, reader: StrangeActor, uri: str) -> None:
    """Let somebody elsewhere boost a post of CCISUA."""
    author = await alone.ccisua.actor("campaigns")
    public = "https://www.w3.org/ns/activitystreams#Public"
    await reader.post(author.inbox_url, reader.activity("Announce", uri, to=[public], cc=[author.uri]))
    await alone.settle()


async def test_J5_route_c_a_vote_pledges_and_at_the_moment_a_link_for_the_own_server_comes(
    alone: Three,
) -> None:
    call = await announce(alone.ccisua, threshold=2)
    await alone.settle()
    ana, ben = [(await strangers(alone, host, 1))[0] for host in ("one.example", "two.example")]
    jrd = {
        "subject": "acct:reader0@two.example",
        "links": [
            {"rel": "self", "type": "application/activity+json", "href": ben.uri},
            {"rel": _INTENT, "template": "https://two.example/boost?of={object}"},
        ],
    }
    for name in ("acct:reader0@two.example", "acct%3Areader0%40two.example", "acct:reader0%40two.example"):
        path = f"/.well-known/webfinger?resource={name}"
        ben.server.site.serve(path, jrd, content_type="application/jrd+json")
    for voter in (ana, ben):
        await vote(alone, voter, call, "Sign and pledge the boost")
    found = await stands(alone.ccisua, call)
    assert (found.pledges, (await again(alone.ccisua, call)).signatures_count) == (2, 2)
    await go_to(alone, AT - timedelta(hours=24))
    assert [len([text for text in texts(each) if "You pledged to boost" in text]) for each in (ana, ben)] == [
        1,
        1,
    ]
    looked = [len([url for url in each.server.fetches() if "webfinger" in url]) for each in (ana, ben)]
    await go_to(alone, AT)
    await sweep_all(alone)
    after = [len([url for url in each.server.fetches() if "webfinger" in url]) for each in (ana, ben)]
    assert after == looked, "servers are asked before the moment, not at it"
    (theirs,) = [text for text in texts(ana) if "It is time" in text]
    (others,) = [text for text in texts(ben) if "It is time" in text]
    uri = await message_uri(alone.ccisua)
    assert links(theirs)[0].startswith("https://one.example/authorize_interaction?uri=https%3A%2F%2F")
    assert links(others)[0].startswith("https://two.example/boost?of=https%3A%2F%2F")
    assert links(theirs)[1] == links(others)[1] == uri
    await boost_from(alone, ana, uri)
    await go_to(alone, moment(WINDOW + 60))
    now = await stands(alone.ccisua, call)
    assert (now.state, now.delivered, now.failed) == (ThunderclapState.RELEASED, 1, 0)
    assert await pledges(alone.ccisua) == 1
    await go_to(alone, moment(WINDOW) + timedelta(days=1))
    now = await stands(alone.ccisua, call)
    assert (now.delivered, now.failed) == (1, 1)
    assert await pledges(alone.ccisua) == 0
    assert await count_votes(alone.ccisua, 1) == 0
    assert (await again(alone.ccisua, call)).signatures_count == 2


async def message_uri(union: TestUnion) -> str:
    """Return the id of the message that a union posted."""

    def read(session: Session) -> str:
        found = session.scalars(select(Post).where(Post.boost_of_id.is_(None), Post.local))
        return next(post.uri for post in found if "fu:releases" in post.extension)

    return await union.world.db.read(read)


async def test_a_pledge_is_taken_back_by_the_link_of_the_reminder_and_the_signature_stays(
    alone: Three,
) -> None:
    call = await announce(alone.ccisua)
    (ana,) = await strangers(alone, "one.example", 1)
    await vote(alone, ana, call, "Sign and pledge the boost")
    await go_to(alone, AT - timedelta(hours=24))
    (text,) = [each for each in texts(ana) if "You pledged to boost" in each]
    for _ in range(2):
        await alone.ccisua.world.db.write(withdraw_by_link, sealed(text))
    assert await pledges(alone.ccisua) == 0
    assert (await again(alone.ccisua, call)).signatures_count == 1
    assert await count_votes(alone.ccisua, 1) == 0
    assert await count_votes(alone.ccisua, 0) == 1


@pytest.mark.parametrize("option", ["Sign", "Just following"])
async def test_other_votes_pledge_nothing(alone: Three, option: str) -> None:
    call = await announce(alone.ccisua)
    (ana,) = await strangers(alone, "one.example", 1)
    await vote(alone, ana, call, option)
    assert await pledges(alone.ccisua) == 0


async def test_a_vote_for_the_pledge_after_the_moment_is_a_signature_alone(alone: Three) -> None:
    call = await announce(alone.ccisua)
    await go_to(alone, moment(1))
    (ana,) = await strangers(alone, "one.example", 1)
    await vote(alone, ana, call, "Sign and pledge the boost")
    assert await pledges(alone.ccisua) == 0
    assert (await again(alone.ccisua, call)).signatures_count == 1


async def test_a_hidden_member_who_votes_for_the_pledge_is_told_why_not_and_nothing_is_stored(
    alone: Three,
) -> None:
    call = await announce(alone.ccisua)
    hidden = await alone.ccisua.member("hidden", reach=Reach.HIDDEN)

    def choose(session: Session) -> None:
        polls.vote(session, session.get_one(Actor, hidden.id), call.post_id or 0, [1])

    with pytest.raises(NotAllowed, match="hidden member cannot pledge"):
        await alone.ccisua.world.db.write(choose)
    assert await pledges(alone.ccisua) == 0
    assert await count_votes(alone.ccisua, 1) == 0


async def test_a_member_who_votes_for_the_pledge_at_home_pledges_there(alone: Three) -> None:
    call = await announce(alone.ccisua)
    (ana,) = await members(alone.ccisua, 1)

    def choose(session: Session) -> None:
        polls.vote(session, session.get_one(Actor, ana), call.post_id or 0, [1])

    await alone.ccisua.world.db.write(choose)
    assert await pledges(alone.ccisua) == 1


async def test_whoever_pledges_on_the_page_is_asked_by_a_message_and_nothing_is_stored_before(
    alone: Three,
) -> None:
    call = await announce(alone.ccisua)
    (ana,) = await strangers(alone, "one.example", 1)
    await ask_to_confirm(alone.ccisua.world, call.id, "@reader0@one.example", "203.0.113.9")
    await alone.settle()
    (text,) = texts(ana)
    assert await pledges(alone.ccisua) == 0
    for _ in range(2):
        await alone.ccisua.world.db.write(confirm_pledge, sealed(text))
    assert await pledges(alone.ccisua) == 1
    # A pledge alone is no signature: nobody voted.
    assert (await again(alone.ccisua, call)).signatures_count == await signatures(alone.ccisua)
    with pytest.raises(NotFound):
        await alone.ccisua.world.db.write(withdraw_by_link, sealed(text))
    await go_to(alone, moment(1))
    with pytest.raises(NotAllowed, match="too late"):
        await alone.ccisua.world.db.write(confirm_pledge, sealed(text))


async def signatures(union: TestUnion) -> int:
    """Return how many signatures a union holds."""

    def read(session: Session) -> int:
        return session.scalar(select(func.count(Signature.id))) or 0

    return await union.world.db.read(read)


@pytest.mark.parametrize(
    ("handle", "error"),
    [
        ("nobody", "whole handle"),
        ("@reader0@ccisua.example", "on this server"),
        ("@reader0@unknown.example", "did not answer"),
        ("@other@one.example", "did not answer"),
    ],
    ids=["no-handle", "ours", "no-server", "no-account"],
)
async def test_a_handle_that_leads_nowhere_is_said_to(alone: Three, handle: str, error: str) -> None:
    call = await announce(alone.ccisua)
    await strangers(alone, "one.example", 1)
    with pytest.raises(Invalid, match=error):
        await ask_to_confirm(alone.ccisua.world, call.id, handle, "203.0.113.9")


async def test_one_account_is_written_to_a_few_times_a_day_whoever_asks(alone: Three) -> None:
    call = await announce(alone.ccisua)
    (ana,) = await strangers(alone, "one.example", 1)
    for number in range(MESSAGES_IN_A_DAY):
        await ask_to_confirm(alone.ccisua.world, call.id, "reader0@one.example", f"203.0.113.{number}")
    with pytest.raises(TooManyAttempts):
        await ask_to_confirm(alone.ccisua.world, call.id, "reader0@one.example", "203.0.113.99")
    await alone.settle()
    assert len(texts(ana)) == MESSAGES_IN_A_DAY


async def test_who_is_blocked_here_is_not_written_to(alone: Three) -> None:
    call = await announce(alone.ccisua)
    (ana,) = await strangers(alone, "one.example", 1)
    known = await alone.ccisua.actor("reader0@one.example")

    def silence(session: Session) -> None:
        actor = session.get_one(Actor, known.id)
        actor.suspended_at = actor.created_at

    await alone.ccisua.world.db.write(silence)
    with pytest.raises((NotAllowed, Invalid)):
        await ask_to_confirm(alone.ccisua.world, call.id, "reader0@one.example", "203.0.113.9")
    await alone.settle()
    assert texts(ana) == []


async def test_a_pledge_of_the_last_day_has_its_server_asked_at_once_and_gets_no_reminder(
    alone: Three,
) -> None:
    call = await announce(alone.ccisua)
    await go_to(alone, AT - timedelta(hours=2))
    (ana,) = await strangers(alone, "one.example", 1)
    await vote(alone, ana, call, "Sign and pledge the boost")
    await sweep_all(alone)

    def known(session: Session) -> list[str]:
        return list(session.scalars(select(BoostWay.host)))

    assert await alone.ccisua.world.db.read(known) == ["one.example"]
    assert [text for text in texts(ana) if "You pledged to boost" in text] == []


async def test_of_servers_that_were_asked_so_many_are_remembered_the_latest_last(
    alone: Three,
) -> None:
    for number in range(5):
        alone.clock.advance(seconds=1)
        await alone.ccisua.world.db.write(ways.remember_way, f"host{number}.example", "", most=3)
    await alone.ccisua.world.db.write(ways.remember_way, "host4.example", "https://host4.example/{uri}")

    def known(session: Session) -> dict[str, str]:
        return {row.host: row.template for row in session.scalars(select(BoostWay))}

    found = await alone.ccisua.world.db.read(known)
    assert sorted(found) == ["host2.example", "host3.example", "host4.example"]
    assert found["host4.example"] == "https://host4.example/{uri}"


def test_without_a_template_the_link_is_the_address_that_mastodon_has() -> None:
    address = ways.boost_address("one.example", "https://ccisua.example/a?b=c")
    assert urlsplit(address).netloc == "one.example"
    assert address.endswith("/authorize_interaction?uri=https%3A%2F%2Fccisua.example%2Fa%3Fb%3Dc")
