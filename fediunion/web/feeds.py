"""Atom, RSS and JSON Feed out of posts, for feed readers."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

import orjson

from fediunion.kit.clock import format_instant
from fediunion.kit.html import escape, html_to_text, plain_name
from fediunion.web.shown import ShownFile, ShownPost
from fediunion.web.structured import absolute

LONGEST_TITLE: Final = 80
_ATOM: Final = "http://www.w3.org/2005/Atom"
# XML 1.0 has no way to write these (H20). Source: https://www.w3.org/TR/xml/#charsets
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OF_KIND: Final = {"image": "image/*", "gifv": "video/mp4", "video": "video/mp4", "audio": "audio/mpeg"}


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A list of posts under one title. `path` leads to its page, `base_url` is where the instance is."""

    base_url: str
    path: str
    title: str
    description: str
    language: str
    posts: Sequence[ShownPost]
    icon: str = ""
    updated_at: datetime

    @property
    def home(self) -> str:
        """The address of the page that the feed belongs to."""
        return absolute(self.path, self.base_url)

    def own(self, kind: str) -> str:
        """The address of the feed itself."""
        return f"{self.home}/feed.{kind}"


def render_atom(feed: Feed) -> bytes:
    """Return the feed as Atom. Source: RFC 4287"""
    root = Element("feed", {"xmlns": _ATOM, "xml:lang": feed.language})
    _add(root, "id", feed.home)
    _add(root, "title", feed.title)
    _add(root, "subtitle", feed.description)
    _add(root, "updated", format_instant(feed.updated_at))
    _add(root, "link", rel="alternate", type="text/html", href=feed.home)
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.own("atom"))
    _add(root, "icon", feed.icon)
    for post in feed.posts:
        entry = SubElement(root, "entry")
        address = absolute(post.path, feed.base_url)
        _add(entry, "id", address)
        _add(entry, "title", title_of(post))
        _add(entry, "link", rel="alternate", type="text/html", href=address)
        _add(entry, "published", format_instant(post.published_at))
        _add(entry, "updated", format_instant(post.published_at))
        author = SubElement(entry, "author")
        _add(author, "name", post.author.name)
        _add(author, "uri", absolute(post.author.path, feed.base_url))
        _add(entry, "content", content_of(post, address), type="html")
        for file in _files(post):
            _add(entry, "link", rel="enclosure", href=file.address, title=file.description)
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
    _add(channel, "atom:link", rel="self", type="application/rss+xml", href=feed.own("rss"))
    if feed.icon:
        image = SubElement(channel, "image")
        for name, text in (("url", feed.icon), ("title", feed.title), ("link", feed.home)):
            _add(image, name, text)
    for post in feed.posts:
        item = SubElement(channel, "item")
        address = absolute(post.path, feed.base_url)
        _add(item, "title", title_of(post))
        _add(item, "link", address)
        _add(item, "guid", address, isPermaLink="true")
        _add(item, "pubDate", _rfc_822(post.published_at))
        _add(item, "description", content_of(post, address))
    return _document(root)


def render_json(feed: Feed) -> bytes:
    """Return the feed as JSON Feed. Source: https://www.jsonfeed.org/version/1.1/"""
    items = []
    for post in feed.posts:
        address = absolute(post.path, feed.base_url)
        item = {
            "id": address,
            "url": address,
            "title": title_of(post),
            "content_html": content_of(post, address),
            "date_published": format_instant(post.published_at),
            "language": post.language,
            "authors": [{"name": post.author.name, "url": absolute(post.author.path, feed.base_url)}],
            "attachments": [
                {"url": file.address, "mime_type": _OF_KIND[file.kind], "title": file.description}
                for file in _files(post)
            ],
        }
        items.append({name: value for name, value in item.items() if value})
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.own("json"),
        "description": feed.description,
        "icon": feed.icon,
        "language": feed.language,
        "items": items,
    }
    return orjson.dumps({name: value for name, value in document.items() if value or name == "items"})


RENDERERS: Final[Mapping[str, tuple[str, Callable[[Feed], bytes]]]] = {
    "atom": ("application/atom+xml; charset=utf-8", render_atom),
    "rss": ("application/rss+xml; charset=utf-8", render_rss),
    "json": ("application/feed+json; charset=utf-8", render_json),
}
"""Ending of the address → media type and what writes it."""


def title_of(post: ShownPost) -> str:
    """Return one line for a list: the title, the warning, or how the words begin."""
    text = post.title or post.warning or html_to_text(post.content)
    return plain_name(text, LONGEST_TITLE) or post.author.name


def content_of(post: ShownPost, address: str) -> str:
    """Return what readers show. Words behind a warning stay there: the entry has the warning and the link."""
    if post.warning:
        link = f'<a href="{escape(address)}">{escape(address)}</a>'
        return f"<p>{escape(post.warning)}</p><p>{link}</p>"
    quoted = post.quoted
    words = "" if quoted is None else f"<blockquote>{escape(quoted.warning) or quoted.content}</blockquote>"
    return f"{post.content}{words}"


def _files(post: ShownPost) -> list[ShownFile]:
    hidden = post.warning or post.sensitive
    return [] if hidden else [file for file in post.files if file.address and file.kind in _OF_KIND]


def _add(parent: Element, tag: str, text: str = "", **attributes: str) -> None:
    """Add an element with text or attributes; one that has neither says nothing and is left out."""
    given = {name: _NO_XML.sub("", value) for name, value in attributes.items() if value}
    if text or "href" in given:
        SubElement(parent, tag, given).text = _NO_XML.sub("", text) or None


def _document(root: Element) -> bytes:
    found: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return found


def _rfc_822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
