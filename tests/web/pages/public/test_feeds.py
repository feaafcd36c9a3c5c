"""Feeds: whose there are, what is in them, and that they are cheap to ask for again."""

from xml.etree import ElementTree

import pytest

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Reach
from fediunion.social.profiles.feeds import choose_feed
from fediunion.web.pages.public.feeds import SETTING
from fediunion.web.queries import LATEST
from tests.app.asking import Answered, ask
from tests.attacks.front import statements
from tests.fakes.clock import FakeClock
from tests.fakes.union import TestUnion
from tests.oauth.rig import Desk, fields_of
from tests.web.pages.public.looking import BROWSER, assert_same_as_nobody, browse, change

KINDS = ["atom", "rss", "json"]
ATOM = "{http://www.w3.org/2005/Atom}"
READER = [("Accept", "application/atom+xml, application/rss+xml, */*;q=0.5")]


def xml_of(page: Answered) -> ElementTree.Element:
    """Return the feed as a reader of XML sees it."""
    return ElementTree.fromstring(page.body)


@pytest.mark.parametrize("kind", KINDS)
async def test_V08_a_feed_has_public_posts_only(union: TestUnion, kind: str) -> None:
    first = await union.post("jobs", "A nurse is wanted")
    for audience in Audience:
        if audience is not Audience.PUBLIC:
            await union.post("jobs", "Not in a feed", audience=audience)
    await union.post("ana", "By a member", in_reply_to=first.uri)
    page = await browse(union, f"/@jobs/feed.{kind}")
    assert page.status == 200
    assert b"A nurse is wanted" in page.body
    assert b"Not in a feed" not in page.body
    assert b"By a member" not in page.body


async def test_a_feed_is_what_its_media_type_says(union: TestUnion) -> None:
    await change(union, "jobs", summary="<p>Vacancies</p>")
    post = await union.post("jobs", "A nurse <is> wanted & soon", language="fr")
    address = f"https://nurses.test/@jobs/{post.slug}"
    atom, rss, feed = [await browse(union, f"/@jobs/feed.{kind}") for kind in KINDS]
    assert atom.headers["content-type"] == "application/atom+xml; charset=utf-8"
    (entry,) = xml_of(atom).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == address
    assert entry.findtext(f"{ATOM}title") == "A nurse <is> wanted & soon"
    assert entry.findtext(f"{ATOM}content") == "<p>A nurse &lt;is&gt; wanted &amp; soon</p>"
    assert rss.headers["content-type"] == "application/rss+xml; charset=utf-8"
    (item,) = xml_of(rss).findall("channel/item")
    assert (item.findtext("guid"), item.findtext("link")) == (address, address)
    assert xml_of(rss).findtext("channel/description") == "Vacancies"
    assert feed.headers["content-type"] == "application/feed+json; charset=utf-8"
    assert feed.json["version"] == "https://jsonfeed.org/version/1.1"
    assert [each["id"] for each in feed.json["items"]] == [address]
    assert feed.json["items"][0]["language"] == "fr"


async def test_an_empty_feed_is_a_feed(union: TestUnion) -> None:
    for kind in KINDS:
        assert (await browse(union, f"/@jobs/feed.{kind}")).status == 200
    assert (await browse(union, "/@jobs/feed.json")).json["items"] == []


@pytest.mark.parametrize("kind", KINDS)
async def test_a_feed_has_so_many_posts_and_costs_the_same(
    union: TestUnion, clock: FakeClock, kind: str
) -> None:
    for number in range(LATEST + 3):
        clock.advance(minutes=1)
        await union.post("jobs", f"job number {number}")
    with statements() as executed:
        page = await browse(union, f"/@jobs/feed.{kind}")
    assert len(executed) <= 8, executed
    assert f"job number {LATEST + 2}".encode() in page.body
    assert b"job number 2<" not in page.body
    assert b'"job number 2"' not in page.body


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("accept", [BROWSER, READER], ids=["browser", "reader"])
async def test_I4_who_has_no_feed_is_nobody(
    union: TestUnion, kind: str, accept: list[tuple[str, str]]
) -> None:
    await union.post("ana", "Public, and in no feed")
    for name in ("ana", "heron", "fern", "reader"):
        await assert_same_as_nobody(union, f"/@{name}/feed.{kind}", f"/@nobody/feed.{kind}", accept=accept)
    assert b"/feed." not in (await browse(union, "/@ana")).body


