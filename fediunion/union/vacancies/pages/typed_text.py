"""Texts of a notice as an editor types them: Markdown, made of the clean HTML that is stored."""

import re
from html.parser import HTMLParser
from typing import Final

from fediunion.kit.markdown import markdown_to_html

_AROUND: Final = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "code": "`"}
_BEGINS: Final = re.compile(r"^(\d*)([#>+=.)-])")
_BLOCKS: Final = frozenset({"p", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "div"})


def typed_html(text: str) -> str:
    """Return what an editor typed as clean HTML; HTML that was pasted counts as text."""
    return markdown_to_html(text, mentions={}, hashtag_url=None) if text.strip() else ""


def typed_text(html: str) -> str:
    """Return clean HTML as Markdown that `typed_html` makes the same of, but for quotes."""
    reading = _Reading()
    reading.feed(html)
    reading.close()
    return reading.text()


class _Reading(HTMLParser):
    """Markdown out of the tags that clean HTML has."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._lists: list[int | None] = []
        self._links: list[str] = []

    def text(self) -> str:
        """Return all that was read, blocks divided by empty lines."""
        lines = [line.rstrip() for line in "".join(self._parts).split("\n")]
        kept = [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]
        return "\n".join(kept).strip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin what a tag stands for."""
        if tag == "li":
            self._begin_item()
        elif tag in ("ul", "ol"):
            self._break(1 if self._lists else 2)
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "br":
            self._parts.append("\n")
        elif tag == "a":
            self._links.append(dict(attrs).get("href") or "")
            self._parts.append("[")
        elif tag in _AROUND:
            self._parts.append(_AROUND[tag])
        elif tag in _BLOCKS and not (tag == "p" and self._is_at_item()):
            self._break(2)

    def handle_endtag(self, tag: str) -> None:
        """End what a tag stands for."""
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
            self._break(1 if self._lists else 2)
        elif tag == "a" and self._links:
            self._parts.append(f"]({self._links.pop()})")
        elif tag in _AROUND:
            self._parts.append(_AROUND[tag])
        elif tag in _BLOCKS:
            self._break(1 if self._lists else 2)

    def handle_data(self, data: str) -> None:
        """Take words; those that would begin something in Markdown are kept from it."""
        words = data.replace("\n", " ")
        for sign in "\\`*_[]<":
            words = words.replace(sign, f"\\{sign}")
        if self._is_at_line():
            words = _BEGINS.sub(r"\1\\\2", words)
        self._parts.append(words)

    def _begin_item(self) -> None:
        self._break(1)
        if not self._lists:
            self._lists.append(None)
        number = self._lists[-1]
        mark = "- " if number is None else f"{number}. "
        if number is not None:
            self._lists[-1] = number + 1
        self._parts.append("   " * (len(self._lists) - 1) + mark)

    def _break(self, ends: int) -> None:
        """Let a new line begin, after an empty one for 2; nothing before the first words."""
        whole = "".join(self._parts).rstrip(" ")
        if whole.strip():
            missing = ends - (len(whole) - len(whole.rstrip("\n")))
            self._parts = [whole, "\n" * max(missing, 0)]

    def _is_at_item(self) -> bool:
        return "".join(self._parts[-1:]).endswith(("- ", ". ")) and bool(self._lists)

    def _is_at_line(self) -> bool:
        return not self._parts or "".join(self._parts)[-1:] in ("", "\n")
