"""Links by which a page says what it is: rel="me", and rel="alternate"."""

import html
import re
from collections.abc import Iterator
from typing import Final

import nh3

_KEPT: Final = {"href", "rel", "type"}
_CLEANER: Final = nh3.Cleaner(
    tags={"a", "link"}, attributes={"a": _KEPT, "link": _KEPT}, url_schemes={"https", "http"}, link_rel=None
)
_LINK: Final = re.compile(r'<(?:a|link)((?: [a-z]++="[^"]*+")*+)>')
_ATTRIBUTE: Final = re.compile(r' ([a-z]++)="([^"]*+)"')
_WHOLE_LINK: Final = re.compile(r'<a((?: [a-z]++="[^"]*+")*+)>(?:(?!<a ).)*+', re.DOTALL)


def claimed_by(page: str) -> frozenset[str]:
    """Return the addresses that an HTML page names as its owner's: `a` and `link` with rel="me".

    What stands in comments, scripts and text does not count. Takes time in proportion to the page.
    Source: https://microformats.org/wiki/rel-me
    """
    return frozenset(href for href, _ in _links(page, "me"))


def alternates_of(page: str) -> list[tuple[str, str]]:
    """Return the other forms that an HTML page names of itself: (address, media type), as they are written.

    As `claimed_by`. Source: https://html.spec.whatwg.org/multipage/links.html#rel-alternate
    """
    return list(_links(page, "alternate"))


def link_of_field(value: str) -> str | None:
    """Return the https address of a profile field that is nothing but a link; else None.

    `value` is sanitised HTML.
    """
    stripped = value.strip()
    link = _WHOLE_LINK.fullmatch(stripped)
    if link is None or not stripped.endswith("</a>") or stripped.count("</a>") != 1:
        return None
    href = _attributes(link[1]).get("href", "")
    return href if href.startswith("https://") else None


def _links(page: str, relation: str) -> Iterator[tuple[str, str]]:
    for written in _LINK.finditer(_CLEANER.clean(page)):
        link = _attributes(written[1])
        if "href" in link and relation in link.get("rel", "").lower().split():
            yield link["href"], link.get("type", "")


def _attributes(text: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(text)}
