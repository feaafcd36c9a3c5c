"""HTML from strangers made safe, and text from members made HTML."""

import html as _html
import re
import unicodedata
from collections.abc import Callable, Mapping

import nh3

from fediunion.kit.links import REL, settle_links
from fediunion.kit.text import TOKEN, ascii_host, display_host, hashtag_in, mention_in

MAX_BYTES = 150_000

_TAGS = {
    *("p", "br", "a", "span", "ul", "ol", "li", "blockquote", "pre", "code"),
    *("strong", "em", "b", "i", "u", "del", "s", "sub", "sup", "ruby", "rt", "rp"),
}
_CLASSES = {"mention", "hashtag", "h-card", "u-url", "invisible", "ellipsis", "quote-inline"}
_DROPPED_WITH_CONTENT = {
    "script",
    "style",
    "template",
    "noscript",
    "svg",
    "math",
    "iframe",
    "object",
    "title",
}

_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_DROPPED_WITH_CONTENT,
    attributes={"*": set(), "a": {"href"}, "ol": {"start", "reversed"}, "li": {"value"}},
    allowed_classes=dict.fromkeys(("a", "span", "p"), _CLASSES),
    url_schemes={"http", "https"},
    url_relative="deny",
    link_rel=REL,
    strip_comments=True,
)
_STRIPPER = nh3.Cleaner(tags=set(), attributes={}, clean_content_tags=_DROPPED_WITH_CONTENT, link_rel=None)

_HEADING_OPENS = re.compile(r"<h[1-6](?:\s[^<>]*+)?+>", re.IGNORECASE)
_HEADING_CLOSES = re.compile(r"</h[1-6]\s*+>", re.IGNORECASE)
_LINE_ENDS = re.compile(r"<br\s*+/?+>|</(?:li|tr|div)\s*+>", re.IGNORECASE)
_BLOCK_ENDS = re.compile(r"</(?:p|ul|ol|blockquote|pre|h[1-6])\s*+>", re.IGNORECASE)
_PLAIN_TAGS = re.compile(r"<(?!/?(?:p|br|a|span|strong|em|b|i|u|ul|ol|li|code)[\s/>])", re.IGNORECASE)
_BIDI_OVERRIDES = re.compile("[\u202d\u202e]")
_EMPTY_CLASSES = re.compile(r'<(p|span) class="">')
_ANY_TAG = re.compile(r"<(/?+)([a-z][a-z0-9]*+)", re.IGNORECASE)
_WHOLE_TAG = re.compile(r"<[^<>]*+>")
_NEVER_NESTED = frozenset({"a", "br", "hr", "img", "input", "li", "link", "meta", "p", "wbr"})
_FEW_TAGS, _MANY_TAGS, _MAX_OPEN_TAGS = 512, 8000, 200


def clean_html(text: str, *, max_bytes: int = MAX_BYTES) -> str:
    """Return HTML from elsewhere reduced to what we show: safe, well-formed, at most `max_bytes` of UTF-8.

    Links keep http and https only, get `rel="nofollow noopener noreferrer"` (hashtags also `tag`), and
    never read as another host than the one they lead to. Headings become bold paragraphs. Cleaning the
    result again changes nothing. Source of the list of what stays: Mastodon,
    https://docs.joinmastodon.org/spec/activitypub/#sanitization
    """
    text = text.replace("\x00", "")
    if "\u202e" in text or "\u202d" in text:
        text = _BIDI_OVERRIDES.sub("", text)
    if _is_nested_too_deep(text):
        text = _without_tags(text)
    cleaned = _clean(text)
    if 'class=""' in cleaned:
        cleaned = _EMPTY_CLASSES.sub(r"<\1>", cleaned)
    if len(cleaned) * 4 > max_bytes and len(cleaned.encode()) > max_bytes:
        return _truncated(cleaned, max_bytes)
    return cleaned


