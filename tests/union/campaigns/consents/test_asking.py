"""Who signed by a vote asks behind the link of the thanks how it ends, and takes it back by another."""

import pytest

from fediunion.kit.errors import NotAllowed, NotFound
from fediunion.union.campaigns.consents.asking import ask_by_link, find_asking
from fediunion.union.campaigns.consents.service import ContactChannel, find_by_link, withdraw
from fediunion.union.campaigns.models import OutcomeStatus
from fediunion.union.campaigns.service.ending import close_call
from fediunion.union.campaigns.signing import withdrawing
from fediunion.union.campaigns.signing.links import ASK_NEWS, END_NEWS, ask_news_link, withdraw_link
from tests.union.campaigns.signing.booth import Booth, link_in


async def _link(booth: Booth) -> str:
    await booth.vote(await booth.voter())
    (signature,) = await booth.signatures()
    return link_in(ask_news_link(signature.id, booth.union.world.settings), ASK_NEWS)


async def test_who_voted_asks_and_gets_a_link_that_takes_it_back(booth: Booth) -> None:
    link = await _link(booth)
    for _ in range(2):
        await booth.write(ask_by_link, link)
    (consent,) = await booth.consents()
    assert consent.channel == ContactChannel.MESSAGE
    thanks, told = await booth.messages()
    assert END_NEWS not in thanks["content"]
    found = await booth.read(find_by_link, link_in(told["content"], END_NEWS))
    assert found is not None
    await booth.write(lambda session: withdraw(session, found[1]))
    assert (await booth.consents(), await booth.total()) == ([], 1)


async def test_the_link_of_who_withdrew_or_that_is_none_asks_for_nothing(booth: Booth) -> None:
    link = await _link(booth)
    (signature,) = await booth.signatures()
    others = withdraw_link(signature.id, booth.union.world.settings).partition("?link=")[2]
    await booth.write(lambda session: withdrawing.withdraw(session, signature))
    assert await booth.read(find_asking, link) is None
    for each in (link, others, "", "AAAA"):
        with pytest.raises(NotFound):
            await booth.write(ask_by_link, each)
    assert await booth.consents() == []


async def test_nobody_asks_by_a_link_when_it_is_known(booth: Booth) -> None:
    link = await _link(booth)
    await booth.on_call(close_call, OutcomeStatus.LOST, "It is over.", by="tests")
    with pytest.raises(NotAllowed):
        await booth.write(ask_by_link, link)
