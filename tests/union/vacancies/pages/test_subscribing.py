"""/vacancies/subscriptions: what a member is told of, its feed, and the link that ends mails."""

import html
import re
from xml.etree import ElementTree

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.members.models import Member, MemberState
from fediunion.union.vacancies.models import SearchSubscription
from fediunion.union.vacancies.saved.digests import sealed_member
from fediunion.union.vacancies.saved.subscriptions import MOST_SUBSCRIPTIONS, subscribe
from tests.fakes.union import settle
from tests.oauth.rig import Browser, Desk, fields_of
from tests.union.vacancies.pages.hall import post

PATH = "/vacancies/subscriptions"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
async def member(desk: Desk) -> Member:
    return await desk.member("ana")


@pytest.fixture
async def ana(desk: Desk, member: Member) -> Browser:
    return await desk.signed_in("ana")


async def _send(browser: Browser, path: str, **fields: str) -> str:
    """Send a form and return the page that follows."""
    found = fields_of((await browser.get("/vacancies")).text)
    token = {name: value for name, value in found.items() if name != "query"}
    answer = await browser.post(path, token | fields)
    if answer.status_code == 303:
        return (await browser.get(answer.headers["location"])).text
    assert answer.status_code in (200, 422), answer.text
    return answer.text


async def _begin(desk: Desk, browser: Browser, query: str = "country=KE") -> SearchSubscription:
    await _send(browser, PATH, query=query)
    row: SearchSubscription = (await desk.rows(SearchSubscription))[-1]
    return row


async def test_a_member_is_told_changes_how_and_ends_it(desk: Desk, ana: Browser) -> None:
    assert "You are told of no search" in (await ana.get(PATH)).text
    row = await _begin(desk, ana)
    await post(desk, "V-01")
    await settle(desk.union)
    page = (await ana.get(PATH)).text
    assert "in Kenya" in page
    assert "Humanitarian Affairs Officer" in page
    assert "You are told of it" in (await ana.get("/vacancies?country=KE")).text
    assert "Saved." in await _send(ana, f"{PATH}/{row.id}", digest="weekly")
    (row,) = await desk.rows(SearchSubscription)
    assert (row.notify, row.digest) == (False, "weekly")
    assert "Choose how often" in await _send(ana, f"{PATH}/{row.id}", digest="hourly")
    assert "no more" in await _send(ana, f"{PATH}/{row.id}/end")
    assert await desk.rows(SearchSubscription) == []


@pytest.mark.parametrize("query", ["country=Narnia", "state=closed", "q=" + "x " * 400])
async def test_what_nobody_can_be_told_of_is_said(desk: Desk, ana: Browser, query: str) -> None:
    assert "Nobody can be told of this search" in await _send(ana, PATH, query=query)
    assert await desk.rows(SearchSubscription) == []


async def test_one_too_many_is_refused_in_words(desk: Desk, member: Member, ana: Browser) -> None:
    def fill(session: Session) -> None:
        for number in range(MOST_SUBSCRIPTIONS):
            subscribe(session, member.id, f"q=word{number}")
            session.flush()

    await desk.db.write(fill)
    assert f"You can be told of {MOST_SUBSCRIPTIONS} searches" in await _send(ana, PATH, query="country=KE")


async def test_V18_another_member_and_a_stranger_learn_nothing(desk: Desk, ana: Browser) -> None:
    row = await _begin(desk, ana)
    await desk.member("ben")
    ben = await desk.signed_in("ben")
    assert "in Kenya" not in (await ben.get(PATH)).text
    token = fields_of((await ben.get("/vacancies")).text)
    for path in ("", "/end", "/feed", "/feed/end"):
        answer = await ben.post(f"{PATH}/{row.id}{path}", token)
        assert answer.status_code == 404, path
    stranger = await desk.browser().get(PATH)
    assert stranger.status_code == 303
    assert stranger.headers["location"].startswith("/sign-in")


