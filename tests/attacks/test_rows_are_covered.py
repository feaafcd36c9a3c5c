"""Every row of docs/develop/attacks.md has a test of its name, and each row that the code names is there."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_NAME = r"(?:[ACFHLMOPRSVW]\d\d|[IJ]\d{1,2})"


def _rows(text: str) -> tuple[str, ...]:
    """Return the names at the beginnings of the lines of the tables in `text`, in their order."""
    return tuple(re.findall(rf"^\| ({_NAME}) \|", text, re.MULTILINE))


_TABLES, _, _UNTESTED = (
    (_ROOT / "docs" / "develop" / "attacks.md")
    .read_text("utf-8")
    .partition("## Not tested under these names")
)
ROWS = _rows(_TABLES)
ELSEWHERE = _rows(_UNTESTED)


@pytest.fixture(scope="module")
def names() -> set[str]:
    """The rows that names of tests speak of."""
    return {row for name in _names_of_tests() for row in re.findall(rf"(?<![A-Za-z0-9]){_NAME}(?=_)", name)}


def _names_of_tests() -> Iterator[str]:
    for path in (_ROOT / "tests").rglob("test_*.py"):
        if "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield node.name


def _rows_in(source: str) -> set[str]:
    """Return the rows that docstrings and comments speak of: "row S31", "(W08)", "rows A01, J8"."""
    said = [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
        or (token.type == tokenize.STRING and token.string.startswith('"""'))
    ]
    return set(re.findall(rf"(?<![\w./#%&+-]){_NAME}(?![\w.-])", "\n".join(said)))


def test_the_tables_are_read() -> None:
    assert len(ROWS) > 300
    assert {"S01", "L35", "I4", "J10"} <= set(ROWS)
    assert "M19" in ELSEWHERE


def test_a_row_is_named_once() -> None:
    every = [*ROWS, *ELSEWHERE]
    assert sorted(every) == sorted(set(every))


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_a_test_of_its_name(row: str, names: set[str]) -> None:
    assert row in names


def test_no_test_names_a_row_that_the_tables_forgot(names: set[str]) -> None:
    """A row that is tested belongs into the tables, so that its test cannot be lost unseen."""
    assert names - set(ROWS) == set()


def test_every_row_that_the_code_speaks_of_is_in_the_tables() -> None:
    sources = [
        path
        for folder in ("fediunion", "tests", "scripts", "benchmarks")
        for path in (_ROOT / folder).rglob("*.py")
        if "node_modules" not in path.parts
    ]
    known = {*ROWS, *ELSEWHERE}
    unknown = {
        str(path.relative_to(_ROOT)): rows
        for path in sources
        if (rows := _rows_in(path.read_text("utf-8")) - known)
    }
    assert unknown == {}


def test_rows_in_docstrings_and_comments_are_found_and_other_words_are_not() -> None:
    source = '"""Rows S01 and (I4); P-3, A4, V1::Filter, C2."""\nX = "S99"  # row W98, UTC+H07 and P3\n'
    assert _rows_in(source) == {"S01", "I4", "W98"}
