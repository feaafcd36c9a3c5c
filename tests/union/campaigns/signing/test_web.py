"""Signing on the web: nothing is stored before the mail's link is used, and of the address a hash."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, Reach
from fediunion.config import MailMode, Settings
from fediunion.db.migrate import all_tables
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.members.attempts import TooManyAttempts
from fediunion.members.mail.jobs import message_of
from fediunion.members.models import Member
from fediunion.members.queries import find_member_of
from fediunion.members.service import create_member
from fediunion.union.campaigns.consents import service as consents
from fediunion.union.campaigns.models import CampaignCall, Route, Signature, SigningMode
from fediunion.union.campaigns.signing.addresses import address_key
from fediunion.union.campaigns.signing.links import CONFIRM, END_NEWS, WITHDRAW
from fediunion.union.campaigns.signing.members import sign
from fediunion.union.campaigns.signing.queries import find_by_link
from fediunion.union.campaigns.signing.web import (
    LINK_LIVES,
    WebForm,
    confirm,
    offers_web,
    read_request,
    request_signature,
)
from fediunion.union.campaigns.signing.withdrawing import withdraw
from tests.fakes.union import new_keys
from tests.union.campaigns.signing.booth import Booth, link_in

ADDRESS = "zimtstern@example.org"
CALLER = "203.0.113.9"


async def _ask(booth: Booth, address: str = ADDRESS, *, caller: str = CALLER, **typed: Any) -> str:
    """Let somebody fill the form; return what the link in the mail carries."""
    form = WebForm(address=address, **typed)
    await booth.on_call(request_signature, form, caller=caller)
    letter = (await booth.letters())[-1]
    assert letter.to == address
    return link_in(letter.text, CONFIRM)


async def _stored(booth: Booth) -> str:
    def read(session: Session) -> str:
        tables = all_tables().sorted_tables
        return "\n".join(repr(tuple(row)) for table in tables for row in session.execute(select(table)))

    return await booth.read(read)


async def test_nothing_is_stored_before_the_link_is_used(booth: Booth) -> None:
    link = await _ask(booth, mode=SigningMode.PUBLIC, name="Zimtstern", hears=True)
    assert (await booth.signatures(), await booth.consents(), await booth.total()) == ([], [], 0)
    call, typed = await booth.read(read_request, link)
    assert (call.id, typed.address, typed.name, typed.hears) == (booth.call.id, ADDRESS, "Zimtstern", True)
    assert "zimtstern" not in (await _stored(booth)).lower()


async def test_the_link_signs_once_and_the_thanks_lead_back(booth: Booth) -> None:
    link = await _ask(booth, mode=SigningMode.PUBLIC, name="Zimt Stern", language="fr")
    signature = await booth.write(confirm, link)
    assert (signature.route, signature.name, signature.actor_id) == (Route.WEB, "Zimt Stern", None)
    assert (await booth.total(), await booth.tally()) == (1, [1, 0])
    with pytest.raises(NotAllowed) as refusal:
        await booth.write(confirm, link)
    assert refusal.value.reason == "signed-already"
    (thanks,) = await booth.letters()
    assert thanks.language == "fr"
    assert END_NEWS not in thanks.text
    found = await booth.read(find_by_link, link_in(thanks.text, WITHDRAW))
    assert found is not None
    await booth.write(lambda session: withdraw(session, found[1]))
    assert (await booth.total(), await booth.tally(), await booth.signatures()) == (0, [0, 0], [])


async def test_the_address_is_kept_only_sealed_and_only_where_its_owner_wants_to_hear(booth: Booth) -> None:
    await booth.write(confirm, await _ask(booth))
    await booth.letters()
    assert (await booth.consents(), ADDRESS in await _stored(booth)) == ([], False)
    other = "krokant@example.org"
    await booth.write(confirm, await _ask(booth, other, hears=True))
    await booth.letters()
    (consent,) = await booth.consents()
    assert consents.address_of(consent, booth.union.world.settings) == other
    assert other not in await _stored(booth)


async def test_a_consent_cannot_be_joined_to_the_signature_that_came_with_it(booth: Booth) -> None:
    for number in range(4):
        await booth.write(confirm, await _ask(booth, f"person{number}@example.org", hears=True))
    signed, agreed = await booth.signatures(), await booth.consents()
    shared = {"call_id", "day", "given_on", "mode", "route", "counted_here", "language", "channel"}
    said = {str(value) for row in signed for value in _values(row, but=shared)}
    heard = {str(value) for row in agreed for value in _values(row, but=shared | {"expires_at"})}
    assert not said & heard
    assert {each.actor_id for each in agreed} == {None}


async def test_consent_and_signature_are_taken_back_apart(booth: Booth) -> None:
    await booth.write(confirm, await _ask(booth, hears=True))
    thanks = (await booth.letters())[-1]
    assert link_in(thanks.text, WITHDRAW) != link_in(thanks.text, END_NEWS)
    signature = await booth.read(find_by_link, link_in(thanks.text, WITHDRAW))
    assert signature is not None
    await booth.write(lambda session: withdraw(session, signature[1]))
    assert (len(await booth.signatures()), len(await booth.consents())) == (0, 1)
    consent = await booth.read(consents.find_by_link, link_in(thanks.text, END_NEWS))
    assert consent is not None
    await booth.write(lambda session: consents.withdraw(session, consent[1]))
    assert await booth.consents() == []
    assert await booth.read(consents.find_by_link, link_in(thanks.text, END_NEWS)) is None
    for swapped in (link_in(thanks.text, WITHDRAW), "AAAA", "", "é"):
        with pytest.raises(NotFound):
            await booth.read(consents.find_by_link, swapped)


async def test_A29_one_mailbox_signs_once_however_it_is_written(booth: Booth) -> None:
    await booth.write(confirm, await _ask(booth))
    for spelling in ("Zimtstern@Example.ORG", "zimtstern+2@example.org"):
        form = WebForm(address=spelling)
        await booth.on_call(request_signature, form, caller=CALLER)
        link = link_in((await booth.letters())[-1].text, CONFIRM)
        with pytest.raises(NotAllowed):
            await booth.write(confirm, link)
    assert await booth.total() == 1


async def test_hashes_of_an_address_differ_between_calls_and_purposes(booth: Booth) -> None:
    settings = booth.union.world.settings
    hashes = {address_key(number, ADDRESS, settings) for number in (1, 2)}
    hashes.add(address_key(1, ADDRESS, settings, purpose=b"consent"))
    assert len(hashes) == 3


async def test_A29_a_member_does_not_sign_a_second_time_by_the_own_address(booth: Booth) -> None:
    def join_up(session: Session) -> Member:
        keys = new_keys(booth.union.world.settings)
        return create_member(session, username="ana", keys=keys, email=ADDRESS, reach=Reach.PUBLIC)

    ana = await booth.write(join_up)
    link = await _ask(booth)

    def as_member(session: Session) -> Signature:
        call = session.get_one(CampaignCall, booth.call.id)
        assert find_member_of(session, ana.actor_id) is not None
        return sign(session, call, session.get_one(Actor, ana.actor_id), SigningMode.COUNTED)

    signature = await booth.write(as_member)
    with pytest.raises(NotAllowed):
        await booth.write(confirm, link)
    await booth.write(lambda session: withdraw(session, signature))
    await booth.write(confirm, link)
    with pytest.raises(NotAllowed):
        await booth.write(as_member)
    assert await booth.total() == 1


async def test_a_link_is_over_after_a_week_and_when_the_call_is_closed(booth: Booth) -> None:
    link = await _ask(booth)
    booth.clock.advance(LINK_LIVES.total_seconds())
    with pytest.raises(NotFound):
        await booth.read(read_request, link)
    booth.clock.advance(days=80)
    fresh = await _ask(booth)
    booth.clock.advance(days=5)
    with pytest.raises(NotAllowed) as refusal:
        await booth.write(confirm, fresh)
    assert (refusal.value.reason, await booth.signatures()) == ("call-closed", [])


async def test_a_forged_link_signs_nothing(booth: Booth) -> None:
    link = await _ask(booth)
    for forged in ("", "AAAA", link[:-8] + "AAAAAAAA", "ü", f"{link}x"):
        with pytest.raises(NotFound):
            await booth.write(confirm, forged)
    assert await booth.signatures() == []


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"address": "zimtstern"}, "email"),
        ({"address": "a@example.org\r\nBcc: b@example.org"}, "email"),
        ({"address": "a@example.org,b@example.org"}, "email"),
        ({"address": ADDRESS, "mode": SigningMode.PUBLIC}, "name"),
        ({"address": ADDRESS, "mode": SigningMode.PUBLIC, "name": "\u202e\u200b"}, "name"),
    ],
    ids=["no-address", "two-lines", "two-addresses", "no-name", "invisible-name"],
)
async def test_H19_what_cannot_be_used_is_refused_with_its_field(
    booth: Booth, typed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        await booth.on_call(request_signature, WebForm(**typed), caller=CALLER)
    assert (refusal.value.field, await booth.letters()) == (field, [])


async def test_H19_what_was_typed_makes_no_header_and_is_in_no_mail(booth: Booth) -> None:
    name = "Zimt\r\nBcc: all@example.org\nhttps://spam.example"
    form = WebForm(address=ADDRESS, mode=SigningMode.PUBLIC, name=name)
    await booth.on_call(request_signature, form, caller=CALLER)
    (letter,) = await booth.letters()
    message = message_of(letter, 1, booth.clock.now(), booth.union.world.settings)
    assert (message["Bcc"], message["To"]) == (None, ADDRESS)
    assert "spam.example" not in letter.text + letter.subject
    signature = await booth.write(confirm, link_in(letter.text, CONFIRM))
    assert "\n" not in signature.name
    (thanks,) = await booth.letters()
    assert "spam.example" not in thanks.text + thanks.subject


async def test_mails_to_one_address_and_forms_of_one_caller_are_limited(limited: Booth) -> None:
    for _ in range(3):
        await _ask(limited)
    for spelling in (ADDRESS, "zimtstern+9@example.org"):
        with pytest.raises(TooManyAttempts):
            await limited.on_call(request_signature, WebForm(address=spelling), caller="203.0.113.77")
    for number in range(17):
        await limited.on_call(request_signature, WebForm(address=f"p{number}@example.org"), caller=CALLER)
    with pytest.raises(TooManyAttempts):
        await limited.on_call(request_signature, WebForm(address="q@example.org"), caller=CALLER)
    limited.clock.advance(days=1)
    await _ask(limited)


async def test_without_mail_nobody_signs_on_the_web(booth: Booth) -> None:
    settings: Settings = booth.union.world.settings
    assert offers_web(settings)
    assert not offers_web(replace(settings, mail=replace(settings.mail, mode=MailMode.OFF)))


def _values(row: Any, *, but: set[str]) -> list[object]:
    columns = row.__table__.columns.keys()
    found = [getattr(row, column) for column in columns if column not in but]
    return [value for value in found if value not in (None, "", True, False)]
