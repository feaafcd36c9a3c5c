"""A child process that does one piece of work on hostile texts, until its CPU time is used up."""

import resource
import sys
from collections.abc import Callable

from fediunion.kit.html import clean_html, html_to_text, text_to_html
from fediunion.kit.text import find_hashtags, find_mentions

# With 1.6 MB in a text, what grows with the square of its length and takes 0.25 s for 100 KB takes over a
# minute; all texts of a piece of work together take a second or two.
TIMES = 16
CPU_SECONDS = 60


def _page_of(hashtag: str) -> str:
    return f"https://us.example/tags/{hashtag}"


def written(text: str) -> str:
    """Return the text of a member as HTML."""
    return text_to_html(text, mentions={}, hashtag_url=_page_of)


HOSTILE = {
    "brackets after http": "http://" + "(" * 100_000,
    "http after http": "http://" * 14_000,
    "dotted": "a." * 50_000,
    "opening brackets": "[" * 100_000,
    "less-than": "<" * 100_000,
    "emphasis": "*_" * 50_000,
    "entities": "&amp;" * 20_000,
    "mentions": "@a@" * 33_000,
    "dashed host": "@a@" + "a-" * 50_000,
    "hashtags": "#a" * 50_000,
    "open div": "<div>" * 20_000,
    "open list": "<ul><li>" * 12_500,
    "open quote": "<blockquote>" * 8_000,
    "open bold": "<b>" * 33_000,
    "headings": "<h1" * 33_000,
    "tables in links": "<a><table>" * 10_000,
    "comments": "<!--" * 25_000,
    "foreign": "<svg><math>" * 9_000,
    "attributes": "<a " + "x=1 " * 25_000 + ">",
    "full stops": "https://a.example/" + "." * 100_000,
}
WORK: dict[str, Callable[[str], object]] = {
    "clean_html": clean_html,
    "html_to_text": html_to_text,
    "text_to_html": written,
    "find_mentions": find_mentions,
    "find_hashtags": find_hashtags,
}

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    for name, hostile in HOSTILE.items():
        sys.stdout.write(f"{name}\n")
        sys.stdout.flush()
        WORK[sys.argv[1]](hostile * TIMES)
    sys.stdout.write("done\n")
