"""The line above a quote's words that links what is quoted, for readers whose software knows no quotes."""

import re
from typing import Final

from fediunion.kit.html import escape, link_html
from fediunion.social.posts.models import Post

CLASS: Final = "quote-inline"
_PARAGRAPH: Final = re.compile(rf'<p class="{CLASS}">.*?</p>', re.DOTALL)
_SPAN: Final = re.compile(rf'<span class="{CLASS}">(?:(?!</?span).)*+</span>', re.DOTALL)


def with_quote_link(content: str, quoted: Post) -> str:
    """Return the HTML of a post of ours that quotes `quoted`: beginning with a link, unless it has one.

    Software that shows the quoted post hides what has the class.
    Source: https://docs.joinmastodon.org/client/quotes/, `quoted_status_id`
    """
    addresses = [address for address in (quoted.url, quoted.uri) if address]
    if any(f'href="{escape(address)}"' in content for address in addresses):
        return content
    link = link_html(addresses[0])
    if link is None:
        return content
    return f'<p class="{CLASS}">RE: {link}</p>{content}'


def without_quote_link(content: str) -> str:
    """Return the cleaned HTML of a post without that line: for those who are shown the quote itself.

    Mastodon writes a paragraph, Akkoma a span.
    """
    if CLASS not in content:
        return content
    return _SPAN.sub("", _PARAGRAPH.sub("", content))
