"""What docstrings and comments point at is in the repository: documents and decisions, by their paths."""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for folder in ("fediunion", "tests", "scripts", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
    if "node_modules" not in path.parts
)
_ADDRESS = re.compile(r"https?://\S+")
_DOCUMENT = re.compile(r"[\w./-]*\w\.md\b")
_NUMBER = re.compile(r"\b(?:decisions?|ADRs?|traps?)\s#?\d+", re.IGNORECASE)


def said_in(source: str) -> Iterator[str]:
    """Yield each comment and each text in triple quotes, addresses of the web left out."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and '"""' in token.string[:5]):
            yield _ADDRESS.sub("", token.string)


def dead_pointers(source: str, folder: Path) -> list[str]:
    """Return what `source`, a module in `folder`, names that nobody finds.

    A document is named by its path from the root or from the folder of the module. A decision is named by its
    file: a number alone says nothing to who has not learnt the list, and stays when the list changes.
    """
    dead = []
    for said in said_in(source):
        dead += _NUMBER.findall(said)
        names = _DOCUMENT.findall(said)
        dead += [name for name in names if not ((ROOT / name).is_file() or (folder / name).is_file())]
    return dead


def test_whatever_document_the_code_names_is_there() -> None:
    found = {
        str(path.relative_to(ROOT)): dead
        for path in SOURCES
        if path != Path(__file__) and (dead := dead_pointers(path.read_text("utf-8"), path.parent))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("said", "dead"),
    [
        ('"""Nothing but words."""', []),
        ('"""Source: docs/decisions/0001-synchronous-domain-code.md."""', []),
        ('"""See CONTRIBUTING.md, and https://example.org/nowhere.md."""', []),
        ('"""Source: nowhere.md 3.4; trap 5."""', ["trap 5", "nowhere.md"]),
        ("x = 1  # decision 8", ["decision 8"]),
        ('x = "nowhere.md, decision 8"', []),
    ],
    ids=["words", "a file", "root and web", "a lost document", "a number", "no comment"],
)
def test_a_pointer_that_leads_nowhere_is_seen(said: str, dead: list[str]) -> None:
    assert dead_pointers(said, ROOT) == dead


@pytest.mark.parametrize(
    "document", sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]), ids=lambda path: path.name
)
def test_a_decision_in_a_document_is_a_link_to_the_file_of_its_number(document: Path) -> None:
    text = document.read_text("utf-8")
    linked = re.findall(r"\[decision (\d+)\]\([^)]*?(\d{4})-[^)]+\.md\)", text, re.IGNORECASE)
    assert [(number, file) for number, file in linked if int(number) != int(file)] == []
    assert len(re.findall(r"\b(?:decision|ADR) \d+", text, re.IGNORECASE)) == len(linked)