async def test_words_behind_a_warning_stay_there(union: TestUnion) -> None:
    await union.post("jobs", "The ending", content_warning="Spoiler <b>")
    for kind in KINDS:
        page = await browse(union, f"/@jobs/feed.{kind}")
        assert b"The ending" not in page.body
        assert b"Spoiler" in page.body
    (entry,) = xml_of(await browse(union, "/@jobs/feed.atom")).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Spoiler <b>"
    assert "<p>Spoiler &lt;b&gt;</p>" in str(entry.findtext(f"{ATOM}content"))


async def test_H20_a_feed_stays_well_formed_whatever_people_write(union: TestUnion) -> None:
    odd = 'Bell\x07 ]]> <!-- & \ud7ff\ufffe " \x0b'
    await change(union, "jobs", display_name=odd, summary=f"<p>{odd}</p>")
    await union.post("jobs", odd, content_warning=odd)
    await union.post("jobs", odd)
    for kind in ("atom", "rss"):
        text = "".join(xml_of(await browse(union, f"/@jobs/feed.{kind}")).itertext())
        assert "Bell" in text
        assert not set("\x07\x0b\ufffe") & set(text)
    assert (await browse(union, "/@jobs/feed.json")).json["items"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_reader_that_has_the_feed_is_told_so(union: TestUnion, clock: FakeClock, kind: str) -> None:
    await union.post("jobs", "A nurse is wanted")
    path = f"/@jobs/feed.{kind}"
    first = await browse(union, path)
    tag, changed = first.headers["etag"], first.headers["last-modified"]
    for name, value in (
        ("If-None-Match", tag),
        ("If-None-Match", f'"other", W/{tag}'),
        ("If-Modified-Since", changed),
    ):
        again = await browse(union, path, (name, value))
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    for name, value in (("If-None-Match", '"other"'), ("If-Modified-Since", "yesterday")):
        assert (await browse(union, path, (name, value))).status == 200
    clock.advance(hours=1)
    await union.post("jobs", "Another one is wanted")
    for name, value in (("If-None-Match", tag), ("If-Modified-Since", changed)):
        newer = await browse(union, path, (name, value))
        assert newer.status == 200
        assert b"Another one" in newer.body


async def test_a_feed_of_another_kind_is_no_page(union: TestUnion) -> None:
    await assert_same_as_nobody(union, "/@jobs/feed.exe", "/@nobody/feed.exe", accept=BROWSER)


@pytest.fixture
async def member(desk: Desk) -> Desk:
    """An instance where `ana` is a public member."""
    await desk.member("ana")
    await change(desk.union, "ana", reach=Reach.PUBLIC)
    return desk


async def test_a_member_has_a_feed_once_chosen_and_loses_it_with_the_choice(member: Desk) -> None:
    await member.union.post("ana", "Read me")
    path = "/@ana/feed.atom"
    browser = await member.signed_in("ana")
    page = await browser.get(SETTING)
    assert "checked" not in page.text
    answer = await browser.post(SETTING, fields_of(page.text) | {"feed": "1"})
    assert answer.headers["location"] == SETTING
    assert path in (await browser.get(SETTING)).text
    assert b"Read me" in (await browse(member.union, path)).body
    assert b'href="/@ana/feed.rss"' in (await browse(member.union, "/@ana")).body
    page = await browser.get(SETTING)
    await browser.post(SETTING, fields_of(page.text))
    await assert_same_as_nobody(member.union, path, "/@nobody/feed.atom", accept=BROWSER)


@pytest.mark.parametrize("reach", [Reach.HIDDEN, Reach.FOLLOWABLE])
async def test_I4_who_is_not_public_has_no_feed_whatever_was_chosen(member: Desk, reach: Reach) -> None:
    ana = await member.union.actor("ana")
    await member.db.write(choose_feed, ana.id, wanted=True)
    assert (await browse(member.union, "/@ana/feed.rss")).status == 200
    await change(member.union, "ana", reach=reach)
    await assert_same_as_nobody(member.union, "/@ana/feed.rss", "/@nobody/feed.rss", accept=BROWSER)
    page = await (await member.signed_in("ana")).get(SETTING)
    assert "Your account is not public" in page.text


async def test_a_member_finds_the_choice_among_the_settings(member: Desk) -> None:
    browser = await member.signed_in("ana")
    assert f'href="{SETTING}"' in (await browser.get("/settings")).text


async def test_the_choice_is_for_members(member: Desk) -> None:
    answer = await ask(member.union.app, SETTING, host=member.union.domain, headers=BROWSER)
    assert answer.status == 303
    assert answer.headers["location"].startswith("/sign-in")
