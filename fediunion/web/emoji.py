"""Custom emoji as pictures: in posts, in the names of people, in warnings and answers of polls."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup, escape

from fediunion.social.media.addresses import MediaAddresses
from fediunion.web.markup import already_clean

_TAG_OR_CODE: Final = re.compile(r"<[^>]*>|:(?P<code>\w+):")
_EMOJI: Final = Markup('<img class="emoji" src="{}" alt="{}" title="{}" loading="lazy">')


def with_emoji(content: str, emojis: Sequence[Mapping[str, str]], addresses: MediaAddresses) -> Markup:
    """Return clean HTML with the emoji that its words name, as pictures from here. Tags stay as they are."""
    urls = {each["shortcode"]: each["url"] for each in emojis}
    if not urls:
        return already_clean(content)

    def shown(found: re.Match[str]) -> str:
        url = urls.get(found["code"] or "")
        if url is None:
            return found[0]
        return _EMOJI.format(addresses.emoji(url), found[0], found[0])

    return already_clean(_TAG_OR_CODE.sub(shown, content))


def text_with_emoji(text: str, emojis: Sequence[Mapping[str, str]], addresses: MediaAddresses) -> Markup:
    """Return plain text, as names are, with the emoji in it as pictures whose words are their codes."""
    return with_emoji(str(escape(text)), emojis, addresses)
