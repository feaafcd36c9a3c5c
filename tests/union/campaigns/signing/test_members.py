"""Members sign on the page: at home where that can be, by a Join where another union counts."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, Reach
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.members.queries import get_member
from fediunion.members.service import create_member, delete_member
from fediunion.social.posts.models import PollVote
from fediunion.social.posts.service.polls import vote
from fediunion.union.campaigns.models import (
    CampaignCall,
    JoinAnswer,
    Route,
    Signature,
    SigningMode,
)
from fediunion.union.campaigns.signing.members import find_own, sign
from fediunion.union.campaigns.signing.queries import list_public
from fediunion.union.campaigns.signing.withdrawing import withdraw
from tests.fakes.union import TestUnion, new_keys
from tests.union.campaigns.conftest import Allies, again, publish
from tests.union.campaigns.samples import call_terms
from tests.union.campaigns.signing.booth import Booth
from tests.union.campaigns.signing.conftest import MODES
from tests.union.campaigns.unions import here, outcomes


async def _sign(
    union: TestUnion,
    call: CampaignCall,
    name: str,
    mode: SigningMode = SigningMode.COUNTED,
    named: str = "",
) -> Signature:
    member = await union.actor(name)

    def work(session: Session) -> Signature:
        found = session.get_one(CampaignCall, call.id)
        return sign(session, found, session.get_one(Actor, member.id), mode, named)

    return await union.world.db.write(work)


async def _own(union: TestUnion, call: CampaignCall, name: str) -> Signature | None:
    member = await union.actor(name)

    def read(session: Session) -> Signature | None:
        return find_own(session, session.get_one(CampaignCall, call.id), session.get_one(Actor, member.id))

    return await union.world.db.read(read)


async def test_a_member_signs_by_name_and_its_app_shows_that_it_voted(booth: Booth) -> None:
    ana = await booth.member("ana")
    signature = await _sign(booth.union, booth.call, "ana", SigningMode.PUBLIC, " Ana\tKovač ")
    assert (signature.route, signature.name) == (Route.MEMBER, "Ana Kovač")
    assert [each.name for each in await booth.on_call(list_public, limit=5)] == ["Ana Kovač"]
    votes = await booth.read(lambda session: list(session.scalars(select(PollVote.actor_id))))
    assert (votes, await booth.tally(), await booth.total()) == ([ana.id], [1, 0], 1)


async def test_a_counted_member_keeps_no_name_even_where_one_was_typed(booth: Booth) -> None:
    await booth.member("heron", Reach.HIDDEN)
    signature = await _sign(booth.union, booth.call, "heron", SigningMode.COUNTED, "Ana Kovač")
    assert (signature.name, await booth.on_call(list_public, limit=5)) == ("", [])


async def test_who_followed_before_signs_and_who_signed_before_does_not_again(booth: Booth) -> None:
    await booth.member("ana")
    await booth.vote_here("ana", 1)
    assert (await booth.total(), await booth.tally()) == (0, [0, 1])
    await _sign(booth.union, booth.call, "ana")
    assert (await booth.total(), await booth.tally(), (await booth.now()).followers_count) == (1, [1, 0], 0)
    with pytest.raises(NotAllowed) as refusal:
        await _sign(booth.union, booth.call, "ana", SigningMode.PUBLIC)
    assert refusal.value.reason == "signed-already"


async def test_a_member_withdraws_and_signs_again(booth: Booth) -> None:
    await booth.member("ana")
    first = await _sign(booth.union, booth.call, "ana", SigningMode.TARGET, "Ana")
    await booth.write(lambda session: withdraw(session, first))
    assert (await booth.total(), await booth.tally(), await _own(booth.union, booth.call, "ana")) == (
        0,
        [0, 0],
        None,
    )
    await _sign(booth.union, booth.call, "ana")
    assert await booth.tally() == [1, 0]


@pytest.mark.parametrize("name", ["\u202e\u200b", "...", " - "], ids=["invisible", "dots", "dash"])
async def test_a_name_without_letters_is_not_kept(booth: Booth, name: str) -> None:
    await booth.member("ana")
    signature = await _sign(booth.union, booth.call, "ana", SigningMode.PUBLIC, name)
    assert signature.name == "Ana"


async def test_a_mode_that_is_not_offered_and_a_call_that_is_closed_are_refused(booth: Booth) -> None:
    await booth.member("ana")

    def only_counted(session: Session) -> None:
        call = session.get_one(CampaignCall, booth.call.id)
        call.terms = call.terms | {"asks": [{"type": "sign", "modes": ["target-only"]}]}

    await booth.write(only_counted)
    with pytest.raises(Invalid):
        await _sign(booth.union, booth.call, "ana", SigningMode.PUBLIC)
    await _sign(booth.union, booth.call, "ana")
    booth.clock.advance(days=100)
    await booth.member("ben")
    with pytest.raises(NotAllowed) as refusal:
        await _sign(booth.union, booth.call, "ben")
    assert refusal.value.reason == "call-closed"


async def test_another_unions_member_joins_by_name_and_is_told_that_it_counts(allies: Allies) -> None:
    await allies.affiliate()
    call = await publish(allies.ccisua, call_terms(asks=MODES))
    await allies.settle()
    known = await here(allies.ictysu, call)
    await allies.ictysu.member("ana")
    signature = await _sign(allies.ictysu, known, "ana", SigningMode.PUBLIC, "Ana K.")
    assert (signature.counted_here, signature.answer) == (False, JoinAnswer.WAITING)
    await allies.settle()
    own = await _own(allies.ictysu, known, "ana")
    assert own is not None
    assert own.answer == JoinAnswer.ACCEPTED
    (there,) = await allies.ccisua.world.db.read(lambda session: list_public(session, call, limit=5))
    assert (there.name, there.route, (await again(allies.ccisua, call)).signatures_count) == (
        "Ana K.",
        Route.JOIN,
        1,
    )
    await allies.ictysu.world.db.write(lambda session: withdraw(session, own))
    await allies.settle()
    assert (await again(allies.ccisua, call)).signatures_count == 0
    assert await outcomes(allies.ccisua, "Undo") == ["done"]


async def test_a_member_of_another_union_counted_by_a_vote_withdraws_by_leaving(allies: Allies) -> None:
    await allies.affiliate()
    call = await publish(allies.ccisua, call_terms(asks=MODES))
    await allies.settle()
    known = await here(allies.ictysu, call)
    ana = await allies.ictysu.member("ana")

    def in_the_app(session: Session) -> None:
        vote(session, session.get_one(Actor, ana.id), known.post_id or 0, [0])

    await allies.ictysu.world.db.write(in_the_app)
    await allies.settle()
    assert (await again(allies.ccisua, call)).signatures_count == 1
    with pytest.raises(NotAllowed):
        await _sign(allies.ictysu, known, "ana", SigningMode.PUBLIC)
    own = await _own(allies.ictysu, known, "ana")
    assert own is not None
    assert own.counted_here is False
    await allies.ictysu.world.db.write(lambda session: withdraw(session, own))
    await allies.settle()
    assert (await again(allies.ccisua, call)).signatures_count == 0


async def test_what_the_leading_union_refuses_is_known_at_home_and_can_be_tried_again(allies: Allies) -> None:
    await allies.affiliate()
    call = await publish(allies.ccisua, call_terms(asks=MODES))
    await allies.settle()
    known = await here(allies.ictysu, call)
    await allies.ictysu.member("ana")

    async def hide(hidden: bool) -> None:
        def work(session: Session) -> None:
            session.get_one(CampaignCall, call.id).hidden = hidden

        await allies.ccisua.world.db.write(work)

    await hide(True)
    await _sign(allies.ictysu, known, "ana", SigningMode.PUBLIC)
    await allies.settle()
    own = await _own(allies.ictysu, known, "ana")
    assert own is not None
    assert own.answer == JoinAnswer.REFUSED
    await hide(False)
    await _sign(allies.ictysu, known, "ana", SigningMode.PUBLIC)
    await allies.settle()
    own = await _own(allies.ictysu, known, "ana")
    assert own is not None
    assert (own.answer, (await again(allies.ccisua, call)).signatures_count) == (JoinAnswer.ACCEPTED, 1)


async def test_a_hidden_member_does_not_join_elsewhere(allies: Allies) -> None:
    await allies.affiliate()
    call = await publish(allies.ccisua, call_terms(asks=MODES))
    await allies.settle()
    known = await here(allies.ictysu, call)
    await allies.ictysu.member("heron", reach=Reach.HIDDEN)
    for mode in SigningMode:
        with pytest.raises(Invalid):
            await _sign(allies.ictysu, known, "heron", mode)
    await allies.settle()
    assert await outcomes(allies.ccisua, "Join") == []
    assert await _own(allies.ictysu, known, "heron") is None


async def test_an_answer_from_anybody_but_the_leading_union_is_refused(allies: Allies) -> None:
    await allies.affiliate()
    call = await publish(allies.ccisua, call_terms(asks=MODES))
    await allies.settle()
    known = await here(allies.ictysu, call)
    await allies.ictysu.member("ana")
    mallory = await allies.follower("evil.example")
    signature = await _sign(allies.ictysu, known, "ana", SigningMode.PUBLIC)
    for answer in ("Accept", "Reject"):
        await mallory.post("https://ictysu.example/inbox", mallory.activity(answer, signature.join_uri))
    await allies.ictysu.work()
    own = await _own(allies.ictysu, known, "ana")
    assert own is not None
    assert own.answer == JoinAnswer.WAITING
    refused = [each for each in await outcomes(allies.ictysu, "Reject") if each.startswith("refused")]
    assert len(refused) == 1
    await allies.settle()


async def test_an_erased_member_is_withdrawn_here_and_at_the_union_that_leads(allies: Allies) -> None:
    await allies.affiliate()
    call = await publish(allies.ccisua, call_terms(asks=MODES))
    await allies.settle()
    known = await here(allies.ictysu, call)

    def join_up(session: Session) -> None:
        keys = new_keys(allies.ictysu.world.settings)
        create_member(session, username="ana", keys=keys, email=None, password_hash=None, reach=Reach.PUBLIC)

    await allies.ictysu.world.db.write(join_up)
    await _sign(allies.ictysu, known, "ana", SigningMode.PUBLIC)
    await allies.settle()
    assert (await again(allies.ccisua, call)).signatures_count == 1
    await allies.ictysu.world.db.write(lambda session: delete_member(session, get_member(session, "ana")[0]))
    await allies.settle()
    assert (await again(allies.ccisua, call)).signatures_count == 0
    for union in (allies.ccisua, allies.ictysu):
        assert await union.world.db.read(lambda session: list(session.scalars(select(Signature)))) == []
