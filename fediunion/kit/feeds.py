"""Atom, RSS and JSON Feed, for feed readers: what a feed and its entries say, written in any of the three."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

import orjson

from fediunion.kit.clock import format_instant

_ATOM: Final = "http://www.w3.org/2005/Atom"
# XML 1.0 has no way to write these (H20). Source: https://www.w3.org/TR/xml/#charsets
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, kw_only=True)
class FeedFile:
    """A picture, film or sound of an entry; `media_type` may be of a kind alone (`image/*`)."""

    address: str
    media_type: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class FeedEntry:
    """One thing in a feed. `address` is its page, and its id in every feed and for all time.

    `html` is clean; `more` are members of JSON Feed beside the standard ones, their names begin with `_`.
    """

    address: str
    title: str
    html: str
    author_name: str
    author_address: str
    published_at: datetime
    updated_at: datetime
    language: str = ""
    files: Sequence[FeedFile] = ()
    categories: Sequence[str] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Feed:
    """Entries under one title. `home` is the page that it belongs to, `address` where the feed itself is."""

    home: str
    address: str
    title: str
    description: str
    language: str
    entries: Sequence[FeedEntry]
    icon: str = ""
    updated_at: datetime


def render_atom(feed: Feed) -> bytes:
    """Return the feed as Atom. Source: RFC 4287"""
    root = Element("feed", {"xmlns": _ATOM, "xml:lang": feed.language})
    _add(root, "id", feed.home)
    _add(root, "title", feed.title)
    _add(root, "subtitle", feed.description)
    _add(root, "updated", format_instant(feed.updated_at))
    _add(root, "link", rel="alternate", type="text/html", href=feed.home)
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.address)
    _add(root, "icon", feed.icon)
    for each in feed.entries:
        entry = SubElement(root, "entry")
        _add(entry, "id", each.address)
        _add(entry, "title", each.title)
        _add(entry, "link", rel="alternate", type="text/html", href=each.address)
        _add(entry, "published", format_instant(each.published_at))
        _add(entry, "updated", format_instant(each.updated_at))
        author = SubElement(entry, "author")
        _add(author, "name", each.author_name)
        _add(author, "uri", each.author_address)
        for category in each.categories:
            _add(entry, "category", term=category)
        _add(entry, "content", each.html, type="html")
        for file in each.files:
            _add(entry, "link", rel="enclosure", href=file.address, title=file.title)
    return _document(root)


def render_rss(feed: Feed) -> bytes:
    """Return the feed as RSS 2.0. Source: https://www.rssboard.org/rss-specification"""
    root = Element("rss", {"version": "2.0", "xmlns:atom": _ATOM})
    channel = SubElement(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", feed.home)
    _add(channel, "description", feed.description or feed.title)
    _add(channel, "language", feed.language)
    _add(channel, "lastBuildDate", _rfc_822(feed.updated_at))
    _add(channel, "atom:link", rel="self", type="application/rss+xml", href=feed.address)
    if feed.icon:
        image = SubElement(channel, "image")
        for name, text in (("url", feed.icon), ("title", feed.title), ("link", feed.home)):
            _add(image, name, text)
    for each in feed.entries:
        item = SubElement(channel, "item")
        _add(item, "title", each.title)
        _add(item, "link", each.address)
        _add(item, "guid", each.address, isPermaLink="true")
        _add(item, "pubDate", _rfc_822(each.published_at))
        for category in each.categories:
            _add(item, "category", category)
        _add(item, "description", each.html)
    return _document(root)


def render_json(feed: Feed) -> bytes:
    """Return the feed as JSON Feed. Source: https://www.jsonfeed.org/version/1.1/"""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.address,
        "description": feed.description,
        "icon": feed.icon,
        "language": feed.language,
        "items": [_json_item(each) for each in feed.entries],
    }
    return orjson.dumps({name: value for name, value in document.items() if value or name == "items"})


RENDERERS: Final[Mapping[str, tuple[str, Callable[[Feed], bytes]]]] = {
    "atom": ("application/atom+xml; charset=utf-8", render_atom),
    "rss": ("application/rss+xml; charset=utf-8", render_rss),
    "json": ("application/feed+json; charset=utf-8", render_json),
}
"""Ending of the address → media type and what writes it."""


def _json_item(each: FeedEntry) -> dict[str, Any]:
    changed = each.updated_at != each.published_at
    item: dict[str, Any] = {
        "id": each.address,
        "url": each.address,
        "title": each.title,
        "content_html": each.html,
        "date_published": format_instant(each.published_at),
        "date_modified": format_instant(each.updated_at) if changed else "",
        "language": each.language,
        "authors": [{"name": each.author_name, "url": each.author_address}],
        "tags": list(each.categories),
        "attachments": [
            {"url": file.address, "mime_type": file.media_type, "title": file.title} for file in each.files
        ],
        **each.more,
    }
    return {name: value for name, value in item.items() if value}


def _add(parent: Element, tag: str, text: str = "", **attributes: str) -> None:
    """Add an element with text or attributes; one that has neither says nothing and is left out."""
    given = {name: _NO_XML.sub("", value) for name, value in attributes.items() if value}
    if text or "href" in given or "term" in given:
        SubElement(parent, tag, given).text = _NO_XML.sub("", text) or None


def _document(root: Element) -> bytes:
    found: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return found


def _rfc_822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