def _is_nested_too_deep(text: str) -> bool:
    """Return whether parsing would take time that grows with the square of the length."""
    if text.count("<") < _FEW_TAGS:
        return False
    open_tags: dict[str, int] = {}
    for tags, tag in enumerate(_ANY_TAG.finditer(text)):
        name = tag[2].lower()
        if name not in _NEVER_NESTED:
            change = -1 if tag[1] else 1
            open_tags[name] = max(0, open_tags.get(name, 0) + change)
        if tags > _MANY_TAGS or open_tags.get(name, 0) > _MAX_OPEN_TAGS:
            return True
    return sum(open_tags.values()) > _MAX_OPEN_TAGS or text.count("<<") > _FEW_TAGS


def _without_tags(text: str) -> str:
    return _WHOLE_TAG.sub(" ", text).replace("<", " ")


def _clean(text: str) -> str:
    if _PLAIN_TAGS.search(text) is None:
        return settle_links(_CLEANER.clean(text))
    if "<h" in text or "<H" in text:
        text = _HEADING_CLOSES.sub("</strong></p>", _HEADING_OPENS.sub("<p><strong>", text))
    # A parser moves misplaced elements (text out of tables, links out of links): clean until nothing moves.
    cleaned = settle_links(_CLEANER.clean(text))
    for _ in range(8):
        again = settle_links(_CLEANER.clean(cleaned))
        if again == cleaned:
            return cleaned
        cleaned = again
    return escape(html_to_text(cleaned))


def _truncated(cleaned: str, max_bytes: int) -> str:
    """Return a well-formed beginning of cleaned HTML; the room for closing tags is found by trying."""
    room = max_bytes
    while room > 16:
        part = cleaned.encode()[:room].decode(errors="ignore")
        opened, closed = part.rfind("<"), part.rfind(">")
        part = part[:opened] if opened > closed else part
        ampersand = part.rfind("&", len(part) - 40)
        part = part[:ampersand] if ampersand > part.rfind(";") else part
        shortened = _clean(part)
        if len(shortened.encode()) <= max_bytes:
            return shortened
        room -= max(1024, room // 4)
    return ""


def html_to_text(html: str) -> str:
    """Return what a person reads in the HTML: paragraphs apart by an empty line, no tags, no entities."""
    html = html.replace("\r\n", "\n").replace("\x00", "")
    if _is_nested_too_deep(html):
        html = _without_tags(html)
    html = _BLOCK_ENDS.sub("\n\n", _LINE_ENDS.sub("\n", html))
    text = _html.unescape(_STRIPPER.clean(html)).replace("\xa0", " ")
    lines = [line.strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}+", "\n\n", "\n".join(lines)).strip()


def escape(text: str) -> str:
    """Return the text for use in HTML, also inside attributes in either kind of quotes."""
    return _html.escape(text, quote=True)


_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff]"
)
_JOINERS = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])")
_BLANKS = re.compile("[\\s\x00-\x1f\x7f-\x9f\u2028\u2029\u2800]+")
_MAX_MARKS = 3


def plain_name(text: str, max_chars: int) -> str:
    """Return a name on one line of at most `max_chars` characters that cannot disturb what stands around it.

    Without control characters, direction overrides and invisible characters; joiners stay where they
    join (emoji, Persian, Indic scripts); at most three marks on one letter. A cut name ends in `…`.
    """
    text = text[: max_chars * 16 + 256]
    text = _INVISIBLE.sub("", _BLANKS.sub(" ", text))
    if not text.isascii():
        text = _JOINERS.sub("", _without_stacked_marks(text))
    text = _BLANKS.sub(" ", text).strip()
    return text if len(text) <= max_chars else text[: max_chars - 1].rstrip() + "…"


def _without_stacked_marks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= _MAX_MARKS:
            kept.append(character)
    return "".join(kept)


_PARAGRAPHS = re.compile(r"\n(?:[ \t]*+\n)++")
_SHOWN_URL_CHARACTERS = 30


