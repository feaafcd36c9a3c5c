"""What the team of a call sees and decides: numbers, names for the target, messages, resolutions."""

import pytest
from sqlalchemy.orm import Session

from fediunion.kit.errors import Invalid
from fediunion.members.models import Role
from fediunion.social.moderation.models import AuditEntry
from fediunion.union.campaigns import solidarity
from fediunion.union.campaigns.asks.sign import SignAsk
from fediunion.union.campaigns.asks.union_resolution import UnionResolutionAsk
from fediunion.union.campaigns.models import (
    CampaignCall,
    Resolution,
    SigningMode,
    SolidarityMessage,
)
from fediunion.union.campaigns.pages.officers.numbers import NumbersDesk
from fediunion.union.campaigns.signing.members import sign
from fediunion.web.live import Listener, Place
from tests.oauth.rig import Desk
from tests.union.campaigns.pages.stage import again, change, officer, press, put
from tests.union.campaigns.pages.test_doing import EVERY_MODE
from tests.web.pages.test_live import hearing


async def test_C03_the_names_for_the_target_are_no_formulas_and_fetching_is_logged(desk: Desk) -> None:
    call = await put(desk, asks=EVERY_MODE)
    for name, mode, said in (
        ("ana", SigningMode.PUBLIC, '=HYPERLINK("https://evil.example")'),
        ("ben", SigningMode.COUNTED, ""),
    ):
        member = await desk.member(name)
        actor = await desk.union.actor(name)
        await change(desk, call, sign, actor, mode, said)
        assert member.actor_id == actor.id
    browser = await officer(desk)
    answer = await browser.get(f"/admin/campaigns/{call.slug}/signatures.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert len(answer.text.strip().splitlines()) == 2
    assert "\n=HYPERLINK" not in answer.text
    assert '\n"=HYPERLINK' not in answer.text
    document = (await browser.get(f"/admin/campaigns/{call.slug}/signatures.json")).json()
    assert (document["total"], [each["mode"] for each in document["signatures"]]) == (2, ["public"])
    assert "call.export" in [entry.action for entry in await desk.rows(AuditEntry)]


async def test_W19_the_names_are_for_who_proved_to_be_the_officer_within_the_last_minutes(desk: Desk) -> None:
    call = await put(desk, asks=EVERY_MODE)
    browser = await officer(desk)
    desk.clock.advance(minutes=30)
    for ending in ("csv", "json"):
        answer = await browser.get(f"/admin/campaigns/{call.slug}/signatures.{ending}")
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in/again")
    assert not [each for each in await desk.rows(AuditEntry) if each.action == "call.export"]


async def test_a_moderator_reads_messages_before_they_are_shown(desk: Desk) -> None:
    call = await put(desk, asks=EVERY_MODE)
    for text in ("We stand with you", "Buy pills"):
        await change(desk, call, solidarity.write_message, name="", text=text, language="en", actor_id=None)
    first, second = sorted(await desk.rows(SolidarityMessage), key=lambda each: each.text, reverse=True)
    browser = await officer(desk, Role.MODERATOR)
    path = f"/admin/campaigns/{call.slug}/messages"
    page = (await browser.get(path)).text
    assert "We stand with you" in page
    assert "Without a name" in page
    assert (await press(browser, path, f"{path}/{first.id}/show")).status_code == 303
    assert (await press(browser, path, f"{path}/{second.id}/remove")).status_code == 303
    assert (await press(browser, path, f"{path}/{second.id}/show")).status_code == 404
    page = (await desk.http.get(f"/campaigns/{call.slug}")).text
    assert "We stand with you" in page
    assert "Buy pills" not in page


@pytest.mark.parametrize("text", ["a\x00b", "half \ud83d"], ids=["nul", "half"])
async def test_a_message_that_cannot_be_stored_is_refused(desk: Desk, text: str) -> None:
    call = await put(desk, asks=EVERY_MODE)
    with pytest.raises(Invalid) as refused:
        await change(desk, call, solidarity.write_message, name="", text=text, language="en", actor_id=None)
    assert refused.value.field == "message"


async def test_an_officer_writes_resolutions_down(desk: Desk) -> None:
    call = await put(desk, asks=EVERY_MODE)
    browser = await officer(desk)
    path = f"/admin/campaigns/{call.slug}/resolutions"
    refused = await press(browser, path, path, organisation=" ", text="We support it")
    assert refused.status_code == 422
    assert "We support it" in refused.text
    bad = await press(browser, path, path, organisation="Prospect", url="javascript:alert(1)")
    assert bad.status_code == 422
    done = await press(
        browser, path, path, organisation="Prospect", on="2026-11-20", url="https://p.example/r"
    )
    assert done.status_code == 303
    page = (await desk.http.get(f"/campaigns/{call.slug}")).text
    assert "Prospect" in page
    assert "1 organisation supports this call." in page
    (row,) = await desk.rows(Resolution)
    await press(browser, path, f"{path}/{row.id}/remove")
    assert await desk.rows(Resolution) == []


async def test_a_union_that_is_none_cannot_be_asked(desk: Desk) -> None:
    call = await put(desk)
    browser = await officer(desk)
    path = f"/admin/campaigns/{call.slug}/sponsors"
    assert "No union was asked yet" in (await browser.get(path)).text
    for address in ("", "nowhere.example", "<script>", "a" * 400):
        answer = await press(browser, path, path, union=address)
        assert answer.status_code == 422
        assert "No union answers at this address." in answer.text
        assert "<script>a" not in answer.text


async def test_the_team_sees_numbers_and_no_names(desk: Desk) -> None:
    call = await put(desk, asks=EVERY_MODE)
    await desk.member()
    await change(desk, call, sign, await desk.union.actor("ana"), SigningMode.COUNTED)
    page = (await (await officer(desk)).get(f"/admin/campaigns/{call.slug}")).text
    assert '<dd data-number="signatures">1</dd>' in page
    assert f'data-numbers="/admin/campaigns/{call.slug}/live"' in page
    assert "@ana" not in page


async def test_an_open_page_hears_of_each_signature(desk: Desk) -> None:
    call, other = await put(desk, asks=EVERY_MODE), await put(desk, title="Another")
    await desk.member()
    numbers = desk.union.world.part(NumbersDesk)
    listener = Listener(1, "cookie", Place.NOWHERE)
    with numbers.joined(listener, call.id):
        await change(desk, other, sign, await desk.union.actor("ana"), SigningMode.COUNTED)
        await numbers.settle()
        assert listener.texts.empty()
        await change(desk, call, sign, await desk.union.actor("ana"), SigningMode.COUNTED)
        await numbers.settle()
        text = listener.texts.get_nowait()
    assert text is not None
    assert text.startswith("event: numbers\n")
    assert '"signatures": 1' in text


async def test_the_stream_of_a_call_tells_the_numbers_and_nothing_else(desk: Desk) -> None:
    call = await put(desk, asks=EVERY_MODE)
    await desk.member()
    browser = await officer(desk)
    async with hearing(desk, browser, f"/admin/campaigns/{call.slug}/live") as stream:
        assert stream.status == 200
        assert stream.headers[b"content-type"].startswith(b"text/event-stream")
        await stream.text()
        await change(desk, call, sign, await desk.union.actor("ana"), SigningMode.PUBLIC, "Ana Ruiz")
        told = await stream.text()
    assert told.startswith("event: numbers\ndata: {")
    assert "Ana" not in told


async def test_a_moderator_hides_a_call_of_elsewhere_and_shows_it_again(desk: Desk) -> None:
    call = await put(desk)

    def of_elsewhere(_session: Session, row: CampaignCall) -> None:
        row.local = False

    await change(desk, call, of_elsewhere)
    browser = await officer(desk, Role.MODERATOR)
    page, path = f"/campaigns/{call.slug}", f"/admin/campaigns/{call.slug}/hide"
    assert (await press(browser, page, path, hide="yes")).headers["location"] == page
    assert (await desk.http.get(page)).status_code == 404
    assert "Only moderators see this call." in (await browser.get(page)).text
    await press(browser, page, path, hide="no")
    assert (await desk.http.get(page)).status_code == 200
    await desk.member()
    refused = await press(await desk.signed_in(), "/compose", path, hide="yes")
    assert refused.status_code == 404


async def test_a_call_of_ours_is_not_hidden_but_withdrawn(desk: Desk) -> None:
    call = await put(desk)
    browser = await officer(desk)
    answer = await press(browser, "/compose", f"/admin/campaigns/{call.slug}/hide", hide="yes")
    assert answer.status_code == 403
    assert "withdraw it" in answer.text
    assert not (await again(desk, call)).hidden


async def test_an_officer_lets_the_union_support_a_call_of_elsewhere_and_takes_that_back(desk: Desk) -> None:
    browser, asks = await officer(desk), (SignAsk(), UnionResolutionAsk())
    call = await put(desk, asks=asks)

    def of_elsewhere(_session: Session, row: CampaignCall) -> None:
        row.local = False

    await change(desk, call, of_elsewhere)
    path = f"/admin/campaigns/{call.slug}/resolutions"
    assert path in (await browser.get(f"/campaigns/{call.slug}")).text
    wrong = await press(browser, path, f"{path}/adopt", text="We agreed", url="javascript:1")
    assert (wrong.status_code, "We agreed" in wrong.text) == (422, True)
    assert (await press(browser, path, f"{path}/adopt", text="We agreed")).status_code == 303
    assert "We agreed" in (await browser.get(f"/campaigns/{call.slug}")).text
    assert (await press(browser, path, f"{path}/revoke")).status_code == 303
    assert "We agreed" not in (await browser.get(f"/campaigns/{call.slug}")).text
