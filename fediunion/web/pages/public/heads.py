"""What stands in the head of a public page: for search engines, link previews, feed readers and servers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from fediunion.kit.errors import NotFound
from fediunion.web.listing import whole_number
from fediunion.web.visits import Visit

_LONGEST_START: Final = 5


@dataclass(frozen=True, kw_only=True)
class Head:
    """`address` is the one by which the page is known. Empty texts are left out.

    Who is not `indexed` gets nothing but a title: no description, picture or data leaves with a link (V11).
    """

    address: str
    title: str
    kind: str = "website"
    description: str = ""
    image: str = ""
    indexed: bool = True
    activity: str = ""
    feeds: Sequence[tuple[str, str]] = ()
    me: Sequence[str] = ()
    data: Markup | str = ""


FEED_TYPES: Final = (
    ("atom", "application/atom+xml"),
    ("rss", "application/rss+xml"),
    ("json", "application/feed+json"),
)


def feeds_under(path: str) -> list[tuple[str, str]]:
    """Return (media type, path) of the feeds of a page."""
    return [(media_type, f"{path}/feed.{kind}") for kind, media_type in FEED_TYPES]


def id_before(visit: Visit) -> int | None:
    """Return the id below which a page begins (`?before=`). Raises NotFound for what is no number."""
    text = visit.request.query_params.get("before", "")
    if not text:
        return None
    number = whole_number(text)
    if number is None:
        raise NotFound("There is no such page.")
    return number


def number_to_start(visit: Visit) -> int:
    """Return the number of the reply that a page begins with (`?from=`). Raises NotFound for none."""
    text = visit.request.query_params.get("from", "0")
    if not (text.isascii() and text.isdigit()) or len(text) > _LONGEST_START:
        raise NotFound("There is no such page.")
    return int(text)
