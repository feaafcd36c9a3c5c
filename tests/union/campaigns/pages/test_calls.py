"""/campaigns and /campaigns/{slug}: what they show, to whom, and in which form."""

import json
import re
from datetime import timedelta

import pytest

from fediunion.activitypub.audience import Audience
from fediunion.members.models import Role
from fediunion.union.campaigns.models import CampaignCall, OutcomeStatus
from fediunion.union.campaigns.service.ending import close_call
from fediunion.union.campaigns.terms.call import Evidence
from tests.oauth.rig import Desk
from tests.union.campaigns.pages.stage import JSON, PEER, again, change, officer, put
from tests.web.pages.members import follow

TITLE = "Restore negotiation rights for staff unions"


async def test_nothing_open_says_so(desk: Desk) -> None:
    page = (await desk.http.get("/campaigns")).text
    assert "No call is open" in page
    assert "How others ended" not in page


async def test_open_calls_stand_before_those_that_ended_with_their_outcomes(desk: Desk) -> None:
    await put(desk)
    lost = await put(desk, title="Keep the canteen")
    await change(desk, lost, close_call, OutcomeStatus.PARTLY_WON, "It opens two days a week.", by="tests")
    page = (await desk.http.get("/campaigns")).text
    assert page.index(TITLE) < page.index("How others ended") < page.index("Keep the canteen")
    assert "Partly won" in page
    assert "It opens two days a week." in page
    assert "of 5,000" in page


async def test_the_page_of_a_call_tells_all_that_it_says(desk: Desk) -> None:
    evidence = (Evidence(url="https://docs.example/rev1", name="The bulletin"),)
    call = await put(desk, evidence=evidence, case={"en": "In July 2013 it was *revised*."})
    page = (await desk.http.get(f"/campaigns/{call.slug}")).text
    assert f'<h1 class="big" lang="en" dir="auto">{TITLE}</h1>' in page
    assert "Reinstate good-faith negotiation" in page
    assert "Executive Head" in page
    assert "In July 2013 it was <em>revised</em>." in page
    assert 'href="https://docs.example/rev1" rel="nofollow noopener noreferrer"' in page
    assert page.count('<svg class="draw ') == 2
    assert f"https://us.example/campaigns/{call.slug}" in page


async def test_the_case_is_told_in_the_language_of_the_reader(desk: Desk) -> None:
    call = await put(desk, case={"en": "Because **so**.", "fr": "Parce que *oui*."})
    french = (await desk.http.get(f"/campaigns/{call.slug}?lang=fr")).text
    assert '<div class="prose" lang="fr" dir="auto"><p>Parce que <em>oui</em>.</p>' in french
    arabic = (await desk.client().get(f"/campaigns/{call.slug}?lang=ar")).text
    assert "<strong>so</strong>" in arabic


async def test_H05_markup_in_what_a_call_says_is_text(desk: Desk) -> None:
    call = await put(
        desk,
        title="<script>alert(1)</script>",
        demand='"><img src=x onerror=alert(1)>',
        case={"en": "<iframe src=https://evil.example></iframe> ![x](https://evil.example/x.png)"},
    )
    for path in ("", "/embed", "/embed/how"):
        page = (await desk.http.get(f"/campaigns/{call.slug}{path}")).text
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "<iframe" not in page
    page = (await desk.http.get(f"/campaigns/{call.slug}")).text
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert json.loads(block)["name"] == "<script>alert(1)</script>"


async def test_the_same_address_gives_json_and_the_question(desk: Desk) -> None:
    call = await put(desk)
    told = (await desk.http.get(f"/campaigns/{call.slug}", headers=JSON)).json()
    assert told["title"] == TITLE
    assert told["counts"] == {"signatures": 0, "pledges": 0, "following": 0}
    assert told["goal"] == 5000
    assert (await desk.http.get(f"/campaigns/{call.slug}/call.json")).json() == told
    question = (await desk.http.get(f"/campaigns/{call.slug}", headers=PEER)).json()
    assert question["type"] == "Question"
    assert question["id"] == call.uri
    listed = (await desk.http.get("/campaigns", headers=JSON)).json()["items"]
    assert [each["title"] for each in listed] == [TITLE]


