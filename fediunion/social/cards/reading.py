"""What a web page says about itself in its head."""

import codecs
import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from urllib.parse import urljoin

from fediunion.activitypub.media_types import parse_media_type
from fediunion.kit.clock import format_instant
from fediunion.kit.errors import BadDocument
from fediunion.kit.html import plain_name
from fediunion.kit.text import valid_language_tag
from fediunion.kit.urls import parse_remote_url

_HEAD_BYTES: Final = 262_144
_MAX_TITLE, _MAX_DESCRIPTION, _MAX_NAME = 300, 1000, 100
_LONGEST_META: Final = 4096
_MOST_METAS: Final = 500

# Each is tried from a bounded number of places over a bounded length: hostile pages must not make it slow.
_META = re.compile(r"<meta(?=\s)", re.IGNORECASE)
_INSIDE = re.compile(r"(?:\"[^\"]*+\"|'[^']*+'|[^>\"'])*+(?=>)")
_ATTRIBUTE = re.compile(
    r"(?<![a-z:-])([a-z:-]{1,40}+)\s{0,20}+=\s{0,20}+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))",
    re.IGNORECASE,
)
_TITLE = re.compile(r"<title(?:\s[^<>]{0,200}+)?+>([^<]*+)", re.IGNORECASE)
_LANGUAGE = re.compile(r"<html\s[^<>]{0,500}?\blang=[\"']?([A-Za-z0-9-]{1,35})", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
# Python reads them, browsers do not; the first takes time that grows with the square of a page.
_NOT_OF_PAGES: Final = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "utf-7"})
_END = re.compile(r"</head|<body", re.IGNORECASE)


class PageHead(NamedTuple):
    """A card as LinkCard has it, and the address of its picture."""

    card: dict[str, Any]
    image_url: str | None


def read_head(body: bytes, content_type: str, page_url: str) -> PageHead:
    """Return what a page says about itself: text only, whatever markup it comes in (row H21).

    The card is empty where there is no title, or the answer is no HTML. Source: https://ogp.me/
    """
    media_type, parameters = parse_media_type(content_type)
    if media_type not in ("text/html", "application/xhtml+xml"):
        return PageHead({}, None)
    text = _decoded(body[:_HEAD_BYTES], parameters.get("charset", ""))
    end = _END.search(text)
    text = text[: end.start()] if end else text
    named = _metas(text)
    heading = _TITLE.search(text)
    title = _text(named, ("og:title", "twitter:title"), _MAX_TITLE) or (
        plain_name(html.unescape(heading[1]), _MAX_TITLE) if heading else ""
    )
    if not title:
        return PageHead({}, None)
    language = _LANGUAGE.search(text)
    author = _text(named, ("author", "article:author"), _MAX_NAME)
    card: dict[str, Any] = {
        "title": title,
        "description": _text(
            named, ("og:description", "twitter:description", "description"), _MAX_DESCRIPTION
        ),
        "provider_name": _text(named, ("og:site_name", "application-name"), _MAX_NAME),
        # Some put the address of a profile here, which is no name.
        "author_name": "" if author.startswith(("http://", "https://")) else author,
        "image_description": _text(named, ("og:image:alt", "twitter:image:alt"), _MAX_DESCRIPTION),
        "language": language[1] if language and valid_language_tag(language[1]) else None,
        "published_at": _instant(named.get("article:published_time", "")),
    }
    return PageHead(card, _image(named, page_url))


def _metas(text: str) -> dict[str, str]:
    """Return the first value of each property or name."""
    found: dict[str, str] = {}
    for piece in _META.split(text, _MOST_METAS)[1:]:
        inside = _INSIDE.match(piece[:_LONGEST_META])
        attributes = {
            name.lower(): double or single or bare
            for name, double, single, bare in _ATTRIBUTE.findall(inside[0] if inside else "")
        }
        key = attributes.get("property") or attributes.get("name") or ""
        if key and attributes.get("content"):
            found.setdefault(key.lower(), html.unescape(attributes["content"]))
    return found


def _text(named: Mapping[str, str], keys: tuple[str, ...], most: int) -> str:
    return next((text for key in keys if (text := plain_name(named.get(key, ""), most))), "")


def _image(named: Mapping[str, str], page_url: str) -> str | None:
    given = named.get("og:image:secure_url") or named.get("og:image") or named.get("twitter:image") or ""
    try:
        address = urljoin(page_url, given.strip())
        return parse_remote_url(address).text if address != page_url else None
    except (BadDocument, ValueError):
        return None


def _instant(text: str) -> str | None:
    try:
        moment = datetime.fromisoformat(text.strip())
        return format_instant(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def _decoded(body: bytes, charset: str) -> str:
    declared = _CHARSET.search(body[:4096])
    for name in (charset, declared[1].decode("ascii") if declared else ""):
        try:
            if codecs.lookup(name).name not in _NOT_OF_PAGES:
                return body.decode(name, "replace")
        except (LookupError, ValueError):
            continue
    return body.decode("utf-8", "replace")
