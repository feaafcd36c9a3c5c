"""The catalogues of the pages against the source: `python -m scripts.translations [PART …]` mends them.

A sentence is in the catalogue of its part: the folder of a template or a page, or the package that says it.
New sentences come in without a translation, or with the one that another part has; what is gone is dropped.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from fediunion.kit.catalogues import LANGUAGES, LOCALES, SOURCE, catalogue_files

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = ROOT / "fediunion"
GROUND: Final = "ground"
_TEMPLATES: Final = PACKAGE / "web" / "templates"
_PAGES: Final = PACKAGE / "web" / "pages"
_IN_PYTHON: Final[dict[str, Any]] = {"Sentence": None, "counted": (1, 2)}
_IN_TEMPLATES: Final = ("_", "gettext", "ngettext")
_OPTIONS: Final = {"trimmed": "true", "silent": "false", "newstyle_gettext": "true"}
_WIDTH: Final = 110

Key = str | tuple[str, str]
"""A sentence, or its two English forms."""


def part_of(path: Path) -> str:
    """Return the part whose catalogue has the sentences of a file."""
    if path.is_relative_to(_TEMPLATES):
        folder = path.relative_to(_TEMPLATES).parts[0]
        return GROUND if folder in ("layouts", "parts") else folder
    if path.is_relative_to(_PAGES):
        return Path(path.relative_to(_PAGES).parts[0]).stem
    first, *others = path.relative_to(PACKAGE).parts
    if first in ("web", "kit", "app"):
        return GROUND
    return Path(others[0]).stem if first in ("social", "union") else first


def extracted() -> dict[str, Catalog]:
    """Return the sentences of the source, by part."""
    found: dict[str, Catalog] = {}
    for path in (*sorted(PACKAGE.rglob("*.py")), *sorted(_TEMPLATES.rglob("*.html"))):
        for key in _sentences(path):
            catalog = found.setdefault(part_of(path), Catalog())
            catalog.add(key, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    return found


def _sentences(path: Path) -> Iterator[Key]:
    source = path.read_bytes()
    if path.suffix == ".py":
        if b"Sentence(" not in source and b".counted(" not in source:
            return
        messages: Any = extract_python(BytesIO(source), _IN_PYTHON, (), {})
    else:
        messages = babel_extract(BytesIO(source), _IN_TEMPLATES, (), _OPTIONS)
    for _, function, text, _ in messages:
        texts = text if isinstance(text, tuple | list) else (text,)
        if function in ("counted", "ngettext"):
            if isinstance(texts[0], str) and isinstance(texts[1], str):
                yield texts[0], texts[1]
        elif isinstance(texts[0], str):
            yield texts[0]


def translations(language: str) -> dict[str, Catalog]:
    """Return the catalogues of a language, by part."""
    found = {}
    for path in catalogue_files(language):
        with path.open("rb") as file:
            found[path.stem] = read_po(file, locale=language)
    return found


def as_text(language: str, template: Catalog, known: dict[str, Catalog], part: str) -> str:
    """Return the .po file of a part: its sentences, with the translations that there are."""
    made = Catalog(locale=language)
    sources = [known[part]] if part in known else []
    sources += [catalog for name, catalog in sorted(known.items()) if name != part]
    for message in sorted(template, key=lambda each: str(each.id)):
        if not message.id:
            continue
        string = next(
            (each.string for one in sources if (each := one.get(message.id)) and is_whole(each)), None
        )
        made.add(message.id, string, locations=sorted(set(message.locations)))
    body = BytesIO()
    write_po(body, made, width=_WIDTH, omit_header=True, include_lineno=False)
    header = (
        f"# {LANGUAGES[language]}: {part}\n"
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n'
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {made.plural_forms}\\n"\n\n'
    )
    return header + body.getvalue().decode().strip() + "\n"


def is_whole(message: Any) -> bool:
    """Return whether a message of a catalogue is translated, in all its forms."""
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return not message.fuzzy and all(strings)


def untranslated(catalog: Catalog) -> list[object]:
    """Return the sentences of a catalogue that have no whole translation."""
    return [message.id for message in catalog if message.id and not is_whole(message)]


def main(parts: list[str]) -> None:
    """Bring the catalogues up to date, those of `parts` or all, and say what waits for a translation."""
    templates = extracted()
    for language in (code for code in LANGUAGES if code != SOURCE):
        known, folder = translations(language), LOCALES / language / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        for part in sorted((templates.keys() | known.keys()) & set(parts or templates.keys() | known.keys())):
            path = folder / f"{part}.po"
            if part not in templates:
                path.unlink()
                continue
            text = as_text(language, templates[part], known, part)
            if not path.exists() or path.read_text("utf-8") != text:
                path.write_text(text, "utf-8")
        for part, catalog in sorted(translations(language).items()):
            for key in untranslated(catalog) if part in (parts or templates) else ():
                print(f"{language} {part}: {key!r}")


if __name__ == "__main__":
    main(sys.argv[1:])
