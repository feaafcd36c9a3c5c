"""What an employer's feed lists: Atom, RSS and JSON Feed, read within limits."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin
from xml.parsers import expat

from fediunion.activitypub.jsonparse import parse_json
from fediunion.kit.errors import BadDocument
from fediunion.kit.html import plain_name
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import parse_remote_url
from fediunion.union.vacancies.exports.feeds import POSTING_MEMBER
from fediunion.union.vacancies.json_values import first_text
from fediunion.union.vacancies.watching.markup import posting_in

MOST_ITEMS: Final = 200
_MOST_ELEMENTS: Final = 50_000
_DEEPEST: Final = 30
_LONGEST_TEXT: Final = 10_000
_LONGEST_STAMP: Final = 100
_LONGEST_TITLE: Final = 200

_ATOM: Final = "http://www.w3.org/2005/Atom"
_RSS_1: Final = "http://purl.org/rss/1.0/"
_DUBLIN_CORE: Final = "http://purl.org/dc/elements/1.1/"
_ITEMS: Final = frozenset({f"{_ATOM} entry", "item", f"{_RSS_1} item"})
_CHANGED: Final = (f"{_ATOM} updated", f"{_ATOM} published", "pubDate", f"{_DUBLIN_CORE} date")


@dataclass(frozen=True, kw_only=True)
class FeedItem:
    """One thing in a feed: the `address` of its page, `stamp` what changes when it does.

    `posting` is the JobPosting where the feed itself has it, as ours do.
    """

    address: str
    title: str
    stamp: str
    posting: JsonObject | None = None


def items_of(body: bytes, feed_url: str) -> list[FeedItem]:
    """Return what a feed lists, in its order, each address once. Raises BadDocument for what is no feed.

    At most 200 items. XML with a document type is refused: nothing in it is expanded or fetched.
    """
    read = _json_items(body) if body.lstrip()[:1] == b"{" else _xml_items(body)
    found: dict[str, FeedItem] = {}
    for address, title, stamp, posting in read:
        try:
            page = parse_remote_url(urljoin(feed_url, address.strip())).text if address.strip() else ""
        except (BadDocument, ValueError):
            continue
        if page and len(found) < MOST_ITEMS:
            item = FeedItem(
                address=page,
                title=plain_name(title, _LONGEST_TITLE),
                stamp=f"{title} {stamp}"[:_LONGEST_STAMP],
                posting=posting,
            )
            found.setdefault(page, item)
    return list(found.values())


_Item = tuple[str, str, str, JsonObject | None]


def _json_items(body: bytes) -> Iterator[_Item]:
    document = parse_json(body)
    items = document.get("items") if isinstance(document, dict) else None
    version = first_text(document.get("version")) if isinstance(document, dict) else ""
    if not version.startswith("https://jsonfeed.org/version/") or not isinstance(items, list):
        raise BadDocument("this is no feed", reason="no-feed")
    for item in items[:MOST_ITEMS]:
        if isinstance(item, dict):
            own = item.get(POSTING_MEMBER)
            posting = posting_in(own.get("posting")) if isinstance(own, dict) else None
            stamp = first_text(item.get("date_modified") or item.get("date_published"))
            yield first_text(item.get("url") or item.get("id")), first_text(item.get("title")), stamp, posting


def _xml_items(body: bytes) -> Iterator[_Item]:
    reading = _Reading()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reading.doctype
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise BadDocument("this is no feed", reason="no-feed") from error
    if not reading.is_feed:
        raise BadDocument("this is no feed", reason="no-feed")
    return iter(reading.items)


class _Reading:
    """One XML document being read, element by element; it keeps what a list of items needs, and no tree."""

    def __init__(self) -> None:
        self.items: list[_Item] = []
        self.is_feed = False
        self._depth = 0
        self._elements = 0
        self._item_depth: int | None = None
        self._own: dict[str, str] = {}
        self._said: list[str] = []
        self._length = 0

    def doctype(self, *_what: object) -> None:
        """Refuse a document type: entities are declared in it."""
        raise BadDocument("a feed has no document type here", reason="doctype")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        self._depth += 1
        self._elements += 1
        if self._depth > _DEEPEST or self._elements > _MOST_ELEMENTS:
            raise BadDocument("this feed is too large", reason="too-large")
        if self._depth == 1:
            self.is_feed = name.rpartition(" ")[2] in ("feed", "rss", "RDF")
        if self._item_depth is None and name in _ITEMS:
            self._item_depth, self._own = self._depth, {}
        elif name == f"{_ATOM} link" and attributes.get("rel", "alternate") == "alternate":
            self._own.setdefault("link", attributes.get("href", ""))
        self._said, self._length = [], 0

    def text(self, text: str) -> None:
        """Go on with the text of an element, as far as it counts."""
        if self._length < _LONGEST_TEXT:
            self._said.append(text)
            self._length += len(text)

    def end(self, name: str) -> None:
        """End an element; with an item, keep it."""
        if self._item_depth is not None and self._depth == self._item_depth + 1:
            said = "".join(self._said).strip()
            if said:
                self._own.setdefault("link" if name in ("link", f"{_RSS_1} link") else name, said)
        elif self._depth == self._item_depth:
            self._keep()
        self._depth -= 1

    def _keep(self) -> None:
        own = self._own
        link = own.get("link") or own.get("guid") or own.get(f"{_ATOM} id") or ""
        title = own.get(f"{_ATOM} title") or own.get("title") or own.get(f"{_RSS_1} title") or ""
        stamp = next((own[name] for name in _CHANGED if name in own), "")
        if len(self.items) < MOST_ITEMS:
            self.items.append((link, title, stamp, None))
        self._item_depth = None
