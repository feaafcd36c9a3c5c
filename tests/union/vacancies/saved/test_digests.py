"""Mails about searches: when there is something, in the member's language, ended by one POST."""

import email
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from fediunion.config import MailMode
from fediunion.kit.errors import NotFound
from fediunion.members.mail.jobs import message_of
from fediunion.members.mail.service import Letter, open_letter
from fediunion.members.models import Member, MemberState, QueuedMail
from fediunion.union.vacancies.models import SearchSubscription, SubscriptionMatch
from fediunion.union.vacancies.saved.digests import (
    MOST_IN_A_MAIL,
    mail_digests,
    offers_mail,
    sealed_member,
    unsealed_member,
)
from fediunion.union.vacancies.saved.subscriptions import change_subscription, end_digests, subscribe
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.union import settle
from tests.oauth.rig import Desk, desk_for
from tests.union.vacancies.pages.hall import open_boards, post
from tests.union.vacancies.samples import AS_OF


async def _mailed(desk: Desk, member: Member, query: str = "country=KE", digest: str = "daily") -> None:
    def work(session: Session) -> None:
        row = subscribe(session, member.id, query)
        session.flush()
        change_subscription(session, member.id, row.id, notifies=False, digest=digest)

    await desk.db.write(work)


async def _letters(desk: Desk) -> Sequence[Letter]:
    """Let the hour's job run; return what it queued."""
    await mail_digests(desk.union.world, {})
    letters = [open_letter(row, desk.union.world.settings) for row in await desk.rows(QueuedMail)]
    await settle(desk.union)
    return letters


async def test_a_day_of_matches_is_one_mail_and_a_day_without_is_none(desk: Desk, ana: Member) -> None:
    await _mailed(desk, ana)
    await _mailed(desk, ana, "grade=P-4")
    await post(desk, "V-01")
    await post(desk, "V-03")
    await settle(desk.union)
    assert await _letters(desk) == []
    desk.clock.advance(days=1)
    (letter,) = await _letters(desk)
    assert letter.to == "ana@us.example"
    assert letter.subject == "us: 1 new vacancy for you"
    assert "in Kenya (1)\nhttps://us.example/vacancies?country=KE" in letter.text
    assert "Humanitarian Affairs Officer" in letter.text
    assert "P-4" not in letter.text
    desk.clock.advance(days=1)
    assert await _letters(desk) == []


async def test_a_week_is_a_week(desk: Desk, ana: Member) -> None:
    await _mailed(desk, ana, digest="weekly")
    await post(desk, "V-01")
    await settle(desk.union)
    desk.clock.advance(days=6)
    assert await _letters(desk) == []
    desk.clock.advance(days=1)
    assert len(await _letters(desk)) == 1


async def test_the_mail_is_in_the_members_language(desk: Desk, ana: Member) -> None:
    def french(session: Session) -> None:
        session.get_one(Member, ana.id).locale = "fr"

    await desk.db.write(french)
    await _mailed(desk, ana)
    await post(desk, "V-01")
    await settle(desk.union)
    desk.clock.advance(days=1)
    (letter,) = await _letters(desk)
    assert letter.language == "fr"
    assert "Kenya (1)" in letter.text
    assert "in Kenya" not in letter.text
    assert "new vacanc" not in letter.subject


async def test_what_matched_before_mails_were_wanted_is_not_in_them(desk: Desk, ana: Member) -> None:
    await desk.db.write(subscribe, ana.id, "country=KE")
    await post(desk, "V-01")
    await settle(desk.union)
    await _mailed(desk, ana)
    desk.clock.advance(days=1)
    assert await _letters(desk) == []


async def test_what_is_over_before_the_mail_is_not_in_it(desk: Desk, ana: Member) -> None:
    await _mailed(desk, ana, digest="weekly")
    await post(desk, "V-01", validThrough=(AS_OF + timedelta(days=3)).isoformat())
    await settle(desk.union)
    desk.clock.advance(days=7)
    assert await _letters(desk) == []


