"""Previews of links: of public posts only, looked at once, later, and shown from here."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.app.metrics import Metrics
from fediunion.inbox import origin
from fediunion.installed import job_handlers
from fediunion.jobs.models import Job
from fediunion.jobs.run import run_due
from fediunion.social.cards.service import FETCH, FETCHED_WITHIN, link_of
from fediunion.social.posts.models import Post
from tests.api.rig import Client, Rig
from tests.fakes.internet import FakeSite
from tests.social.cards.test_reading import PAGE
from tests.social.media import samples
from tests.social.media.stranger import stranger_at

URL = "https://news.test/story"


@pytest.fixture
def news(rig: Rig) -> FakeSite:
    """A site with a page and its picture."""
    site = FakeSite()
    rig.internet.join("news.test", site)
    site.serve("/story", PAGE.encode(), content_type="text/html; charset=utf-8")
    site.serve("/pictures/1.jpg", samples.photograph(), content_type="image/jpeg")
    return site


async def fetch_cards(rig: Rig) -> None:
    """Let ten minutes pass, and what waits happen."""
    rig.clock.advance(FETCHED_WITHIN.total_seconds())
    handlers = job_handlers(rig.world.part(Metrics).rejections)
    await run_due(rig.world, {FETCH: handlers[FETCH]})


async def card(client: Client, status: dict[str, Any]) -> Any:
    return (await client.get(f"/api/v1/statuses/{status['id']}"))["card"]


async def test_a_link_in_a_public_post_gets_a_preview_of_our_own_address(
    rig: Rig, ana: Client, news: FakeSite
) -> None:
    status = await ana.publish(f"Read {URL}")
    assert status["card"] is None
    await fetch_cards(rig)
    shown = await card(ana, status)
    assert (shown["url"], shown["title"], shown["type"]) == (URL, "Wage deal & more", "link")
    assert (shown["description"], shown["html"]) == ("Long <b>words</b>", "")
    assert shown["authors"] == [{"name": "Kim", "url": "", "account": None}]
    assert shown["image"].startswith("https://union.test/media/cards/")
    picture = await rig.anonymous.ask("GET", shown["image"])
    assert picture.headers["content-type"] == "image/jpeg"
    assert samples.SECRET.encode() not in picture.content


@pytest.mark.parametrize(
    "audience", [{"visibility": "private"}, {"visibility": "direct"}, {"local_only": True}]
)
async def test_a_link_of_other_posts_is_never_looked_at(
    rig: Rig, ana: Client, news: FakeSite, audience: dict[str, Any]
) -> None:
    status = await ana.publish(f"Read {URL}", **audience)
    await ana.ask("PUT", f"/api/v1/statuses/{status['id']}", json={"status": f"Do read {URL}"})
    await fetch_cards(rig)
    assert rig.internet.requests == []
    assert await card(ana, status) is None


async def test_R19_a_link_in_many_posts_is_looked_at_once_and_not_at_once(
    rig: Rig, ana: Client, news: FakeSite
) -> None:
    zoe = await stranger_at(rig)
    statuses = [await ana.publish(f"{number} {URL}", visibility="unlisted") for number in range(5)]
    for _ in range(5):
        await zoe.publish(content=f'<p><a href="{URL}">here</a></p>')
    jobs = await rig.world.db.read(lambda s: s.scalars(select(Job).where(Job.kind == FETCH)).all())
    assert len(jobs) == 1
    assert rig.clock.now() - timedelta(seconds=30) <= jobs[0].run_at <= rig.clock.now() + FETCHED_WITHIN
    await fetch_cards(rig)
    assert len(rig.internet.requests_to("news.test")) == 1
    assert {(await card(ana, status))["title"] for status in statuses} == {"Wage deal & more"}
    later = await ana.publish(f"Once more {URL}")
    assert later["card"]["title"] == "Wage deal & more"
    await fetch_cards(rig)
    assert len(rig.internet.requests_to("news.test")) == 1


async def test_a_page_is_looked_at_again_after_a_fortnight(rig: Rig, ana: Client, news: FakeSite) -> None:
    await ana.publish(f"Read {URL}")
    await fetch_cards(rig)
    rig.clock.advance(days=15)
    news.serve("/story", b"<title>New</title>", content_type="text/html")
    status = await ana.publish(f"Read {URL} now")
    await fetch_cards(rig)
    assert (await card(ana, status))["title"] == "New"


@pytest.mark.parametrize(
    "text", ["Nothing", "@ben hello", "#tag", "https://union.test/@ana", "http://", "https://127.0.0.1:x/"]
)
async def test_mentions_hashtags_and_our_own_pages_are_no_links(rig: Rig, ana: Client, text: str) -> None:
    await rig.member("ben")
    await ana.publish(text)
    jobs = await rig.world.db.read(lambda s: s.scalars(select(Job).where(Job.kind == FETCH)).all())
    assert jobs == []


async def test_a_link_too_long_to_be_found_again_is_passed_over(rig: Rig, ana: Client) -> None:
    long = "".join(chr(0x4E00 + (number * 7919) % 0x5000) for number in range(250))
    await ana.publish(f"https://news.example/{long} {URL}")
    [job] = await rig.world.db.read(lambda s: s.scalars(select(Job).where(Job.kind == FETCH)).all())
    assert job.payload["url"] == URL


async def test_R19_what_a_post_quotes_is_no_link_of_its_own(rig: Rig, ana: Client) -> None:
    line = f'<p class="quote-inline">RE: <a href="{URL}">{URL}</a></p>'

    def links(session: Session) -> list[str | None]:
        return [link_of(session, Post(content=content, card={})) for content in (line, f"{line}<p>See</p>")]

    assert await rig.world.db.read(links) == [None, None]


async def test_a_post_deleted_meanwhile_makes_us_ask_nobody(rig: Rig, ana: Client, news: FakeSite) -> None:
    status = await ana.publish(f"Read {URL}")
    await ana.ask("DELETE", f"/api/v1/statuses/{status['id']}")
    await fetch_cards(rig)
    assert rig.internet.requests == []


@pytest.mark.parametrize("status", [404, 410, 500, 403])
async def test_a_page_that_cannot_be_had_has_no_preview_and_is_left_alone_for_a_day(
    rig: Rig, ana: Client, news: FakeSite, status: int
) -> None:
    rig.internet.fail("news.test", status)
    post = await ana.publish(f"Read {URL}")
    await fetch_cards(rig)
    await ana.publish(f"Read {URL} as well")
    await fetch_cards(rig)
    assert len(rig.internet.requests_to("news.test")) == 1
    assert await card(ana, post) is None


async def test_an_edit_that_takes_the_link_out_takes_the_preview_away(
    rig: Rig, ana: Client, news: FakeSite
) -> None:
    status = await ana.publish(f"Read {URL}")
    await fetch_cards(rig)
    edited = await ana.ask("PUT", f"/api/v1/statuses/{status['id']}", json={"status": "Never mind"})
    assert edited.json()["card"] is None


async def test_M17_the_picture_of_a_preview_has_a_seal(rig: Rig, ana: Client, news: FakeSite) -> None:
    status = await ana.publish(f"Read {URL}")
    await fetch_cards(rig)
    image: str = (await card(ana, status))["image"]
    asked = len(rig.internet.requests)
    for wrong in (image[:-1], f"{image}x", image.replace("/cards/", "/remote/card/")):
        assert (await rig.anonymous.ask("GET", wrong)).status_code == 404
    assert len(rig.internet.requests) == asked


async def test_F31_pages_of_one_domain_are_looked_at_few_in_a_minute_and_all_in_the_end(
    rig: Rig, ana: Client, news: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(origin, "MOST_FROM_ONE_DOMAIN", 2)
    for number in range(4):
        await ana.publish(f"Read {URL}?{number}")
    asked = []
    for _ in range(3):
        await fetch_cards(rig)
        asked.append(len(rig.internet.requests_to("news.test")))
    assert asked == [2, 4, 4]


async def test_F31_links_of_one_server_leave_room_for_those_of_others(
    rig: Rig, ana: Client, news: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(origin, "MOST_FROM_ONE_DOMAIN", 4)
    zoe = await stranger_at(rig)
    for number in range(4):
        await zoe.publish(content=f'<p><a href="{URL}?zoe={number}">here</a></p>')
    for number in range(3):
        await ana.publish(f"Read {URL}?ana={number}")
    await fetch_cards(rig)
    asked = [each.url for each in rig.internet.requests_to("news.test")]
    assert [sum(name in url for url in asked) for name in ("zoe", "ana")] == [1, 3]
