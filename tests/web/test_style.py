"""The style sheet and the templates: contrast, directions, and nothing inline."""

import re
from pathlib import Path

import pytest
from jinja2.meta import find_undeclared_variables

from fediunion.web.assets import STATIC, style_files
from fediunion.web.render import environment

TEMPLATES = sorted((STATIC.parent / "templates").rglob("*.html"))
TOKENS = (STATIC / "css" / "tokens.css").read_text("utf-8")
MOST_LINES = 400
TEXT, CONTROL = 4.5, 3.0
GROUNDS = ("page", "sheet", "wash")
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-2", "act") for ground in GROUNDS),
    *((tone, f"{tone}-tint", TEXT) for tone in ("amber", "red", "green")),
    *((tone, ground, TEXT) for tone in ("amber", "red", "green") for ground in ("page", "sheet")),
    ("ink", "act-tint", TEXT),
    ("on-act", "act", TEXT),
    ("on-act", "act-hover", TEXT),
    *(("edge", ground, CONTROL) for ground in ("page", "sheet")),
    *(("focus", ground, CONTROL) for ground in GROUNDS),
    *((drawing, "sheet", CONTROL) for drawing in ("d1", "d2", "d3", "d4")),
]


def tokens_of(theme: str) -> dict[str, str]:
    """Return the colours of a theme by token."""
    light, dark = re.findall(r":root(?:\[data-theme=\"dark\"\])? \{(.*?)\n\}", TOKENS, re.DOTALL)[:2]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", light))
    if theme == "dark":
        colours |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", dark))
    return colours


def luminance(colour: str) -> float:
    """Return the relative luminance. Source: WCAG 2.2, definition of relative luminance."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_has_the_contrast_of_the_standard() -> None:
    assert round(contrast("#000", "#ffffff"), 2) == 21


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_can_be_told_from_its_ground(theme: str) -> None:
    colours = tokens_of(theme)
    weak = {
        (ink, ground): round(contrast(colours[ink], colours[ground]), 2)
        for ink, ground, least in PAIRS
        if contrast(colours[ink], colours[ground]) < least
    }
    assert weak == {}


def test_letters_on_a_face_can_be_read_on_each_of_its_colours() -> None:
    marks = (STATIC / "css" / "marks.css").read_text("utf-8")
    hues = re.findall(r"\.c\d \{ --c: (#[0-9a-f]{6}); \}", marks)
    assert len(hues) == 6
    assert [hue for hue in hues if contrast("#ffffff", hue) < TEXT] == []


def test_the_dark_theme_is_the_same_by_choice_and_by_preference() -> None:
    chosen = re.search(r':root\[data-theme="dark"\] \{\s*color-scheme: dark;(.*?)\n\}', TOKENS, re.DOTALL)
    preferred = re.search(r':root:not\(\[data-theme="light"\]\)[^{]*\{(.*?)\}', TOKENS, re.DOTALL)
    assert chosen is not None
    assert preferred is not None
    assert chosen[1].split() == preferred[1].split()


def test_nothing_in_the_style_sheet_is_positioned_left_or_right() -> None:
    physical = re.compile(
        r"(?<![\w-])(?:margin|padding|border|inset)-(?:left|right)|(?<![\w-])(?:left|right)\s*:"
        r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
    )
    found = [
        f"{path.name}:{number}"
        for path in style_files()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if physical.search(line)
    ]
    assert found == []


def test_the_style_sheet_loads_nothing() -> None:
    whole = "".join(path.read_text("utf-8") for path in style_files())
    assert "@import" not in whole
    assert "url(" not in whole


def test_style_files_and_templates_are_short() -> None:
    long = [path.name for path in (*style_files(), *TEMPLATES) if len(lines_of(path)) > MOST_LINES]
    assert long == []


def lines_of(path: Path) -> list[str]:
    """Return the lines of a file."""
    return path.read_text("utf-8").splitlines()


def test_W20_no_template_has_a_style_a_script_or_an_event_of_its_own() -> None:
    inline = re.compile(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:", re.IGNORECASE)
    script = re.compile(r"<script(?! type=\"module\" src=\"\{\{ asset\('js/main\.js'\) \}\}\"></script>)")
    assert len(TEMPLATES) > 10
    found = [path.name for path in TEMPLATES if inline.search(text_of(path)) or script.search(text_of(path))]
    assert found == []


def text_of(path: Path) -> str:
    """Return a template without its comments."""
    return re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)


def test_W04_every_form_that_changes_something_carries_the_token() -> None:
    forms = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.DOTALL)
    found = [(path.name, form[:60]) for path in TEMPLATES for form in forms.findall(text_of(path))]
    assert found
    bare = [
        path.name for path in TEMPLATES for form in forms.findall(text_of(path)) if "form_token()" not in form
    ]
    assert bare == []


def test_no_template_loads_anything_from_elsewhere() -> None:
    elsewhere = re.compile(
        r"(?:src|srcset|poster|data|action)\s*=\s*\"(?:https?:)?//|<(?:iframe|object|embed)\b"
    )
    assert [path.name for path in TEMPLATES if elsewhere.search(text_of(path))] == []


def test_no_page_uses_a_value_that_its_layout_has_as_a_macro() -> None:
    layouts = [path for path in TEMPLATES if path.parent.name == "layouts"]
    macros = {name for path in layouts for name in macros_of(path)}
    assert "brand" in macros
    values = {
        path.name: find_undeclared_variables(environment().parse(text_of(path))) - macros_of(path)
        for path in TEMPLATES
        if path not in layouts
    }
    assert {name: found & macros for name, found in values.items() if found & macros} == {}


def macros_of(path: Path) -> set[str]:
    """Return the names of the macros that a template takes from others."""
    imported = re.findall(r"{% from \"[^\"]+\" import ([^%]+) %}", text_of(path))
    return {name.strip() for names in imported for name in names.split(",")}


def test_every_part_of_the_style_sheet_is_in_it() -> None:
    assert {path.name for path in style_files()} == {path.name for path in (STATIC / "css").glob("*.css")}
