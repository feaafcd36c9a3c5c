"""Markdown that members write, made HTML.

The parser is imported when the first text is written: most servers do not need its two megabytes for days.
"""

from collections.abc import Callable, Mapping


def markdown_to_html(
    text: str,
    *,
    mentions: Mapping[str, tuple[str, str]],
    hashtag_url: Callable[[str], str] | None,
    tables: bool = False,
) -> str:
    """Return CommonMark as the clean HTML that posts consist of; pages of ours may have `tables` beside.

    HTML in it is text, a picture is a link, `~~` strikes out, a line's end is one. Mentions, hashtags and
    web addresses are linked as `kit.html.text_to_html` does, but not in code and not inside of links.
    Source: https://spec.commonmark.org/
    """
    from fediunion.kit.common_mark import html_of

    return html_of(text, mentions=mentions, hashtag_url=hashtag_url, tables=tables)


def prose_of(text: str) -> str:
    """Return the words of a Markdown text in which mentions and hashtags count: no code, no link's words."""
    from fediunion.kit.common_mark import prose_in

    return prose_in(text)
