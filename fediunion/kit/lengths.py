"""How long a text counts: not every character of it is its writer's choice."""

from typing import Final

from fediunion.kit.html import link_html, trimmed_url
from fediunion.kit.text import TOKEN, mention_in

CHARACTERS_OF_A_URL: Final = 23


def counted_length(text: str) -> int:
    """Return how many characters a text counts: each web address 23, of a mention the name with its `@`.

    Only what becomes a link counts otherwise than it is written. Characters are Unicode code points. Linear
    in the length of the text. Source: Mastodon, `characters_reserved_per_url` at
    https://docs.joinmastodon.org/entities/Instance/ and the counters of its clients
    """
    length = len(text)
    for token in TOKEN.finditer(text):
        if token["url"] is not None:
            url = trimmed_url(token["url"])
            if link_html(url) is not None:
                length += CHARACTERS_OF_A_URL - len(url)
        elif token["host"] is not None and mention_in(token) is not None:
            length -= len("@") + len(token["host"])
    return length