@pytest.mark.parametrize("ending", ["atom", "rss", "jsonfeed", "json"])
async def test_the_list_leaves_in_each_format(desk: Desk, ending: str) -> None:
    won = await put(desk)
    await change(desk, won, close_call, OutcomeStatus.WON, "They talk again.", by="tests")
    await put(desk, title="For members alone", audience=Audience.NETWORK)
    answer = await desk.http.get(f"/campaigns.{ending}")
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "They talk again." in answer.text
    assert "For members alone" not in answer.text
    if ending != "json":
        assert f"[Won] {TITLE}" in answer.text


async def test_V08_what_is_for_the_network_is_for_members(desk: Desk) -> None:
    call = await put(desk, audience=Audience.NETWORK)
    await desk.member()
    member = await desk.signed_in()
    paths = ["", "/call.json", "/qr.svg", "/embed", "/embed/how"]
    for path in paths:
        assert (await desk.http.get(f"/campaigns/{call.slug}{path}")).status_code == 404
    assert (await desk.http.get(f"/campaigns/{call.slug}", headers=PEER)).status_code in (401, 404)
    assert TITLE not in (await desk.http.get("/campaigns")).text
    assert TITLE not in (await desk.http.get("/")).text
    assert TITLE in (await member.get(f"/campaigns/{call.slug}")).text
    assert (await member.get(f"/campaigns/{call.slug}", headers=JSON)).status_code == 404
    for path in paths[1:]:
        assert (await member.get(f"/campaigns/{call.slug}{path}")).status_code == 404


async def test_V10_a_draft_is_there_for_its_team_alone(desk: Desk) -> None:
    call = await put(desk, draft=True)
    await desk.member()
    member = await desk.signed_in()
    for path in ("", "/call.json", "/embed"):
        assert (await desk.http.get(f"/campaigns/{call.slug}{path}")).status_code == 404
        assert (await member.get(f"/campaigns/{call.slug}{path}")).status_code == 404
    assert (await desk.http.get(f"/campaigns/{call.slug}", headers=PEER)).status_code == 404
    answer = await (await officer(desk)).get(f"/campaigns/{call.slug}")
    assert answer.headers["location"] == f"/admin/campaigns/{call.slug}"


async def test_V11_a_hidden_call_is_there_for_moderators_alone(desk: Desk) -> None:
    call = await put(desk)

    def hide(_session: object, row: CampaignCall) -> None:
        row.hidden = True

    await change(desk, call, hide)
    for path in ("", "/call.json", "/embed", "/qr.svg"):
        assert (await desk.http.get(f"/campaigns/{call.slug}{path}")).status_code == 404
    page = (await (await officer(desk, Role.MODERATOR)).get(f"/campaigns/{call.slug}")).text
    assert "Only moderators see this call." in page
    assert "og:description" not in page


@pytest.mark.parametrize("slug", ["none", "%00", "a" * 300], ids=["none", "null", "long"])
async def test_what_is_no_call_is_not_found(desk: Desk, slug: str) -> None:
    assert (await desk.http.get(f"/campaigns/{slug}")).status_code == 404


async def test_the_first_page_and_the_menus_lead_to_open_calls(desk: Desk) -> None:
    assert "Calls to sign" not in (await desk.http.get("/")).text
    call = await put(desk)
    page = (await desk.http.get("/")).text
    assert "Calls to sign" in page
    assert f'href="/campaigns/{call.slug}"' in page
    await desk.member()
    assert 'href="/campaigns"' in (await (await desk.signed_in()).get("/more")).text
    desk.clock.advance(timedelta(days=400).total_seconds())
    assert "Calls to sign" not in (await desk.http.get("/")).text


async def test_a_post_that_puts_a_call_is_shown_as_its_card(desk: Desk) -> None:
    call = await put(desk)
    await desk.member()
    await follow(desk, "ana", "campaigns")
    browser = await desk.signed_in()
    for page in ((await desk.http.get("/@campaigns")).text, (await browser.get("/home")).text):
        assert "call-card" in page
        assert f'href="/campaigns/{call.slug}"' in page
    assert "call-card" in (await browser.get(f"/posts/{(await again(desk, call)).post_id}")).text
