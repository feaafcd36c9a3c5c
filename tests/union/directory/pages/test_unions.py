"""/unions: what anybody sees of the network, and what nobody does."""

import re

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, DomainAction
from fediunion.social.moderation.servers import decide_on_host
from fediunion.union.affiliation.models import AffiliationKind, AffiliationStatus
from fediunion.union.directory.models import DescribedUnion
from fediunion.union.directory.pages import unions
from tests.oauth.rig import Desk
from tests.union.directory.ties import OURS, add_union, tie


async def page(desk: Desk, asked: str = "") -> str:
    """Return the page as a stranger gets it."""
    answer = await desk.http.get(f"/unions{asked}")
    assert answer.status_code == 200
    return str(answer.text)


async def test_a_union_alone_is_drawn_alone(desk: Desk) -> None:
    text = await page(desk)
    assert text.count('class="node here"') == 1
    assert "No other union is connected with this one yet." in text
    assert 'class="edge' not in text


async def test_a_confirmed_relation_is_drawn_and_listed(desk: Desk) -> None:
    uni = await add_union(desk, "uni.example", "UNI global union")
    await tie(desk, OURS, uni, year=1995)
    text = await page(desk)
    assert "2 unions run their own servers." in text
    assert len(re.findall(r'<path class="edge affiliate"', text)) == 2  # the line, and the legend
    assert '<a href="https://uni.example/" rel="noopener noreferrer">' in text
    assert "1995" in text
    assert "A line is drawn only when both sides have confirmed it." in text


@pytest.mark.parametrize(
    "status", [AffiliationStatus.OFFERED, AffiliationStatus.ENDED], ids=["offered", "ended"]
)
async def test_what_is_only_offered_or_has_ended_is_nobodys_business(
    desk: Desk, status: AffiliationStatus
) -> None:
    uni = await add_union(desk, "uni.example", "UNI global union")
    await tie(desk, OURS, uni, status=status)
    assert "uni.example" not in await page(desk)


async def test_what_is_suspended_is_shown_as_that(desk: Desk) -> None:
    uni = await add_union(desk, "uni.example")
    await tie(desk, OURS, uni, status=AffiliationStatus.SUSPENDED)
    text = await page(desk)
    assert '<path class="edge suspended"' in text
    assert text.count("suspended</") >= 3
    assert 'class="node out"' not in text.partition("this server")[0]


async def test_relations_between_others_are_drawn_while_a_way_leads_to_them(desk: Desk) -> None:
    uni, far, lost, other = [
        await add_union(desk, host) for host in ("uni.test", "far.test", "lost.test", "other.test")
    ]
    await tie(desk, OURS, uni)
    await tie(desk, far, uni, AffiliationKind.OBSERVER)
    await tie(desk, lost, other)
    text = await page(desk)
    assert "far.test" in text
    assert "uni.test, as observer" in text
    assert "lost.test" not in text


async def test_a_blocked_union_that_only_others_know_is_not_shown(desk: Desk) -> None:
    uni, bad = await add_union(desk, "uni.test"), await add_union(desk, "bad.test")
    await tie(desk, OURS, uni)
    await tie(desk, bad, uni)
    assert "bad.test" in await page(desk)
    await desk.db.write(decide_on_host, "bad.test", DomainAction.BLOCK, by="ana")
    assert "bad.test" not in await page(desk)


async def test_what_unions_are_is_said_in_words(desk: Desk) -> None:
    uni = await add_union(desk, "uni.example")
    await tie(desk, OURS, uni)
    await tie(desk, OURS, uni, AffiliationKind.SECTOR, label="ICTS")

    def describe(session: Session) -> None:
        now = desk.clock.now()
        session.add(
            DescribedUnion(uri=uni, level="global", sector="<b>Care</b>", region="europa", asked_at=now)
        )

    await desk.db.write(describe)
    text = await page(desk)
    assert "Global union" in text
    assert "&lt;b&gt;Care&lt;/b&gt;" in text
    assert "Europe" in text
    assert "uni.example, sector ICTS" in text
    assert "اتحاد" in await page(desk, "?lang=ar")


async def test_V10_a_name_is_text_wherever_it_stands(desk: Desk) -> None:
    name = '"><script>alert(1)</script>' + "x" * 80
    uni = await add_union(desk, "uni.example", name)
    await tie(desk, OURS, uni, AffiliationKind.REGION, label="<i>Europa</i>")
    text = await page(desk)
    assert "<script>alert" not in text
    assert "<i>Europa" not in text


async def test_an_address_that_is_no_page_is_not_linked(desk: Desk) -> None:
    uni = await add_union(desk, "uni.example")
    await tie(desk, OURS, uni)

    def change(session: Session) -> None:
        session.query(Actor).filter(Actor.uri == uni).one().url = None

    await desk.db.write(change)
    assert f'href="{uni}"' in await page(desk)


async def test_a_network_of_hundreds_shows_the_nearest_and_says_how_many_are_left_out(desk: Desk) -> None:
    uni = await add_union(desk, "uni.example")
    await tie(desk, OURS, uni)
    for number in range(unions.MOST_SHOWN):
        await tie(desk, await add_union(desk, f"u{number}.example"), uni)
    text = await page(desk)
    assert text.count('<rect class="node') == unions.MOST_SHOWN
    assert "2 more unions are further away than those shown." in text


async def test_strangers_and_members_are_led_there(desk: Desk) -> None:
    await desk.member("ana")
    member = await desk.signed_in()
    for text in (
        (await desk.http.get("/")).text,
        (await desk.http.get("/about")).text,
        (await desk.http.get("/@union")).text,
        (await member.get("/unions")).text,
    ):
        assert 'href="/unions"' in text


async def test_the_same_can_be_had_as_json(desk: Desk) -> None:
    uni = await add_union(desk, "uni.example")
    await tie(desk, OURS, uni)
    href = re.search(r'href="(/affiliations[^"]*)"', await page(desk))
    assert href is not None
    answer = await desk.http.get(href[1].replace("&amp;", "&"), headers={"Accept": "text/html"})
    assert answer.headers["content-type"] == "application/json"
    assert [each["object"] for each in answer.json()["orderedItems"]] == [uni]