async def test_a_feed_has_a_secret_address_that_is_shown_once_and_kept_by_nobody(
    desk: Desk, ana: Browser
) -> None:
    row = await _begin(desk, ana)
    await post(desk, "V-01")
    await post(desk, "V-02", audience=Audience.NETWORK)
    made = await _send(ana, f"{PATH}/{row.id}/feed")
    (address,) = re.findall(r"https://us\.example(/vacancies/subscription\.atom\?key=[\w-]+)", made)
    assert address not in (await ana.get(PATH)).text
    feed = await desk.browser().get(html.unescape(address))
    assert feed.status_code == 200
    assert feed.headers["content-type"].startswith("application/atom+xml")
    assert feed.headers["cache-control"] == "private, no-store"
    assert feed.headers["x-robots-tag"] == "noindex"
    assert "set-cookie" not in feed.headers
    assert "access-control-allow-origin" not in feed.headers
    titles = [each.text or "" for each in ElementTree.fromstring(feed.text).iter(f"{ATOM}title")]
    assert any("Humanitarian Affairs Officer" in each for each in titles)
    again = await _send(ana, f"{PATH}/{row.id}/feed")
    assert address not in again
    assert (await desk.browser().get(address)).status_code == 404
    (newer,) = re.findall(r"(/vacancies/subscription\.atom\?key=[\w-]+)", again)
    await _send(ana, f"{PATH}/{row.id}/feed/end")
    assert (await desk.browser().get(newer)).status_code == 404


async def test_the_feed_of_a_member_has_what_is_for_the_network(desk: Desk, ana: Browser) -> None:
    row = await _begin(desk, ana, "employer=relief coordination office")
    await post(desk, "V-01", audience=Audience.NETWORK)
    made = await _send(ana, f"{PATH}/{row.id}/feed")
    (address,) = re.findall(r"(/vacancies/subscription\.atom\?key=[\w-]+)", made)
    assert "Humanitarian Affairs Officer" in (await desk.browser().get(address)).text
    public = await desk.browser().get("/vacancies.atom")
    assert "Humanitarian Affairs Officer" not in public.text


@pytest.mark.parametrize("key", ["", "nothing", "a" * 5000, "ä"], ids=["none", "short", "long", "odd"])
async def test_a_key_that_is_none_opens_nothing(desk: Desk, key: str) -> None:
    assert (await desk.http.get(f"/vacancies/subscription.atom?key={key}")).status_code == 404


async def test_who_is_suspended_has_no_feed(desk: Desk, member: Member, ana: Browser) -> None:
    row = await _begin(desk, ana)
    made = await _send(ana, f"{PATH}/{row.id}/feed")
    (address,) = re.findall(r"(/vacancies/subscription\.atom\?key=[\w-]+)", made)

    def suspend(session: Session) -> None:
        session.get_one(Member, member.id).state = MemberState.SUSPENDED

    await desk.db.write(suspend)
    assert (await desk.http.get(address)).status_code == 404


async def test_the_link_in_a_mail_asks_and_one_post_ends_them_without_signing_in(
    desk: Desk, member: Member, ana: Browser
) -> None:
    row = await _begin(desk, ana)
    await _send(ana, f"{PATH}/{row.id}", notify="1", digest="daily")
    address = f"/vacancies/unsubscribe?member={sealed_member(member.id, desk.union.world.settings)}"
    page = await desk.browser().get(address)
    assert "Send me no more mails" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert (await desk.rows(SearchSubscription))[0].digest == "daily"
    # A mail program: no cookie, no form of ours, from anywhere.
    answer = await desk.http.post(address, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    (row,) = await desk.rows(SearchSubscription)
    assert (row.digest, row.notify) == ("", True)
    assert (await desk.http.post(address)).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_forged_link_is_that_of_nobody(desk: Desk, method: str) -> None:
    for sealed in ("", "AAAA", "1", "a" * 4000):
        answer = await desk.http.request(method, f"/vacancies/unsubscribe?member={sealed}")
        assert answer.status_code == 404, sealed
