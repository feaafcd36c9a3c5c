"""/campaigns/{slug}/letters/{number}: letters are changed, sent, printed and counted."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import ActorKind
from fediunion.config import MailMode
from fediunion.db import emit
from fediunion.kit.errors import NotAllowed
from fediunion.members.events import MemberErased
from fediunion.union.campaigns import solidarity
from fediunion.union.campaigns.asks.sign import SignAsk
from fediunion.union.campaigns.asks.solidarity import SolidarityAsk
from fediunion.union.campaigns.asks.write_to_target import WriteToTargetAsk
from fediunion.union.campaigns.letters import service
from fediunion.union.campaigns.models import CampaignCall, Letter, OutcomeStatus, SolidarityMessage
from fediunion.union.campaigns.service.ending import close_call
from fediunion.union.campaigns.service.rows import Person, write_people
from fediunion.union.campaigns.terms.call import Channel, Target
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.union import settle
from tests.oauth.rig import Desk, desk_for
from tests.union.campaigns.pages.stage import change, press, put
from tests.union.campaigns.samples import AS_OF

OFFICE = "office@rco.example"
TARGETS = (
    Target(role="Executive Head", organisation="RCO", channel=Channel.EMAIL, address=OFFICE),
    Target(role="Registrar", organisation="Tribunal", channel=Channel.EMAIL, personal=True),
)
ASKS = (
    SignAsk(goal=10),
    WriteToTargetAsk(
        template={"en": "Dear head,\n\nplease talk.", "fr": "Madame, Monsieur,\n\nparlez."},
        subject={"en": "Negotiation", "fr": "Négociation"},
    ),
)


async def called(desk: Desk) -> tuple[CampaignCall, str]:
    """Return a call that asks to write, and the page of the letter to the office."""
    call = await put(desk, asks=ASKS, targets=TARGETS)
    return call, f"/campaigns/{call.slug}/letters/0"


async def sent_mails(desk: Desk) -> list[EmailMessage]:
    """Send what waits; return the mails."""
    await settle(desk.union)
    files = desk.union.world.settings.mail.dir.glob("*.eml")
    found: list[Any] = [message_from_bytes(path.read_bytes(), policy=default) for path in files]
    return found


async def test_the_letter_begins_in_the_language_of_the_reader(desk: Desk) -> None:
    _, path = await called(desk)
    page = (await desk.http.get(path)).text
    assert "Dear head,\n\nplease talk." in page
    assert 'value="Negotiation"' in page
    french = (await desk.http.get(f"{path}?in=fr")).text
    assert "Madame, Monsieur,\n\nparlez." in french
    assert "Dear head" in (await desk.http.get(f"{path}?in=xx")).text


async def test_anybody_opens_it_in_the_own_mail_program(desk: Desk) -> None:
    _, path = await called(desk)
    browser = desk.browser()
    answer = await press(
        browser, path, path, act="open", subject="My & words", letter="One\n\ntwo", name="Vera"
    )
    assert answer.status_code == 200
    assert (
        f'href="mailto:{OFFICE}?subject=My%20%26%20words&amp;body=One%0D%0A%0D%0Atwo%0D%0A%0D%0AVera"'
        in answer.text
    )
    assert await desk.rows(Letter) == []
    assert "Let this server send it" not in answer.text


async def test_a_member_lets_the_server_send_it_once(desk: Desk) -> None:
    call, path = await called(desk)
    await desk.member()
    browser = await desk.signed_in()
    fields = {"act": "send", "subject": "Please", "letter": "Talk to us.", "name": "Ana R.", "language": "en"}
    assert (await press(browser, path, path, **fields)).status_code == 303
    (mail,) = await sent_mails(desk)
    assert (str(mail["To"]), str(mail["Subject"])) == (OFFICE, "Please")
    assert "ana" not in str(mail["From"]).lower()
    assert mail["Reply-To"] is None
    text = mail.get_content()
    assert text.startswith("Talk to us.\n\nAna R.\n")
    assert f"https://us.example/campaigns/{call.slug}" in text
    assert "ana@us.example" not in bytes(mail).decode()
    again = await press(browser, path, path, **fields)
    assert again.status_code == 403
    assert "You have written to this address already." in again.text
    assert "Talk to us." in again.text
    assert len(await sent_mails(desk)) == 1
    assert "1 letter so far" in (await desk.http.get(path)).text


@pytest.mark.parametrize("field", ["subject", "name", "letter"], ids=["subject", "name", "letter"])
async def test_H19_line_breaks_make_no_mail_header(desk: Desk, field: str) -> None:
    _, path = await called(desk)
    await desk.member()
    fields = {"subject": "Please", "letter": "Talk to us.", "name": "Ana"}
    fields[field] += "\r\nBcc: all@evil.example\r\nReply-To: x@evil.example"
    answer = await press(await desk.signed_in(), path, path, act="send", **fields)
    assert answer.status_code == 303
    (mail,) = await sent_mails(desk)
    assert mail["Bcc"] is None
    assert mail["Reply-To"] is None
    assert mail.get_all("To") == [OFFICE]


async def test_nothing_is_sent_to_a_person_and_no_address_of_one_is_told(desk: Desk) -> None:
    call, _ = await called(desk)
    petra = Person(name="Petra Roe", address="petra@home.example")
    await change(desk, call, write_people, {1: petra})
    await desk.member()
    browser = await desk.signed_in()
    path = f"/campaigns/{call.slug}/letters/1"
    page = await press(browser, path, path, act="open", subject="Please", letter="Talk.")
    assert "mailto:?subject=Please" in page.text
    assert "petra" not in page.text.lower()
    answer = await press(browser, path, path, act="send", subject="Please", letter="Talk.")
    assert answer.status_code == 403
    assert await sent_mails(desk) == []


async def test_a_letter_of_ones_own_is_counted_once(desk: Desk) -> None:
    _, path = await called(desk)
    await desk.member()
    browser = await desk.signed_in()
    fields = {"act": "own", "subject": "Please", "letter": "Talk."}
    assert (await press(browser, path, path, **fields)).status_code == 303
    assert (await press(browser, path, path, **fields)).status_code == 403
    (row,) = await desk.rows(Letter)
    assert not row.by_server
    assert await sent_mails(desk) == []


async def test_a_target_gets_so_many_letters_a_day(desk: Desk) -> None:
    call, _ = await called(desk)
    draft = service.Draft(subject="Please", text="Talk.")
    rows = [
        {"call_id": call.id, "target_number": 0, "actor_id": None, "by_server": True}
        for _ in range(service.MOST_FOR_A_TARGET)
    ]

    def fill(session: Any, _call: CampaignCall) -> None:
        session.add_all(Letter(**each, sent_at=desk.clock.now()) for each in rows)

    await change(desk, call, fill)
    member = await desk.member()
    with pytest.raises(NotAllowed, match="Enough letters"):
        await change(desk, call, service.send_letter, 0, member.actor_id, draft, page="https://us.example/")
    assert await sent_mails(desk) == []
    desk.clock.advance(timedelta(hours=25).total_seconds())
    await change(desk, call, service.send_letter, 0, member.actor_id, draft, page="https://us.example/")
    assert len(await sent_mails(desk)) == 1


async def test_a_closed_call_sends_nothing(desk: Desk) -> None:
    call, path = await called(desk)
    await change(desk, call, close_call, OutcomeStatus.WON, "They talk.", by="tests")
    await desk.member()
    answer = await press(await desk.signed_in(), path, path, act="send", subject="P", letter="T")
    assert answer.status_code == 403
    assert await desk.rows(Letter) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"subject": "", "letter": "Talk."}, "A letter needs a subject."),
        ({"subject": "Please", "letter": "  \n "}, "The letter is empty."),
        ({"subject": "S" * 151, "letter": "Talk."}, "At most 150 characters fit here."),
        ({"subject": "Please", "letter": "L" * 6001}, "At most 6000 characters fit here."),
    ],
    ids=["subject", "letter", "long-subject", "long-letter"],
)
@pytest.mark.parametrize("act", ["open", "send", "print"])
async def test_a_malformed_letter_is_refused_and_typed_text_stays(
    desk: Desk, fields: dict[str, str], said: str, act: str
) -> None:
    _, path = await called(desk)
    await desk.member()
    answer = await press(await desk.signed_in(), path, path, act=act, name="Typed name", **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Typed name"' in answer.text
    assert await desk.rows(Letter) == []


async def test_the_letter_is_printed_with_the_count(desk: Desk) -> None:
    _, path = await called(desk)
    answer = await desk.http.get(f"{path}/letter.pdf?in=fr")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    own = await press(desk.browser(), path, path, act="print", subject="Please", letter="Talk.")
    assert own.content.startswith(b"%PDF-")


async def test_strangers_cannot_let_the_server_send(desk: Desk) -> None:
    _, path = await called(desk)
    for act in ("send", "own"):
        answer = await press(desk.browser(), path, path, act=act, subject="Please", letter="Talk.")
        assert answer.status_code == 404
    assert await desk.rows(Letter) == []


async def test_what_is_no_letter_is_not_found(desk: Desk) -> None:
    call, _ = await called(desk)
    other = await put(desk, title="Without letters", targets=TARGETS, asks=ASKS[:1])
    for path in (
        f"/campaigns/{call.slug}/letters/2",
        f"/campaigns/{call.slug}/letters/99999999999999999999",
        f"/campaigns/{other.slug}/letters/0",
        "/campaigns/none/letters/0",
    ):
        assert (await desk.http.get(path)).status_code == 404


async def test_without_mail_nothing_is_offered_to_be_sent(databases: Databases, tmp_path: Path) -> None:
    async with desk_for(
        databases.with_tables(),
        tmp_path,
        FakeClock(AS_OF),
        change=lambda settings: replace(settings, mail=replace(settings.mail, mode=MailMode.OFF)),
    ) as desk:
        await desk.union.member("campaigns", kind=ActorKind.FEED)
        _, path = await called(desk)
        await desk.member()
        page = (await (await desk.signed_in()).get(path)).text
        assert "Let this server send it" not in page
        assert "Write it from my own mail" in page


async def test_who_is_erased_leaves_a_number_and_no_words(desk: Desk) -> None:
    call, path = await called(desk)
    member = await desk.member()
    await change(desk, call, service.note_own_letter, 0, member.actor_id)
    await change(
        desk,
        await put(desk, title="Words", asks=(SignAsk(), SolidarityAsk())),
        solidarity.write_message,
        name="Ana",
        text="Courage",
        language="en",
        actor_id=member.actor_id,
    )

    def erase(session: Session) -> None:
        emit(session, MemberErased(member_id=member.id, actor_id=member.actor_id))

    await desk.db.write(erase)
    (row,) = await desk.rows(Letter)
    assert row.actor_id is None
    assert "1 letter so far" in (await desk.http.get(path)).text
    assert await desk.rows(SolidarityMessage) == []
