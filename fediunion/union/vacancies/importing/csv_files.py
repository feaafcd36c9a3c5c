"""Vacancies in a table: CSV as spreadsheets write it, and the empty table to fill in."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Protocol

from fediunion.kit.errors import Invalid
from fediunion.kit.formulas import plain_cell
from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.columns import COLUMNS, NEEDED, SHOWN_ONLY, column_named, posting_of_cells
from fediunion.union.vacancies.importing.rows import LONGEST_ROW, FileRow, unreadable

_DELIMITERS: Final = ",;\t"
_LONGEST_HEADER: Final = 8192
_EXAMPLE: Final[Mapping[str, str]] = {
    "number": "26-HAO-RCO-001187",
    "title": "Humanitarian Affairs Officer",
    "employer": "Relief Coordination Office",
    "employer_site": "https://careers.rco.example/",
    "url": "https://careers.rco.example/jo/001187",
    "closes": "2027-01-08 23:59",
    "city": "Nairobi",
    "country": "KE",
    "grade": "P-3",
    "contract_type": "fixed-term",
    "languages": "en fluent | fr working desirable",
    "description": "Coordinates response planning.",
}


class _Lines(Protocol):
    """What csv.reader gives."""

    line_num: int

    def __next__(self) -> list[str]: ...


def rows_of_csv(text: str) -> Iterator[FileRow]:
    """Give the rows of a table with a header, one after another; empty lines do not count.

    Cells are divided by commas, semicolons or tabs, whichever the header has. What was no UTF-8 stands in
    `text` as surrogates. Raises Invalid for a header that names no or unknown columns, or one twice.
    """
    first, _, rest = text.partition("\n")
    before = 0
    if first.strip().strip('"').lower().startswith("sep="):
        text, before = rest, 1
        first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(first))
    try:
        columns = _columns(next(reader, []))
    except csv.Error as error:
        raise Invalid(Sentence("The file is no CSV."), field="file") from error
    return _rows(reader, columns, before)


def template() -> bytes:
    """Return a table with every column, and one row that shows how it is filled."""
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, list(COLUMNS), restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerow(_EXAMPLE)
    return written.getvalue().encode("utf-8-sig")


def _delimiter(header: str) -> str:
    return max(_DELIMITERS, key=header[:_LONGEST_HEADER].count)


def _columns(header: Sequence[str]) -> list[str]:
    found = [column_named(cell) for cell in header]
    for cell, column in zip(header, found, strict=True):
        if column is None and cell.strip():
            raise Invalid(Sentence("There is no column “%(name)s”.", name=cell.strip()[:60]), field="file")
    columns = [column or "" for column in found]
    for column in filter(None, columns):
        if columns.count(column) > 1:
            raise Invalid(Sentence("The column “%(name)s” is there twice.", name=column), field="file")
    for needed in NEEDED:
        if needed not in columns:
            raise Invalid(Sentence("The column “%(name)s” is missing.", name=needed), field="file")
    return columns


def _rows(reader: _Lines, columns: Sequence[str], before: int) -> Iterator[FileRow]:
    names = _names(columns)
    number = 0
    while True:
        line = reader.line_num + before + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            number += 1
            yield unreadable(number, line, Invalid(Sentence("This row is no CSV.")), names)
            continue
        if not any(cell.strip() for cell in cells):
            continue
        number += 1
        yield _row(number, line, cells, columns, names)


def _row(
    number: int, line: int, cells: Sequence[str], columns: Sequence[str], names: Mapping[str, str]
) -> FileRow:
    try:
        _check(cells, columns)
        named = {
            column: plain_cell(cell)
            for column, cell in zip(columns, cells, strict=False)
            if column and column not in SHOWN_ONLY
        }
        posting = posting_of_cells(named)
    except Invalid as error:
        return unreadable(number, line, error, names)
    return FileRow(number=number, line=line, posting=posting, names=names)


def _check(cells: Sequence[str], columns: Sequence[str]) -> None:
    if any(cell.strip() for cell in cells[len(columns) :]):
        raise Invalid(Sentence("There are more cells than columns."))
    if sum(map(len, cells)) > LONGEST_ROW:
        raise Invalid(Sentence("A row has at most %(most)s characters.", most=LONGEST_ROW))
    for column, cell in zip(columns, cells, strict=False):
        if not cell.isprintable() and any(_is_unreadable(letter) for letter in cell):
            raise Invalid(Sentence("This is not UTF-8 text."), field=column)


def _is_unreadable(letter: str) -> bool:
    return letter == "\x00" or "\ud800" <= letter <= "\udfff"


def _names(columns: Sequence[str]) -> Mapping[str, str]:
    """Return which column of the file a field of a JobPosting is in: the first, where it is in several."""
    names: dict[str, str] = {}
    for column in columns:
        if column in COLUMNS:
            names.setdefault(COLUMNS[column][0], column)
    return names
