"""Feeds of vacancies, read as feed readers read them."""

import json
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element, fromstring

import pytest

from fediunion.kit.clock import parse_instant
from tests.union.vacancies.exports.conftest import NAMES, leaving

ATOM = "{http://www.w3.org/2005/Atom}"
Write = Callable[..., bytes]


def text(parent: Element, path: str) -> str:
    found = parent.find(path)
    assert found is not None, path
    return found.text or ""


def test_an_atom_feed_has_what_rfc_4287_requires(written: Write) -> None:
    root = fromstring(written("atom", *map(leaving, NAMES)))
    assert text(root, f"{ATOM}id") == "https://ictysu.example/vacancies?grade=P-3&state=open"
    assert text(root, f"{ATOM}title") == "Vacancies <P-3>"
    assert parse_instant(text(root, f"{ATOM}updated")) is not None
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links["self"] == "https://ictysu.example/vacancies.atom?grade=P-3"
    entries = root.findall(f"{ATOM}entry")
    assert len({text(entry, f"{ATOM}id") for entry in entries}) == len(NAMES)
    for entry in entries:
        assert text(entry, f"{ATOM}author/{ATOM}name") == "Jobs & more"
        published, updated = (
            parse_instant(text(entry, f"{ATOM}{name}")) for name in ("published", "updated")
        )
        assert published is not None
        assert updated is not None
        assert published <= updated
    assert text(entries[0], f"{ATOM}title") == "Humanitarian Affairs Officer · P-3 · Nairobi"
    assert "Apply by 8 January 2027, 23:59 (UTC+03:00)." in text(entries[0], f"{ATOM}content")
    assert "https://careers.rco.example/jo/001187" in text(entries[0], f"{ATOM}content")
    assert {"P-3", "KE", "2422", "POLNET"} == {
        each.get("term") for each in entries[0].findall(f"{ATOM}category")
    }


def test_an_rss_feed_has_lasting_guids_and_right_dates(written: Write) -> None:
    root = fromstring(written("rss", leaving("V-01"), leaving("V-07")))
    items = root.findall("channel/item")
    guids = [text(item, "guid") for item in items]
    assert (
        guids
        == [text(item, "link") for item in items]
        == [
            "https://ictysu.example/vacancies/v-01",
            "https://ictysu.example/vacancies/v-07",
        ]
    )
    posted = parsedate_to_datetime(text(items[0], "pubDate"))
    assert posted.isoformat() == "2026-11-30T08:00:00+00:00"
    assert text(root, "channel/link") == "https://ictysu.example/vacancies?grade=P-3&state=open"


def test_a_json_feed_carries_the_whole_posting(written: Write) -> None:
    document = json.loads(written("jsonfeed", leaving("V-01")))
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["feed_url"] == "https://ictysu.example/vacancies.jsonfeed?grade=P-3"
    (item,) = document["items"]
    assert item["id"] == item["url"] == "https://ictysu.example/vacancies/v-01"
    assert item["date_modified"] == "2026-12-01T09:00:00Z"
    posting = item["_job_posting"]["posting"]
    assert (posting["@type"], posting["validThrough"]) == ("JobPosting", "2027-01-08T23:59:00+03:00")
    assert posting["fu:status"] == "open"


@pytest.mark.parametrize("kind", ["atom", "rss", "jsonfeed"])
def test_a_feed_of_nothing_is_a_feed(written: Write, kind: str) -> None:
    body = written(kind)
    if kind == "jsonfeed":
        assert json.loads(body)["items"] == []
    else:
        assert fromstring(body).tag in (f"{ATOM}feed", "rss")


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_H20_hostile_words_leave_the_xml_whole(written: Write, kind: str) -> None:
    hostile = leaving(
        "V-01", title="]]> <b>&\x0b\ud7ff\x00 \ufffe", description="<p>]]>&amp;\x08</p><script>x</script>"
    )
    body = written(kind, hostile)
    assert fromstring(body) is not None
    assert b"&lt;script" not in body
    assert b"<b>" not in body


def test_what_is_over_and_what_is_doubtful_says_so(written: Write) -> None:
    from dataclasses import replace

    doubtful = replace(leaving("V-01", "filled"), source_status="unverified")
    (item,) = json.loads(written("jsonfeed", doubtful))["items"]
    assert item["title"].startswith("[Filled] ")
    assert "Applications closed on" in item["content_html"]
    assert "Unverified" in item["content_html"]


def test_a_feed_is_in_the_language_of_who_asks(written: Write) -> None:
    (item,) = json.loads(written("jsonfeed", leaving("V-01", "closed"), language="fr"))["items"]
    assert item["title"].startswith("[Clos] ")
    assert "closes le 8 janvier 2027" in item["content_html"]
