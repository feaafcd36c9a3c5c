"""Consents: given once, taken back by themselves, and gone when their time is over."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.kit.errors import NotAllowed, NotFound
from fediunion.union.campaigns.consents import service
from fediunion.union.campaigns.consents.service import KEPT_AFTER_CLOSING, ContactChannel
from fediunion.union.campaigns.consents.telling import forget
from fediunion.union.campaigns.models import CampaignCall, OutcomeStatus
from fediunion.union.campaigns.service.ending import close_call
from fediunion.union.campaigns.signing.links import END_NEWS, consent_in, end_news_link, withdraw_link
from tests.union.campaigns.signing.booth import Booth, link_in


async def _give(booth: Booth, name: str = "", **more: Any) -> int:
    actor = await booth.union.actor(name) if name else None

    def work(session: Session) -> int:
        call = session.get_one(CampaignCall, booth.call.id)
        found = None if actor is None else session.get_one(Actor, actor.id)
        return service.give(session, call, found, **more).id

    return await booth.write(work)


async def test_a_consent_is_given_once_by_each_and_says_how_to_reach_that_one(booth: Booth) -> None:
    await booth.member("ana")
    await booth.voter()
    ids = {await _give(booth, "ana"), await _give(booth, "ana"), await _give(booth, "bob@mastodon.example")}
    ids |= {await _give(booth, address="Zimt@example.org"), await _give(booth, address="zimt@example.org")}
    rows = await booth.consents()
    assert {row.id for row in rows} == ids
    assert sorted(row.channel for row in rows) == [
        ContactChannel.EMAIL,
        ContactChannel.MEMBER,
        ContactChannel.MESSAGE,
    ]
    assert {row.given_on for row in rows} == {"2026-12-01"}


async def test_a_consent_signs_nothing_and_is_taken_back_by_itself(booth: Booth) -> None:
    ana = await booth.member("ana")
    await _give(booth, "ana")
    assert (await booth.total(), await booth.signatures()) == (0, [])
    for _ in range(2):
        await booth.on_call(lambda session, call: service.withdraw_own(session, call, ana))
    assert await booth.consents() == []


async def test_the_links_of_a_consent_and_of_a_signature_are_not_taken_for_each_other(booth: Booth) -> None:
    settings = booth.union.world.settings
    assert consent_in(link_in(end_news_link(7, settings), END_NEWS), settings) == 7
    with pytest.raises(NotFound):
        consent_in(withdraw_link(7, settings).partition("?link=")[2], settings)


async def test_a_consent_is_gone_half_a_year_after_the_closing_though_nobody_was_told(booth: Booth) -> None:
    await _give(booth, address="zimt@example.org")
    last = booth.call.closes_at + KEPT_AFTER_CLOSING
    booth.clock.advance((last - booth.clock.now()).total_seconds() - 1)
    await forget(booth.union.world, {})
    assert len(await booth.consents()) == 1
    booth.clock.advance(1)
    await forget(booth.union.world, {})
    assert await booth.consents() == []


async def test_nobody_asks_to_hear_what_is_known(booth: Booth) -> None:
    await booth.member("ana")
    await booth.on_call(close_call, OutcomeStatus.WON, "Won.", by="tests")
    with pytest.raises(NotAllowed):
        await _give(booth, "ana")


async def test_somebody_elsewhere_hears_of_a_call_from_the_union_that_leads_it_alone(booth: Booth) -> None:
    await booth.voter()

    def of_elsewhere(session: Session) -> None:
        session.get_one(CampaignCall, booth.call.id).local = False

    await booth.write(of_elsewhere)
    with pytest.raises(NotAllowed):
        await _give(booth, "bob@mastodon.example")
    with pytest.raises(NotAllowed):
        await _give(booth, address="zimt@example.org")
