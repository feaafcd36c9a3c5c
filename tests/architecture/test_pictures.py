"""The pictures of the documents: each that is shown exists, says in words what it shows, and none is idle."""

import re
from pathlib import Path

from scripts.pictures.shots import SHOTS

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "images"
DOCUMENTS = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]
MOST_BYTES = 2_500_000
_SHOWN = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")


def shown() -> list[tuple[Path, str, Path]]:
    """Return each picture of a document: the document, the words, the file."""
    return [
        (document, words, (document.parent / address).resolve())
        for document in DOCUMENTS
        for words, address in _SHOWN.findall(document.read_text("utf-8"))
        if "://" not in address
    ]


def test_each_picture_of_a_document_is_there_and_has_words() -> None:
    found = shown()
    assert len(found) > 40
    assert [(document.name, path.name) for document, _, path in found if not path.is_file()] == []
    assert [(document.name, path.name) for document, words, path in found if len(words) < 10] == []


def test_each_picture_is_taken_and_shown_somewhere() -> None:
    files = {path for path in FOLDER.iterdir() if path.suffix != ".md"}
    assert {path.name for path in files} == {f"{shot.name}.webp" for shot in SHOTS}
    assert files - {path for _, _, path in shown()} == set()


def test_the_readme_shows_two() -> None:
    assert sum(document == ROOT / "README.md" for document, _, _ in shown()) == 2


def test_all_pictures_together_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < MOST_BYTES
