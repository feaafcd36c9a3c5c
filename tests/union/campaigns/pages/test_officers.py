"""/admin/campaigns: a call is written, published, carried, watched and closed by who may."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.members.models import Role
from fediunion.social.moderation.models import AuditEntry
from fediunion.union.campaigns import solidarity
from fediunion.union.campaigns.models import (
    CallState,
    CallTarget,
    CampaignCall,
    Resolution,
    SigningMode,
    SolidarityMessage,
)
from fediunion.union.campaigns.pages.officers.numbers import NumbersDesk
from fediunion.union.campaigns.service.rows import terms_of
from fediunion.union.campaigns.signing.members import sign
from fediunion.web.live import Listener, Place
from tests.oauth.rig import Browser, Desk, fields_of
from tests.union.campaigns.pages.stage import again, change, officer, press, put
from tests.union.campaigns.pages.test_doing import EVERY_MODE
from tests.web.pages.test_live import hearing

NEW = "/admin/campaigns/new"
TYPED = {
    "title": "Safe staffing",
    "demand": "Fill every vacant post by June.",
    "languages": "en, fr",
    "case_language[]": ["en", "fr", ""],
    "case[]": ["Because **so**.", "Parce que.", ""],
    "role[]": ["Executive Head", "Registrar"],
    "organisation[]": ["RCO", "Tribunal"],
    "channel[]": ["email", "post"],
    "address[]": ["office@rco.example", ""],
    "person[]": ["", "Petra Roe"],
    "person_address[]": ["", "petra@home.example"],
    "mode[]": ["counted", "public"],
    "goal": "500",
    "ask[]": ["email-target", "solidarity"],
    "letter_language[]": ["en"],
    "letter_subject[]": ["Staffing"],
    "letter_text[]": ["Dear head,\n\nplease do."],
    "evidence_name[]": ["Report"],
    "evidence_url[]": ["https://docs.example/r"],
    "closes_day": "2027-02-01",
    "audience": "public",
}


async def send(browser: Browser, page: str, path: str, **fields: object) -> Any:
    """Send the form with several fields of a name, as a browser does."""
    token = fields_of((await browser.get(page)).text)["form_token"]
    pairs = {name: value for name, value in (TYPED | fields).items() if value is not None}
    files = {"nothing": ("", b"")}
    return await browser.http.post(
        path,
        data={"form_token": token, **pairs},
        files=files,
        headers={"Origin": "https://us.example", "Sec-Fetch-Site": "same-origin"},
    )


async def calls(desk: Desk) -> list[CampaignCall]:
    """Return all calls."""
    found: list[CampaignCall] = await desk.rows(CampaignCall)
    return found


async def test_an_officer_writes_a_call_looks_at_it_and_publishes_it(desk: Desk) -> None:
    browser = await officer(desk)
    assert "It must not be run as a call" in (await browser.get(NEW)).text
    looked = await send(browser, NEW, "/uploads/campaigns/new", act="preview")
    assert looked.status_code == 200
    page = looked.text
    assert "The call in Mastodon" in page
    assert "<li><bdi>Sign</bdi></li>" in page
    assert "Fill every vacant post by June." in page
    assert await calls(desk) == []
    kept = await send(browser, NEW, "/uploads/campaigns/new", act="save")
    (call,) = await calls(desk)
    assert kept.headers["location"] == f"/admin/campaigns/{call.slug}"
    terms = terms_of(call)
    assert terms.case == {"en": "Because **so**.", "fr": "Parce que."}
    assert [(each.role, each.address, each.personal) for each in terms.targets] == [
        ("Executive Head", "office@rco.example", False),
        ("Registrar", "", True),
    ]
    assert [ask.kind for ask in terms.asks] == ["sign", "email-target", "solidarity"]
    (person,) = await desk.rows(CallTarget)
    assert (person.number, person.name) == (1, "Petra Roe")
    path = f"/admin/campaigns/{call.slug}"
    assert "Everybody can see it" in (await browser.get(f"{path}/publish")).text
    assert (await press(browser, f"{path}/publish", f"{path}/publish")).status_code == 303
    assert (await again(desk, call)).state == CallState.OPEN
    for page in (
        (await desk.http.get(f"/campaigns/{call.slug}")).text,
        (await desk.http.get(f"/campaigns/{call.slug}/call.json")).text,
        (await desk.http.get(f"/campaigns/{call.slug}/letters/1")).text,
    ):
        assert "Petra" not in page
        assert "petra@" not in page


async def test_what_is_wrong_is_named_and_what_was_typed_stays(desk: Desk) -> None:
    browser = await officer(desk)
    for fields, said in (
        ({"title": ""}, "A call needs a title."),
        ({"closes_day": "2026-01-01"}, "A call closes after it opens."),
        ({"closes_day": ""}, "Say when it closes."),
        ({"closes_day": "soon"}, "A day is written as 2027-01-31."),
        ({"goal": "many"}, "A goal is a number from 1 up."),
        ({"languages": "english-language-of-all"}, "This is no language."),
        ({"evidence_url[]": ["javascript:alert(1)"]}, "This is no address of a page."),
        ({"hashtags": "#a-b"}, "This is no hashtag"),
        ({"audience": "secret"}, "A call is public, or for the network of unions."),
    ):
        answer = await send(browser, NEW, "/uploads/campaigns/new", act="save", **fields)
        assert answer.status_code == 422, fields
        assert said in answer.text, fields
        assert "Fill every vacant post by June." in answer.text
        assert "Petra Roe" in answer.text
    assert await calls(desk) == []


async def test_an_open_call_is_changed_but_not_its_poll(desk: Desk) -> None:
    call = await put(desk)
    browser = await officer(desk)
    path = f"/admin/campaigns/{call.slug}"
    kept = await send(browser, f"{path}/edit", f"/uploads/campaigns/{call.slug}", act="save")
    assert kept.status_code == 303
    assert (await again(desk, call)).title == "Safe staffing"
    refused = await send(
        browser, f"{path}/edit", f"/uploads/campaigns/{call.slug}", act="save", languages="fr"
    )
    assert refused.status_code == 422
    assert "cannot be changed" in refused.text


async def test_a_call_is_closed_with_an_outcome_and_never_without(desk: Desk) -> None:
    call = await put(desk)
    browser = await officer(desk)
    path = f"/admin/campaigns/{call.slug}"
    for fields in ({}, {"status": "won"}, {"status": "won", "text": "Yes", "on": "2030-01-01"}):
        answer = await press(browser, f"{path}/close", f"{path}/close", **fields)
        assert answer.status_code == 422
        assert (await again(desk, call)).state == CallState.OPEN
    done = await press(browser, f"{path}/close", f"{path}/close", status="won", text="They talk again.")
    assert done.status_code == 303
    assert "They talk again." in (await desk.http.get(f"/campaigns/{call.slug}")).text
    twice = await press(browser, "/compose", f"{path}/close", status="lost", text="No.")
    assert twice.status_code == 403
    assert (await again(desk, call)).outcome_status == "won"


async def test_a_draft_is_thrown_away(desk: Desk) -> None:
    call = await put(desk, draft=True)
    path = f"/admin/campaigns/{call.slug}"
    answer = await press(await officer(desk), f"{path}/close", f"{path}/close")
    assert answer.headers["location"] == "/admin/campaigns"
    assert await calls(desk) == []


async def test_O12_the_pages_of_the_team_are_for_the_team(desk: Desk) -> None:
    call = await put(desk, asks=EVERY_MODE)
    path = f"/admin/campaigns/{call.slug}"
    await desk.member()
    member, moderator = await desk.signed_in(), await officer(desk, Role.MODERATOR)
    mine = (
        "/edit",
        "/publish",
        "/close",
        "/sponsors",
        "/resolutions",
        "/clap",
        "/signatures.csv",
        "/signatures.json",
        "/live",
        "",
    )
    for more in (*mine, "/messages"):
        assert (await desk.http.get(f"{path}{more}")).status_code == 303
        assert (await member.get(f"{path}{more}")).status_code == 404
    assert (await moderator.get(f"{path}/messages")).status_code == 200
    assert (await moderator.get("/admin/campaigns")).status_code == 200
    for more in mine:
        assert (await moderator.get(f"{path}{more}")).status_code == 404
    refused = await press(moderator, "/compose", f"{path}/close", status="won", text="Yes")
    assert refused.status_code == 404
    assert (await again(desk, call)).state == CallState.OPEN


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


@pytest.mark.parametrize("path", ["none", "none/edit", "none/publish", "none/sponsors", "none/clap"])
async def test_no_call_has_no_pages(desk: Desk, path: str) -> None:
    assert (await (await officer(desk)).get(f"/admin/campaigns/{path}")).status_code == 404


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