async def test_a_flood_is_one_mail_of_bounded_length(desk: Desk, ana: Member) -> None:
    await _mailed(desk, ana)
    for number in range(MOST_IN_A_MAIL + 5):
        await post(desk, "V-01", identifier={"value": f"flood-{number}"})
    await settle(desk.union)
    desk.clock.advance(days=1)
    (letter,) = await _letters(desk)
    assert letter.subject == f"us: {MOST_IN_A_MAIL + 5} new vacancies for you"
    assert letter.text.count("Humanitarian Affairs Officer") == MOST_IN_A_MAIL
    desk.clock.advance(days=1)
    assert await _letters(desk) == []
    assert all(row.mailed_at is not None for row in await desk.rows(SubscriptionMatch))


async def test_no_mail_goes_to_who_may_not_act(desk: Desk, ana: Member) -> None:
    await _mailed(desk, ana)
    await post(desk, "V-01")
    await settle(desk.union)

    def disable(session: Session) -> None:
        session.get_one(Member, ana.id).state = MemberState.DISABLED

    await desk.db.write(disable)
    desk.clock.advance(days=1)
    assert await _letters(desk) == []


async def test_where_mail_is_off_none_is_offered(databases: Databases, tmp_path: Path) -> None:
    clock = FakeClock(AS_OF)
    async with desk_for(
        databases.with_tables(),
        tmp_path,
        clock,
        change=lambda settings: replace(settings, mail=replace(settings.mail, mode=MailMode.OFF)),
    ) as desk:
        await open_boards(desk, "jobs")
        ana = await desk.member("ana")
        assert not offers_mail(desk.union.world.settings, ana)
        await _mailed(desk, ana)
        await post(desk, "V-01")
        await settle(desk.union)
        clock.advance(days=1)
        assert await _letters(desk) == []


async def test_the_link_in_the_mail_ends_all_of_them(desk: Desk, ana: Member) -> None:
    await _mailed(desk, ana)
    await _mailed(desk, ana, "grade=P-3", digest="weekly")
    await post(desk, "V-01")
    await settle(desk.union)
    desk.clock.advance(days=1)
    (letter,) = await _letters(desk)
    settings = desk.union.world.settings
    assert letter.unsubscribe in letter.text
    sealed = letter.unsubscribe.partition("?member=")[2]
    assert str(ana.id) not in sealed
    assert unsealed_member(sealed, settings) == ana.id
    message = email.message_from_bytes(
        bytes(message_of(letter, 1, desk.clock.now(), settings)), EmailMessage, policy=default
    )
    assert message["List-Unsubscribe"] == f"<{letter.unsubscribe}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    await desk.db.write(end_digests, ana.id)
    assert [row.digest for row in await desk.rows(SearchSubscription)] == ["", ""]


async def test_the_address_that_ends_mails_stands_on_one_line_as_it_is(desk: Desk) -> None:
    """Broken or encoded, as long headers are, mail programs show no button for it."""
    address = f"https://us.example/vacancies/unsubscribe?member={'a' * 120}"
    letter = Letter(to="ana@us.example", subject="é" * 100, text="Hello\n", unsubscribe=address)
    sent = bytes(message_of(letter, 1, desk.clock.now(), desk.union.world.settings))
    assert f"List-Unsubscribe: <{address}>\n".encode() in sent
    others = [line for line in sent.splitlines() if not line.startswith(b"List-Unsubscribe:")]
    assert max(map(len, others)) <= 78


@pytest.mark.parametrize(
    "forged", ["", "AAAA", "ä", "A" * 67, "../.."], ids=["none", "short", "odd", "long", "path"]
)
async def test_a_forged_link_ends_nothing(desk: Desk, ana: Member, forged: str) -> None:
    settings = desk.union.world.settings
    with pytest.raises(NotFound):
        unsealed_member(forged, settings)
    good = sealed_member(ana.id, settings)
    with pytest.raises(NotFound):
        unsealed_member(good[:-4] + ("AAAA" if not good.endswith("AAAA") else "BBBB"), settings)
