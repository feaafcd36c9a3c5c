"""What people do for a call: sign, withdraw, be told, write a message; and by the links in mails."""

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import ActorKind
from fediunion.actors.queries import find_local_actor
from fediunion.members.models import AttemptCount
from fediunion.social.institutions.service import name_editor
from fediunion.union.campaigns import solidarity
from fediunion.union.campaigns.asks.sign import SignAsk
from fediunion.union.campaigns.asks.solidarity import SolidarityAsk
from fediunion.union.campaigns.asks.union_resolution import UnionResolutionAsk
from fediunion.union.campaigns.models import (
    CallState,
    CampaignCall,
    ContactConsent,
    OutcomeStatus,
    Signature,
    SigningMode,
    SolidarityMessage,
)
from fediunion.union.campaigns.service.ending import close_call
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.union import settle
from tests.oauth.rig import Desk, desk_for, fields_of
from tests.union.campaigns.pages.stage import again, change, press, put
from tests.union.campaigns.samples import AS_OF

EVERY_MODE = (
    SignAsk(modes=(SigningMode.COUNTED, SigningMode.TARGET, SigningMode.PUBLIC), goal=10),
    UnionResolutionAsk(),
    SolidarityAsk(),
)


async def called(desk: Desk) -> tuple[CampaignCall, str]:
    """Return a call that can be signed in every mode, and its page."""
    call = await put(desk, asks=EVERY_MODE)
    return call, f"/campaigns/{call.slug}"


async def mailed(desk: Desk) -> str:
    """Return the text of the newest mail."""
    await settle(desk.union)
    files = sorted(desk.union.world.settings.mail.dir.glob("*.eml"), key=lambda path: int(path.stem))
    message = message_from_bytes(files[-1].read_bytes(), policy=default)
    return str(message.get_content())


def link_in(text: str, path: str) -> str:
    """Return the link in a mail that begins with a path of ours."""
    found = re.search(rf"https://us\.example({path}\?link=\S+)", text)
    assert found is not None, text
    return found[1]


async def test_a_member_signs_sees_the_next_step_and_withdraws(desk: Desk) -> None:
    call, path = await called(desk)
    await desk.member()
    browser = await desk.signed_in()
    assert "Your next step" in (await browser.get(path)).text
    answer = await press(browser, path, f"{path}/sign", mode="public", name="Ana  Ruiz", consent="1")
    assert answer.headers["location"] == f"{path}#sign"
    page = (await browser.get(path)).text
    assert "You did this" in page
    assert "<b><bdi>Ana Ruiz</bdi></b>" in page
    assert (await again(desk, call)).signatures_count == 1
    assert "Ana Ruiz" in (await desk.http.get(path)).text
    (consent,) = await desk.rows(ContactConsent)
    assert consent.channel == "member"
    assert (await press(browser, path, f"{path}/withdraw")).status_code == 303
    assert await desk.rows(Signature) == []
    assert [each.id for each in await desk.rows(ContactConsent)] == [consent.id]
    assert "Ana Ruiz" not in (await desk.http.get(path)).text


async def test_being_told_is_given_and_ended_apart_from_the_signature(desk: Desk) -> None:
    _, path = await called(desk)
    await desk.member()
    browser = await desk.signed_in()
    await press(browser, path, f"{path}/sign", mode="counted")
    assert await desk.rows(ContactConsent) == []
    await press(browser, path, f"{path}/news", want="yes")
    assert len(await desk.rows(ContactConsent)) == 1
    await press(browser, path, f"{path}/news", want="no")
    assert await desk.rows(ContactConsent) == []
    assert len(await desk.rows(Signature)) == 1


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"mode": "loud", "name": "Ana typed"}, 422, "Choose how to sign."),
        ({"mode": "public", "name": "\u202e \u200b"}, 303, ""),
    ],
    ids=["mode", "invisible"],
)
async def test_a_malformed_signature_is_refused_and_typed_text_stays(
    desk: Desk, fields: dict[str, str], status: int, said: str
) -> None:
    _, path = await called(desk)
    await desk.member()
    answer = await press(await desk.signed_in(), path, f"{path}/sign", **fields)
    assert answer.status_code == status
    if said:
        assert said in answer.text
        assert 'value="Ana typed"' in answer.text
        assert await desk.rows(Signature) == []


