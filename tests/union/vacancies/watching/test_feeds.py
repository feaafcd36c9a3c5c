"""Employers' feeds, of every kind and also hostile ones."""

import pytest

from fediunion.kit.errors import BadDocument
from fediunion.union.vacancies.watching.feeds import MOST_ITEMS, items_of

URL = "https://careers.rco.example/feed"
ATOM = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Jobs</title>
<link href="/"/><updated>2026-12-01T00:00:00Z</updated>
<entry><title>Nurse</title><link rel="self" href="/x"/><link href="/1"/>
<updated>2026-11-30T00:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><title>No</title></div></content></entry>
<entry><title>Clerk</title><id>https://careers.rco.example/2</id></entry></feed>"""
RSS = b"""<rss version="2.0"><channel><title>Jobs</title><link>https://careers.rco.example/</link>
<item><title>Nurse</title><link>https://careers.rco.example/1</link>
<pubDate>Mon, 30 Nov 2026 00:00:00 GMT</pubDate>
</item><item><guid>https://careers.rco.example/2</guid><title><![CDATA[Clerk]]></title></item></channel></rss>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel><title>Jobs</title></channel><item><title>Nurse</title><link>/1</link></item>
<item><title>Clerk</title><link>/2</link></item></rdf:RDF>"""
JSON = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "Jobs", "items": [
{"id": "a", "url": "https://careers.rco.example/1", "title": "Nurse"}, {"id": "/2", "title": "Clerk"}, 5]}"""


@pytest.mark.parametrize("body", [ATOM, RSS, RDF, JSON], ids=["atom", "rss", "rdf", "json"])
def test_the_items_of_a_feed_have_title_and_address(body: bytes) -> None:
    assert [(each.title, each.address) for each in items_of(body, URL)] == [
        ("Nurse", "https://careers.rco.example/1"),
        ("Clerk", "https://careers.rco.example/2"),
    ]


def test_the_stamp_changes_with_the_date() -> None:
    (before, *_), (after, *_) = items_of(RSS, URL), items_of(RSS.replace(b"30 Nov", b"29 Nov"), URL)
    assert before.stamp != after.stamp


def test_a_posting_in_the_feed_itself_is_taken_from_it() -> None:
    own = b'"_job_posting": {"posting": {"@type": "JobPosting", "title": "Nurse"}}, "title": "Nurse"'
    (first, _) = items_of(JSON.replace(b'"title": "Nurse"', own), URL)
    assert first.posting == {"@type": "JobPosting", "title": "Nurse"}


_BOMB = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 9))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body/></html>",
        b"<rss><channel>",
        b'<!DOCTYPE rss [<!ENTITY a0 "lol">' + _BOMB + b"]><rss>&a8;</rss>",
        b'<!DOCTYPE rss SYSTEM "https://evil.example/x.dtd"><rss/>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE rss [<!ENTITY a "b">]><rss/>'.encode("utf-16"),
        b"<rss>" + b"<a>" * 1000 + b"</a>" * 1000 + b"</rss>",
        b"<rss>" + b"<a/>" * 60_000 + b"</rss>",
        b'{"items": []}',
        b'{"version": "https://jsonfeed.org/version/1", "items": {}}',
        b"{" * 100_000,
    ],
    ids=["empty", "html", "half", "bomb", "dtd", "utf-16", "deep", "many", "no-version", "no-list", "braces"],
)
def test_what_is_no_feed_or_a_hostile_one_is_refused(body: bytes) -> None:
    with pytest.raises(BadDocument):
        items_of(body, URL)


def test_what_is_no_address_is_left_out_and_the_rest_bounded() -> None:
    items = b"".join(b"<item><link>https://a.example/%d</link></item>" % number for number in range(300))
    bad = b"<item><link>javascript:alert(1)</link></item><item><link>http://[</link></item><item/>"
    found = items_of(b"<rss><channel>" + bad + items + b"</channel></rss>", URL)
    assert 0 < len(found) <= MOST_ITEMS
    assert all(each.address.startswith("https://a.example/") for each in found)
