"""/admin/campaigns: a call is written, published, carried, watched and closed by who may."""

from typing import Any

import pytest

from fediunion.members.models import Role
from fediunion.union.campaigns.models import (
    CallState,
    CallTarget,
    CampaignCall,
)
from fediunion.union.campaigns.service.rows import terms_of
from tests.oauth.rig import Browser, Desk, fields_of
from tests.union.campaigns.pages.stage import again, officer, press, put
from tests.union.campaigns.pages.test_doing import EVERY_MODE

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


@pytest.mark.parametrize("path", ["none", "none/edit", "none/publish", "none/sponsors", "none/clap"])
async def test_no_call_has_no_pages(desk: Desk, path: str) -> None:
    assert (await (await officer(desk)).get(f"/admin/campaigns/{path}")).status_code == 404
