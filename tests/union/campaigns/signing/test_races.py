"""Row A29 again: whoever signs by several ways at the same moment counts once, and all totals are exact."""

import asyncio
from collections.abc import Awaitable

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.kit.errors import FediUnionError
from fediunion.union.campaigns.models import CampaignCall, Signature, SigningMode
from fediunion.union.campaigns.signing.links import CONFIRM
from fediunion.union.campaigns.signing.members import sign
from fediunion.union.campaigns.signing.web import WebForm, confirm, request_signature
from fediunion.union.campaigns.signing.withdrawing import withdraw
from tests.union.campaigns.signing.booth import Booth, link_in


async def _on_page(booth: Booth, actor: Actor) -> Signature:
    def work(session: Session) -> Signature:
        call = session.get_one(CampaignCall, booth.call.id)
        return sign(session, call, session.get_one(Actor, actor.id), SigningMode.PUBLIC)

    return await booth.write(work)


async def _links(booth: Booth, number: int) -> list[str]:
    for each in range(number):
        form = WebForm(address=f"person{each}@example.org", hears=True)
        await booth.on_call(request_signature, form, caller="203.0.113.9")
    return [link_in(letter.text, CONFIRM) for letter in await booth.letters()]


async def _done(*works: Awaitable[object]) -> int:
    """Let all of them happen at once; return how many were done, where the others were refused."""
    results = await asyncio.gather(*works, return_exceptions=True)
    unexpected = [each for each in results if isinstance(each, BaseException)]
    assert not [each for each in unexpected if not isinstance(each, FediUnionError)]
    return len(results) - len(unexpected)


async def test_A29_a_member_who_votes_and_signs_on_the_page_at_once_counts_once(booth: Booth) -> None:
    members = [await booth.member(f"member{number}") for number in range(4)]
    page = [_on_page(booth, each) for each in members]
    app = [booth.vote_here(each.username) for each in members]
    assert await _done(*page, *app) == len(members)
    assert (await booth.total(), await booth.tally(), len(await booth.signatures())) == (4, [4, 0], 4)


async def test_A29_a_link_used_twice_at_once_signs_once(booth: Booth) -> None:
    links = await _links(booth, 3)
    assert await _done(*(booth.write(confirm, link) for link in links for _ in range(2))) == 3
    assert (await booth.total(), len(await booth.signatures()), len(await booth.consents())) == (3, 3, 3)


async def test_A29_all_ways_at_once_and_withdrawals_among_them_leave_exact_totals(booth: Booth) -> None:
    early = [await _on_page(booth, await booth.member(f"early{number}")) for number in range(2)]
    late = [await booth.member(f"late{number}") for number in range(3)]
    links = await _links(booth, 2)

    async def take_back(row: Signature) -> None:
        await booth.write(lambda session: withdraw(session, row))

    works: list[Awaitable[object]] = [take_back(row) for row in early for _ in range(2)]
    works += [booth.vote_here(each.username) for each in late]
    works += [booth.write(confirm, link) for link in links]
    assert await _done(*works) == len(works)
    assert (await booth.total(), await booth.tally(), len(await booth.signatures())) == (5, [5, 0], 5)
