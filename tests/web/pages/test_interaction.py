"""The addresses of the FEP-3b86 intents: what a visitor who was sent here sees."""

import html
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest

from fediunion.web.pages.interaction import LONGEST_SHARED_TEXT
from tests.app.asking import Answered, ask
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.union import TestUnion

BROWSER = [("Accept", "text/html")]
POST = "https://elsewhere.test/@ben/113"


@pytest.fixture
async def union(databases: Databases, clock: FakeClock) -> AsyncIterator[TestUnion]:
    started = await TestUnion.start(FakeInternet(), "nurses.test", databases.with_tables(), clock)
    await started.member("ana")
    yield started
    await started.close()


async def open_page(union: TestUnion, path: str, **parameters: str) -> Answered:
    return await ask(union.app, f"{path}?{urlencode(parameters)}", host=union.domain, headers=BROWSER)


async def interact(union: TestUnion, **parameters: str) -> Answered:
    return await open_page(union, "/authorize_interaction", **parameters)


async def test_every_intent_that_webfinger_offers_is_answered(union: TestUnion) -> None:
    jrd = (
        await ask(union.app, "/.well-known/webfinger?resource=acct:ana@nurses.test", host=union.domain)
    ).json
    templates = [link["template"] for link in jrd["links"] if "template" in link]
    assert len(templates) == 6
    for template in templates:
        filled = template
        for place, value in (("{uri}", POST), ("{object}", POST), ("{content}", "Join us")):
            filled = filled.replace(place, quote(value, safe=""))
        target = urlsplit(filled)
        assert "{" not in filled
        page = await ask(union.app, f"{target.path}?{target.query}", host=union.domain, headers=BROWSER)
        assert page.status == 200
        (expected,) = (parse_qs(target.query).get("uri") or parse_qs(target.query)["text"])[:1]
        assert expected.encode() in page.body


@pytest.mark.parametrize(
    ("intent", "words"),
    [
        ("follow", b"follow the account"),
        ("announce", b"boost the post"),
        ("like", b"as a favourite"),
        ("dance", b"follow, answer, boost or favourite"),
    ],
)
async def test_the_page_says_what_to_do_in_the_app(union: TestUnion, intent: str, words: bytes) -> None:
    page = await interact(union, uri=POST, intent=intent)
    assert page.status == 200
    assert words in page.body


@pytest.mark.parametrize("handle", ["ben@elsewhere.test", "@ben@elsewhere.test", "acct:ben@Elsewhere.test"])
async def test_a_handle_does_as_well_as_an_address(union: TestUnion, handle: str) -> None:
    assert b">@ben@elsewhere.test<" in (await interact(union, uri=handle)).body


async def test_nothing_is_fetched_and_nothing_is_linked_for_a_visitor(union: TestUnion) -> None:
    # Nobody is at this address of the fake Internet: asking there would fail.
    page = await interact(union, uri=POST)
    assert page.status == 200
    assert b'href="https://elsewhere' not in page.body
    assert b"<form" not in page.body


async def test_the_page_runs_nothing_and_is_kept_by_nobody(union: TestUnion) -> None:
    for page in (await interact(union, uri=POST), await open_page(union, "/share", text="Join us")):
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-robots-tag"] == "noindex"


async def test_H01_markup_in_the_address_stays_text_or_is_refused(union: TestUnion) -> None:
    markup = '"><script>alert(1)</script>'
    page = await interact(union, uri=f"https://elsewhere.test/{markup}")
    assert page.status == 200
    assert page.body.count(b"<script") == 1
    assert b"%3Cscript%3E" in page.body
    assert (await interact(union, uri=markup)).status == 400


@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)//ben@elsewhere.test",
        "vbscript:x",
        "data:text/html,<script>alert(1)</script>",
        "//elsewhere.test/x",
        "https://elsewhere.test\\@bank.test/",
        "https://bank.test@elsewhere.test/",
        "https://elsewhere.test/\r\nSet-Cookie: a=b",
        "ben",
        "@ben",
        "",
    ],
)
async def test_H01_what_is_no_address_and_no_handle_is_refused(union: TestUnion, uri: str) -> None:
    page = await interact(union, uri=uri)
    assert page.status == 400
    assert page.headers["content-type"].startswith("text/html")
    assert b"does not name an account or a post" in page.body
    assert not uri or html.escape(uri).encode() not in page.body


async def test_H12_a_look_alike_host_is_shown_as_what_it_is(union: TestUnion) -> None:
    page = await interact(union, uri="https://еlsewhere.test/@ben")
    assert b"https://xn--lsewhere-b8g.test/@ben" in page.body


async def test_H16_a_huge_address_or_text_is_refused(union: TestUnion) -> None:
    assert (await interact(union, uri="https://elsewhere.test/" + "a" * 100_000)).status == 400
    assert (await interact(union, uri="a" * 100_000 + "@elsewhere.test")).status == 400
    longest = "a" * LONGEST_SHARED_TEXT
    assert (await open_page(union, "/share", text=longest)).status == 200
    assert (await open_page(union, "/share", text=longest + "a")).status == 400


@pytest.mark.parametrize("query", ["", "?intent=follow", f"?uri={POST}&uri=javascript:alert(1)"])
async def test_a_link_without_one_address_is_refused(union: TestUnion, query: str) -> None:
    page = await ask(union.app, f"/authorize_interaction{query}", host=union.domain, headers=BROWSER)
    assert page.status == 400


async def test_H10_a_shared_text_is_shown_as_text(union: TestUnion) -> None:
    page = await open_page(union, "/share", text="<img src=x onerror=alert(1)> {{7*7}}\u202e & more")
    assert page.status == 200
    assert b"<img" not in page.body
    assert "<bdi>&lt;img src=x onerror=alert(1)&gt; {{7*7}}\u202e &amp; more</bdi>".encode() in page.body
    assert (await open_page(union, "/share", text="  ")).status == 400


async def test_a_shared_text_keeps_its_lines(union: TestUnion) -> None:
    page = await open_page(union, "/share", text="Join us\r\n\nhttps://clerks.test/calls/1")
    lines = [part.strip() for part in page.body.split(b"<bdi>")[1].split(b"</bdi>")[0].split(b"<br>")]
    assert lines == [b"Join us", b"", b"https://clerks.test/calls/1"]
