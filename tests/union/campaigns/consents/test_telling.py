"""The outcome reaches who asked to hear, by the way of each, once, also after a crash; and nobody else."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.social.notifications.models import Notification, NotificationKind
from fediunion.union.campaigns.consents.service import (
    KEPT_AFTER_TELLING,
    find_by_link,
    give,
    withdraw,
    withdraw_own,
)
from fediunion.union.campaigns.consents.telling import AT_ONCE, forget, tell, tell_some
from fediunion.union.campaigns.models import CampaignCall, OutcomeStatus, SigningMode
from fediunion.union.campaigns.service.ending import close_call
from fediunion.union.campaigns.signing.links import END_NEWS
from fediunion.union.campaigns.signing.members import sign
from tests.union.campaigns.conftest import Allies, change, publish
from tests.union.campaigns.samples import call_terms
from tests.union.campaigns.signing.booth import Booth, link_in
from tests.union.campaigns.unions import here

ADDRESS = "zimt@example.org"
WORDS = "The letter is on the table."


async def _hears(booth: Booth, *names: str, address: str = "", language: str = "") -> None:
    actors = [await booth.union.actor(name) for name in names]

    def work(session: Session) -> None:
        call = session.get_one(CampaignCall, booth.call.id)
        for each in actors:
            give(session, call, session.get_one(Actor, each.id))
        if address:
            give(session, call, address=address, language=language)

    await booth.write(work)


async def _close(booth: Booth, status: OutcomeStatus = OutcomeStatus.PARTLY_WON) -> None:
    await booth.on_call(close_call, status, WORDS, by="tests")


async def _notified(booth: Booth) -> list[int]:
    def read(session: Session) -> list[int]:
        kind = Notification.kind == NotificationKind.EDIT
        return list(session.scalars(select(Notification.recipient_id).where(kind)))

    return await booth.read(read)


async def test_each_is_told_by_the_own_way_and_who_only_signed_is_not(booth: Booth) -> None:
    ana, ben = await booth.member("ana"), await booth.member("ben")
    bob, cleo = await booth.voter(), await booth.voter("other.example", "cleo")
    await booth.vote(cleo)
    await booth.on_call(lambda session, call: sign(session, call, ben, SigningMode.COUNTED))
    await _hears(booth, "ana", "bob@mastodon.example", address=ADDRESS, language="fr")
    for each in (bob, cleo):
        each.server.received.clear()
    await _close(booth)
    await booth.union.work()
    (letter,) = await booth.letters()
    assert (letter.to, letter.language, WORDS in letter.text) == (ADDRESS, "fr", True)
    assert await _notified(booth) == [ana.id]
    direct = [post.activity["object"] for post in bob.server.received if post.activity["type"] == "Create"]
    assert [(each["to"], WORDS in each["content"]) for each in direct] == [([bob.uri], True)]
    assert [post for post in cleo.server.received if post.activity["type"] == "Create"] == []


async def test_the_mail_can_be_ended_by_its_own_link_and_by_the_mail_program(booth: Booth) -> None:
    await _hears(booth, address=ADDRESS)
    await _close(booth)
    await booth.union.work()
    (letter,) = await booth.letters()
    assert letter.unsubscribe.startswith(f"https://ccisua.example{END_NEWS}?link=")
    found = await booth.read(find_by_link, link_in(letter.text, END_NEWS))
    assert found is not None
    await booth.write(lambda session: withdraw(session, found[1]))
    assert await booth.consents() == []


async def test_nobody_is_told_while_a_closed_call_waits_for_its_outcome(booth: Booth) -> None:
    await _hears(booth, address=ADDRESS)
    booth.clock.advance(days=90)
    await booth.settle()
    assert await booth.letters() == []
    await _close(booth, OutcomeStatus.LOST)
    await booth.union.work()
    assert [letter.to for letter in await booth.letters()] == [ADDRESS]


async def test_what_a_crash_left_is_told_then_and_nobody_twice(booth: Booth) -> None:
    names = [f"p{number}@example.org" for number in range(AT_ONCE + 3)]
    for name in names:
        await _hears(booth, address=name)
    await _close(booth)
    assert await booth.write(tell_some, booth.call.id)
    for _ in range(2):
        await tell(booth.union.world, {"call_id": booth.call.id})
    assert sorted(letter.to for letter in await booth.letters()) == sorted(names)


async def test_a_portion_that_fails_tells_nobody_of_it_and_is_told_whole_then(booth: Booth) -> None:
    await _hears(booth, address=ADDRESS)
    await _close(booth)

    def fails(session: Session) -> None:
        tell_some(session, booth.call.id)
        raise RuntimeError("the power is gone")

    with pytest.raises(RuntimeError):
        await booth.write(fails)
    await booth.union.work()
    assert [letter.to for letter in await booth.letters()] == [ADDRESS]


async def test_who_took_it_back_and_who_is_gone_is_not_told(booth: Booth) -> None:
    await booth.member("ana")
    bob = await booth.voter()
    await _hears(booth, "ana", "bob@mastodon.example")
    ana = await booth.union.actor("ana")
    await booth.on_call(lambda session, call: withdraw_own(session, call, ana))
    await booth.receive(bob.activity("Delete", bob.uri))
    bob.server.received.clear()
    await _close(booth)
    await booth.settle()
    assert (await _notified(booth), await booth.consents()) == ([], [])
    assert [post for post in bob.server.received if post.activity["type"] == "Create"] == []


async def test_a_month_after_the_telling_nothing_is_left_of_the_address(booth: Booth) -> None:
    await _hears(booth, address=ADDRESS)
    await _close(booth)
    await booth.settle()
    assert [row.told_at for row in await booth.consents()] == [booth.clock.now()]
    booth.clock.advance(KEPT_AFTER_TELLING.total_seconds())
    await forget(booth.union.world, {})
    assert await booth.consents() == []


async def test_a_call_that_is_gone_meanwhile_is_told_of_to_nobody(booth: Booth) -> None:
    assert await booth.write(tell_some, 1) is False


async def test_a_member_hears_how_another_unions_call_ended(allies: Allies) -> None:
    await allies.affiliate()
    call = await publish(allies.ccisua, call_terms())
    await allies.settle()
    known, ana = await here(allies.ictysu, call), await allies.ictysu.member("ana")

    def ask(session: Session) -> None:
        give(session, session.get_one(CampaignCall, known.id), session.get_one(Actor, ana.id))

    await allies.ictysu.world.db.write(ask)
    allies.clock.advance(seconds=1)
    await change(allies.ccisua, call, close_call, OutcomeStatus.WON, WORDS, by="tests")
    await allies.settle()

    def told(session: Session) -> list[tuple[int, int | None]]:
        kind = Notification.kind == NotificationKind.EDIT
        rows = session.execute(select(Notification.recipient_id, Notification.post_id).where(kind))
        return [(recipient, post) for recipient, post in rows]

    assert await allies.ictysu.world.db.read(told) == [(ana.id, known.post_id)]
