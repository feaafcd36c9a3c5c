"""Who would sign twice, or stay after being shut out: every pair of ways counts once."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.domains import set_domain_rule
from fediunion.actors.models import Actor, DomainAction
from fediunion.kit.errors import NotAllowed
from fediunion.members.service import create_member
from fediunion.social.moderation.accounts import suspend
from fediunion.union.campaigns.models import Resolution
from fediunion.union.campaigns.service.drafting import change_call
from fediunion.union.campaigns.signing.links import CONFIRM
from fediunion.union.campaigns.signing.web import WebForm, confirm, request_signature
from tests.fakes.stranger import StrangeActor
from tests.fakes.union import new_keys
from tests.union.campaigns.samples import call_terms
from tests.union.campaigns.signing.booth import Booth, link_in
from tests.union.campaigns.signing.conftest import MODES

ADDRESS = "heron@example.org"


async def with_address(booth: Booth) -> None:
    """Let there be a member with an address."""

    def work(session: Session) -> None:
        create_member(session, username="heron", keys=new_keys(booth.union.world.settings), email=ADDRESS)

    await booth.write(work)


async def link_for(booth: Booth, address: str) -> str:
    """Return the link in the mail to who fills the form with an address."""
    await booth.on_call(request_signature, WebForm(address=address), caller="203.0.113.9")
    return link_in((await booth.letters())[-1].text, CONFIRM)


@pytest.mark.parametrize("address", [ADDRESS, "Heron+call@example.org"])
async def test_A29_who_signed_on_the_web_does_not_sign_again_by_a_vote_in_an_app(
    booth: Booth, address: str
) -> None:
    await with_address(booth)
    await booth.write(confirm, await link_for(booth, address))
    with pytest.raises(NotAllowed) as refusal:
        await booth.vote_here("heron")
    assert refusal.value.reason == "signed-already"
    assert (await booth.total(), await booth.tally()) == (1, [1, 0])
    await booth.vote_here("heron", 1)
    assert (await booth.total(), await booth.tally()) == (1, [1, 1])


@pytest.mark.parametrize("address", [ADDRESS, "heron+call@example.org"])
async def test_A29_who_voted_in_an_app_does_not_sign_again_on_the_web(booth: Booth, address: str) -> None:
    await with_address(booth)
    await booth.vote_here("heron")
    link = await link_for(booth, address)
    with pytest.raises(NotAllowed):
        await booth.write(confirm, link)
    assert (await booth.total(), await booth.tally()) == (1, [1, 0])


async def supporting(booth: Booth, host: str) -> StrangeActor:
    """Return an organisation elsewhere that supports the call."""
    terms = call_terms(asks=[*MODES, {"type": "union-resolution"}])
    await booth.on_call(change_call, terms, by="tests")
    employer = (await booth.stranger(host, peer=True)).add_actor("union", type="Organization")
    await booth.receive(booth.join_of(employer, content="We support it."))
    assert await resolutions(booth) == 1
    return employer


async def resolutions(booth: Booth) -> int:
    """Return how many organisations support the call."""

    def read(session: Session) -> Any:
        return session.scalar(select(func.count()).select_from(Resolution))

    return int(await booth.read(read))


async def test_an_organisation_on_a_blocked_server_supports_nothing_any_more(booth: Booth) -> None:
    await supporting(booth, "deep.employer.example")
    await booth.write(set_domain_rule, "employer.example", DomainAction.BLOCK)
    await booth.settle()
    assert await resolutions(booth) == 0


async def test_a_suspended_organisation_supports_nothing_any_more(booth: Booth) -> None:
    await supporting(booth, "employer.example")
    row = await booth.union.actor("union@employer.example")
    await booth.write(lambda session: suspend(session, session.get_one(Actor, row.id), by="tests"))
    assert await resolutions(booth) == 0


async def test_an_organisation_that_deletes_its_actor_supports_nothing_any_more(booth: Booth) -> None:
    employer = await supporting(booth, "employer.example")
    assert await booth.receive(employer.activity("Delete", employer.uri)) == "done"
    assert await resolutions(booth) == 0