async def test_a_closed_call_is_signed_no_more(desk: Desk) -> None:
    call, path = await called(desk)
    await desk.member()
    browser = await desk.signed_in()
    token = fields_of((await browser.get(path)).text)["form_token"]
    await change(desk, call, close_call, OutcomeStatus.LOST, "They said no.", by="tests")
    answer = await browser.post(f"{path}/sign", {"form_token": token, "mode": "counted"})
    assert answer.status_code == 403
    assert "This call is closed." in answer.text
    assert "They said no." in answer.text
    assert f'action="{path}/sign"' not in answer.text


async def test_a_stranger_signs_by_mail_and_nothing_is_kept_before(desk: Desk) -> None:
    call, path = await called(desk)
    browser = desk.browser()
    fields = {"email": "vera@home.example", "mode": "target-only", "name": "Vera Lind", "consent": "1"}
    answer = await press(browser, path, f"{path}/sign-by-mail", **fields)
    assert answer.status_code == 303
    assert await desk.rows(Signature) == []
    assert await desk.rows(ContactConsent) == []
    link = link_in(await mailed(desk), "/campaigns/confirm")
    looked = await browser.get(link)
    assert looked.headers["referrer-policy"] == "same-origin"
    assert looked.headers["cache-control"] == "no-store"
    assert "Vera Lind" in looked.text
    assert await desk.rows(Signature) == []
    hidden = fields_of(looked.text)
    done = await browser.post("/campaigns/confirm", hidden)
    assert "You have signed. Thank you." in done.text
    assert (await again(desk, call)).signatures_count == 1
    twice = await browser.post("/campaigns/confirm", hidden)
    assert twice.status_code == 403
    assert (await again(desk, call)).signatures_count == 1
    assert "Vera Lind" not in (await desk.http.get(path)).text


async def test_the_links_in_the_mail_withdraw_signature_and_consent_each_alone(desk: Desk) -> None:
    _, path = await called(desk)
    browser = desk.browser()
    await press(browser, path, f"{path}/sign-by-mail", email="vera@home.example", mode="counted", consent="1")
    link = link_in(await mailed(desk), "/campaigns/confirm")
    await browser.post("/campaigns/confirm", fields_of((await browser.get(link)).text))
    mail = await mailed(desk)
    withdraw, news = link_in(mail, "/campaigns/withdraw"), link_in(mail, "/campaigns/consent")
    assert "Withdraw my signature" in (await browser.get(withdraw)).text
    assert len(await desk.rows(Signature)) == 1
    done = await browser.post("/campaigns/withdraw", fields_of((await browser.get(withdraw)).text))
    assert "Your signature is withdrawn." in done.text
    assert await desk.rows(Signature) == []
    assert len(await desk.rows(ContactConsent)) == 1
    # A mail program ends it with one POST, without a form of ours (RFC 8058).
    ended = await desk.client().post(news, data={"List-Unsubscribe": "One-Click"})
    assert ended.status_code == 200
    assert await desk.rows(ContactConsent) == []
    assert (await browser.get(withdraw)).status_code == 404


@pytest.mark.parametrize("path", ["confirm", "withdraw", "consent", "pledge/confirm", "pledge/withdraw"])
@pytest.mark.parametrize("link", ["", "x", "%F0%9F", "A" * 5000], ids=["none", "short", "bytes", "long"])
async def test_a_forged_link_is_none_of_ours(desk: Desk, path: str, link: str) -> None:
    answer = await desk.http.get(f"/campaigns/{path}?link={link}")
    assert answer.status_code == 404
    assert "This link was used, or is too old." in answer.text


async def test_a_bad_address_is_refused_and_typed_text_stays(desk: Desk) -> None:
    _, path = await called(desk)
    browser = desk.browser()
    for address in ("vera", "a@b@c.example", "vera@home.example\r\nBcc: all@home.example"):
        answer = await press(
            browser, path, f"{path}/sign-by-mail", email=address, mode="public", name="Vera Lind"
        )
        assert answer.status_code == 422
        assert "This is not an e-mail address that we can use." in answer.text
        assert 'value="Vera Lind"' in answer.text


async def test_H05_a_name_is_text_wherever_it_is_shown(desk: Desk) -> None:
    _, path = await called(desk)
    await desk.member()
    await press(await desk.signed_in(), path, f"{path}/sign", mode="public", name="<img src=x onerror=a()>")
    page = (await desk.http.get(path)).text
    assert "<img" not in page
    assert "&lt;img src=x onerror=a()&gt;" in page