def text_to_html(
    text: str,
    *,
    mentions: Mapping[str, tuple[str, str]],
    hashtag_url: Callable[[str], str] | None,
) -> str:
    """Return a member's plain text as HTML in the form that Mastodon, Mitra and others read.

    Empty lines part paragraphs. Web addresses become links. `mentions` gives for a handle in lower case
    (`bob`, `bob@host`) the actor's id and page; who is not in it stays text. `hashtag_url` gives the
    page of a hashtag by its name; with None hashtags stay text. Linear in the length of the text.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()
    if not text:
        return ""
    paragraphs = (inline_html(part, mentions, hashtag_url) for part in _PARAGRAPHS.split(text))
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def inline_html(
    text: str, mentions: Mapping[str, tuple[str, str]], hashtag_url: Callable[[str], str] | None
) -> str:
    """Return what `text_to_html` makes of the inside of one paragraph."""
    parts: list[str] = []
    position = 0
    for token in TOKEN.finditer(text):
        end = token.end()
        if token["url"] is not None:
            address = trimmed_url(token["url"])
            linked = link_html(address)
            end = token.start() + len(address)
        elif token["username"] is not None:
            mention = mention_in(token)
            target = None if mention is None else mentions.get(mention.handle)
            linked = None if target is None else _mention_link(token["username"], target[1] or target[0])
        else:
            hashtag = None if hashtag_url is None else hashtag_in(token)
            linked = (
                None
                if hashtag is None or hashtag_url is None
                else _hashtag_link(hashtag, hashtag_url(hashtag))
            )
            end = end if hashtag is None else token.start() + 1 + len(hashtag)
        if linked is not None:
            parts.append(_lines(text[position : token.start()]))
            parts.append(linked)
            position = end
    parts.append(_lines(text[position:]))
    return "".join(parts)


def _lines(text: str) -> str:
    return _html.escape(text, quote=False).replace("\n", "<br>")


def trimmed_url(url: str) -> str:
    """Return the address without the punctuation that ends the sentence around it; paired brackets stay."""
    surplus = {closing: url.count(closing) - url.count(opening) for opening, closing in ("()", "[]")}
    end = len(url)
    while end:
        last = url[end - 1]
        if last in surplus:
            if surplus[last] <= 0:
                break
            surplus[last] -= 1
        elif last not in ".,:;!?'*_~…":
            break
        end -= 1
    return url[:end]


_URL_PARTS = re.compile(r"(https?)://(?:[^/?#@]*+@)?+([^/?#]++)(.*)", re.IGNORECASE | re.DOTALL)
_HOST_NAME = re.compile(r"\[[0-9a-f:.]++\]|[^\W_](?:[\w.-]*[^\W_])?+\.?+", re.IGNORECASE)


def link_html(url: str) -> str | None:
    """Return a link to a web address as it stands in a post, long ones cut; None where it is none."""
    parts = _URL_PARTS.fullmatch(url)
    host = None if parts is None else ascii_host(parts[2])
    if parts is None or host is None or _HOST_NAME.fullmatch(host.partition(":")[0] or host) is None:
        return None
    scheme, path = f"{parts[1].lower()}://", parts[3]
    shown_host = display_host(host)
    hidden = f"{scheme}www." if shown_host.startswith("www.") else scheme
    shown = (shown_host + path).removeprefix("www.")
    cut = max(_SHOWN_URL_CHARACTERS, len(shown_host))
    head, tail = shown[:cut], shown[cut:]
    css = ' class="ellipsis"' if tail else ""
    return (
        f'<a href="{escape(scheme + host + path)}" rel="{REL}"><span class="invisible">{hidden}</span>'
        f"<span{css}>{_html.escape(head, quote=False)}</span>"
        f'<span class="invisible">{_html.escape(tail, quote=False)}</span></a>'
    )


def _mention_link(username: str, url: str) -> str:
    return (
        f'<span class="h-card"><a href="{escape(url)}" class="u-url mention" rel="{REL}">'
        f"@<span>{escape(username)}</span></a></span>"
    )


def _hashtag_link(hashtag: str, url: str) -> str:
    return (
        f'<a href="{escape(url)}" class="mention hashtag" rel="tag {REL}">'
        f"#<span>{_html.escape(hashtag, quote=False)}</span></a>"
    )
