"""The parser behind kit.markdown, and how we write what it reads."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from fediunion.kit.html import clean_html, inline_html

_CODE: Final = re.compile(r"(<pre>.*?</pre>)", re.DOTALL)
_PROSE: Final = "prose"
_MENTIONS: Final = "mentions"
_HASHTAG_URL: Final = "hashtag_url"
_AROUND: Final = {
    "table": '<div class="scroll" tabindex="0"><table class="tab">',
    "/table": "</table></div>",
}


def html_of(
    text: str,
    *,
    mentions: Mapping[str, tuple[str, str]],
    hashtag_url: Callable[[str], str] | None,
    tables: bool,
) -> str:
    """Return CommonMark as clean HTML, as kit.markdown.markdown_to_html says."""
    env = {_MENTIONS: mentions, _HASHTAG_URL: hashtag_url}
    parser = _WITH_TABLES if tables else _PARSER

    def clean(part: Sequence[Token]) -> str:
        return clean_html(_joined(parser.renderer.render(part, parser.options, env)))

    tokens = parser.parse(_readable(text), env)
    for token in _prose_in(tokens):
        token.type = _PROSE
    return "".join(
        "".join(clean([token]) if token.type == "inline" else _part_of_table(token) for token in part)
        if is_table
        else clean(part)
        for is_table, part in _apart(tokens)
    )


def prose_in(text: str) -> str:
    """Return the words of a Markdown text in which mentions and hashtags count."""
    return "\n".join(token.content for token in _prose_in(_PARSER.parse(_readable(text))))


def _apart(tokens: Sequence[Token]) -> Iterator[tuple[bool, Sequence[Token]]]:
    """Yield what stands before, between and after the tables of a page, and these; not those in something."""
    start = 0
    for at, token in enumerate(tokens):
        opens, closes = (token.type == name and not token.level for name in ("table_open", "table_close"))
        if opens or closes:
            end = at if opens else at + 1
            yield closes, tokens[start:end]
            start = end
    yield False, tokens[start:]


def _part_of_table(token: Token) -> str:
    """Return the tag of a table, of a row or a cell: how cells are aligned is for the styles of the page.

    A wide table scrolls in what is around it, with the keyboard too.
    """
    name = f"/{token.tag}" if token.nesting < 0 else token.tag
    return _AROUND.get(name, f"<{name}>")


def _joined(html: str) -> str:
    """Return HTML without the line ends between its elements, which some apps show; those in code stay."""
    parts = _CODE.split(html)
    return "".join(part if part.startswith("<pre>") else part.replace("\n", "") for part in parts)


def _readable(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip("\n")


def _prose_in(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the pieces of text that stand in no link."""
    for block in tokens:
        links = 0
        for token in block.children or ():
            links += (token.type == "link_open") - (token.type == "link_close")
            if token.type == "text" and not links:
                yield token


def _render_prose(
    _renderer: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, env: EnvType
) -> str:
    return inline_html(tokens[at].content, env[_MENTIONS], env[_HASHTAG_URL])


def _parser(*more: str) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "xhtmlOut": False})
    parser.enable(["strikethrough", *more]).disable("image")
    parser.add_render_rule(_PROSE, _render_prose)
    return parser


_PARSER: Final = _parser()
_WITH_TABLES: Final = _parser("table")