async def test_V12_counted_and_target_only_names_are_on_no_page(desk: Desk) -> None:
    _, path = await called(desk)
    for name, mode in (("ana", "counted"), ("ben", "target-only")):
        await desk.member(name)
        await press(await desk.signed_in(name), path, f"{path}/sign", mode=mode, name=f"Name of {name}")
    await desk.member("carla")
    carla = await desk.signed_in("carla")
    for page in (
        (await desk.http.get(path)).text,
        (await carla.get(path)).text,
        (await desk.http.get(f"{path}/call.json")).text,
        (await desk.http.get(f"{path}/embed")).text,
        (await desk.http.get("/campaigns.jsonfeed")).text,
    ):
        assert "Name of" not in page
        assert "@ana" not in page


async def test_a_message_of_solidarity_waits_for_the_team(desk: Desk) -> None:
    call, path = await called(desk)
    await desk.member()
    browser = await desk.signed_in()
    await press(browser, path, f"{path}/solidarity", message="We stand\nwith you <b>", signed_as="Local 7")
    assert "Your message waits" in (await browser.get(path)).text
    assert "We stand" not in (await desk.http.get(path)).text
    (message,) = await desk.rows(SolidarityMessage)
    await change(desk, call, solidarity.show_message, message.id, by="tests")
    page = (await desk.http.get(path)).text
    assert "We stand\nwith you &lt;b&gt;" in page
    assert "Local 7" in page
    again_answer = await press(browser, path, f"{path}/news", want="no")
    assert again_answer.status_code == 303
    await press(browser, path, f"{path}/solidarity/withdraw")
    assert await desk.rows(SolidarityMessage) == []


async def test_strangers_write_a_few_messages_an_hour(databases: Databases, tmp_path: Path) -> None:
    async with desk_for(databases.with_tables(), tmp_path, FakeClock(AS_OF), enabled=True) as desk:
        await desk.union.member("campaigns", kind=ActorKind.FEED)
        _, path = await called(desk)
        browser = desk.browser()
        statuses = [
            (await press(browser, path, f"{path}/solidarity", message=text)).status_code
            for text in ("  ", "one", "two", "three", "four", "five", "six")
        ]
        assert statuses == [422, *[303] * 5, 429]
        assert len(await desk.rows(SolidarityMessage)) == 5
        assert all("198.51.100.9" not in row.subject for row in await desk.rows(AttemptCount))


async def test_O12_members_forms_are_for_members(desk: Desk) -> None:
    _, path = await called(desk)
    stranger = desk.browser()
    for action in ("sign", "withdraw", "news", "solidarity/withdraw"):
        answer = await press(stranger, path, f"{path}/{action}", mode="counted")
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")
    assert await desk.rows(Signature) == []


async def test_what_tells_the_least_of_a_name_is_chosen_unless_one_chooses_more(desk: Desk) -> None:
    modes = (SigningMode.PUBLIC, SigningMode.TARGET, SigningMode.COUNTED)
    call = await put(desk, asks=(SignAsk(modes=modes),))
    page = (await desk.browser().get(f"/campaigns/{call.slug}")).text
    chosen = [tag for tag in re.findall(r"<input[^>]*>", page) if 'name="mode"' in tag and "checked" in tag]
    assert len(chosen) == 1
    assert 'value="counted"' in chosen[0]


async def test_an_editor_who_may_not_decide_about_calls_cannot_end_one_by_deleting_its_post(
    desk: Desk,
) -> None:
    await desk.member("ed")
    call = await put(desk)

    def name(session: Session) -> None:
        feed = find_local_actor(session, "campaigns")
        assert feed is not None
        name_editor(session, feed, "ed", by="tests")

    await desk.union.world.db.write(name)
    ed = await desk.signed_in("ed")
    post_id = (await again(desk, call)).post_id
    form = fields_of((await ed.get("/home")).text)
    answers = [
        await ed.get(f"/posts/{post_id}/delete"),
        await ed.post(f"/posts/{post_id}/delete", form),
        await ed.get(f"/compose?edit={post_id}"),
    ]
    assert [answer.status_code for answer in answers] == [403] * 3
    assert (await again(desk, call)).state == CallState.OPEN
