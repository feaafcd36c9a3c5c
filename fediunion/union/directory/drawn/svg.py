"""The drawing of the network as SVG, of classes and attributes only (static/css/unions.css)."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup

from fediunion.kit.sentences import Sentence
from fediunion.union.directory.drawn.layers import BOX_HEIGHT, BOX_WIDTH
from fediunion.union.directory.drawn.lines import Line, Style, lines_of
from fediunion.union.directory.drawn.places import Box, Drawn, Point, places_of
from fediunion.union.directory.queries import KnownUnion, Network
from fediunion.union.directory.wording import LEVELS, STYLES
from fediunion.web.functions import told

_LINE_CHARACTERS: Final = 22
_LABEL_CHARACTERS: Final = 18
_CHARACTER_WIDTH: Final = 6.4

_DRAWING: Final = Markup(
    '<svg class="graph net" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="group" direction="ltr"'
    ' aria-label="{2}">{3}</svg>'
)
_PATH: Final = Markup('<path class="edge {}" d="{}"/>')
_TITLED: Final = Markup("<g><title>{}</title>{}</g>")
_PLATE: Final = Markup('<rect class="plate" x="{}" y="{}" width="{}" height="18"/>')
_LABEL: Final = Markup('<text class="halo{}" x="{}" y="{}" text-anchor="{}">{}</text>')
_BOX: Final = Markup(
    '<a href="{}"{}><title>{}</title><rect class="node{}" x="{}" y="{}" width="{}" height="{}" rx="4"/>{}</a>'
)
_NAME: Final = Markup('<text class="lab" x="{}" y="{}" text-anchor="middle">{}</text>')
_BELOW: Final = Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>')
_ELSEWHERE: Final = Markup(' rel="noopener noreferrer"')


def drawing_of(network: Network) -> Markup:
    """Return the drawing: a box for each union, which leads to its page, and the lines between them."""
    lines = lines_of(network.ties)
    unions = {union.uri: union for union in network.unions}
    places = places_of(list(unions), lines)
    names = {uri: union.name for uri, union in unions.items()}
    suspended = {line.lower for line in lines if line.style is Style.SUSPENDED} - {
        line.lower for line in lines if line.style is not Style.SUSPENDED
    }
    inside = Markup().join(
        [
            *(_line(drawn, names) for drawn in places.drawn),
            *(_label(drawn) for drawn in places.drawn),
            *(_box(box, unions[box.union], is_out=box.union in suspended) for box in places.boxes),
        ]
    )
    label = told(Sentence("Affiliations of unions. The same is in the list below."))
    return _DRAWING.format(_px(places.width), _px(places.height), label, inside)


def styles_in(network: Network) -> Sequence[Style]:
    """Return the kinds of lines that the drawing has, for its legend."""
    present = {line.style for line in lines_of(network.ties)}
    return [style for style in STYLES if style in present]


def _line(drawn: Drawn, names: Mapping[str, str]) -> Markup:
    line = drawn.line
    shape = " ".join(_shape(path) for path in drawn.paths)
    path = _PATH.format(line.style.value, shape)
    if line.style is Style.BILATERAL:
        path += _PATH.format("bilateral-in", shape)
    return _TITLED.format(_title(line, names), path)


def _title(line: Line, names: Mapping[str, str]) -> str:
    """Return what a line says where one points at it: "Nurses – UNI: affiliated (Europa)"."""
    what = str(told(STYLES[line.style]))
    if line.labels:
        what = f"{what} ({' · '.join(line.labels)})"
    return f"{names[line.lower]} – {names[line.upper]}: {what}"


def _label(drawn: Drawn) -> Markup:
    line = drawn.line
    words = " · ".join(line.labels)
    if line.style in (Style.OBSERVER, Style.BILATERAL, Style.SUSPENDED):
        words = str(told(STYLES[line.style]))
    if not words:
        return Markup()
    text = _cut(words, _LABEL_CHARACTERS)
    x, y = drawn.label_at
    tone = " bad" if line.style is Style.SUSPENDED else ""
    if drawn.anchor != "middle":
        return _LABEL.format(tone, _px(x), _px(y), drawn.anchor, text)
    wide = _columns(text) * _CHARACTER_WIDTH + 12
    plate = _PLATE.format(_px(x - wide / 2), _px(y - 13), _px(wide))
    return plate + _LABEL.format(tone, _px(x), _px(y), "middle", text)


def _box(box: Box, union: KnownUnion, *, is_out: bool) -> Markup:
    middle = box.x + BOX_WIDTH / 2
    lines = _wrapped(union.name)
    below = told(Sentence("this server")) if union.is_ours else told(LEVELS.get(union.level, ""))
    if not below:
        below = _cut(union.host, _LINE_CHARACTERS + 4)
    first = box.y + (26 if len(lines) == 1 else 19)
    texts = [_NAME.format(_px(middle), _px(first + 15 * place), text) for place, text in enumerate(lines)]
    texts.append(_BELOW.format(_px(middle), _px(first + 15 * len(lines) + 2), below))
    tone = " here" if union.is_ours else " out" if is_out else ""
    return _BOX.format(
        union.page,
        "" if union.is_ours else _ELSEWHERE,
        f"{union.name}, {union.host}",
        tone,
        _px(box.x),
        _px(box.y),
        BOX_WIDTH,
        BOX_HEIGHT,
        Markup().join(texts),
    )


def _shape(path: Sequence[Point]) -> str:
    first, *others = path
    return f"M{_px(first[0])} {_px(first[1])}" + "".join(f"L{_px(x)} {_px(y)}" for x, y in others)


def _wrapped(name: str) -> list[str]:
    """Return a name in one line or two; what is longer ends in "…"."""
    if _columns(name) <= _LINE_CHARACTERS:
        return [name]
    first = ""
    words = name.split()
    while words and _columns(f"{first} {words[0]}".strip()) <= _LINE_CHARACTERS:
        first = f"{first} {words.pop(0)}".strip()
    if not first:
        first = _begin(name, _LINE_CHARACTERS)
        return [first, _cut(name[len(first) :], _LINE_CHARACTERS)]
    return [first, _cut(" ".join(words), _LINE_CHARACTERS)]


def _cut(text: str, most: int) -> str:
    return text if _columns(text) <= most else f"{_begin(text, most - 1).rstrip()}…"


def _begin(text: str, most: int) -> str:
    end = len(text)
    while _columns(text[:end]) > most:
        end -= 1
    return text[:end]


def _columns(text: str) -> int:
    """Return how many letters wide a text is; those of East Asia count twice, marks above others not."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
