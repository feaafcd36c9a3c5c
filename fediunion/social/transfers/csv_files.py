"""Mastodon's CSV files: their rows from bytes that anybody may have made, and bytes from rows.

Source: app/models/export.rb and app/models/form/import.rb of Mastodon 4.5: which file has which header.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fediunion.actors.domains import normalise_host
from fediunion.kit.errors import Invalid
from fediunion.kit.formulas import harmless_cell, plain_cell
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import valid_language_tag
from fediunion.social.transfers.models import Kind

MAX_FILE_BYTES: Final = 2 * 1_048_576
MAX_ROWS: Final = 20_000
_LONGEST_HANDLE: Final = 512
_LONGEST_HOST: Final = 253
_LONGEST_ADDRESS: Final = 2_048
_LONGEST_TITLE: Final = 255
_MOST_COLUMNS: Final = 20
_TRUE: Final = frozenset({"true", "1", "t", "yes"})

HEADERS: Final[Mapping[Kind, Sequence[str]]] = {
    Kind.FOLLOWING: ("Account address", "Show boosts", "Notify on new posts", "Languages"),
    Kind.MUTING: ("Account address", "Hide notifications"),
}
"""The first line of an exported file; the others have none."""

FILES: Final[Mapping[str, Kind]] = {
    "following_accounts.csv": Kind.FOLLOWING,
    "blocked_accounts.csv": Kind.BLOCKING,
    "muted_accounts.csv": Kind.MUTING,
    "blocked_domains.csv": Kind.DOMAIN_BLOCKING,
    "lists.csv": Kind.LISTS,
    "bookmarks.csv": Kind.BOOKMARKS,
}
"""What exported files are called."""

_FIRST_NAMES: Final = frozenset({"account address", "#domain", "#uri", "list name"})


@dataclass(frozen=True)
class Row:
    """One thing to bring: a handle `user@host` (`user` for somebody here), a host or an address."""

    subject: str
    options: dict[str, Any] = field(default_factory=dict)


def beginning_of(path: Path) -> bytes:
    """Return a file, or as much of one that is too large as shows that it is."""
    with path.open("rb") as file:
        return file.read(MAX_FILE_BYTES + 1)


def rows_in(kind: Kind, content: bytes) -> list[Row]:
    """Return the rows of a file, each thing once. Raises Invalid for what is no such file, and for none."""
    if len(content) > MAX_FILE_BYTES:
        raise Invalid(Sentence("A file has at most %(most)s bytes.", most=MAX_FILE_BYTES), field="file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(Sentence("The file has to be UTF-8."), field="file") from error
    if "\x00" in text:
        raise Invalid(Sentence("The file is no CSV."), field="file")
    rows: dict[tuple[str, str], Row] = {}
    for row in _parsed(kind, text):
        rows.setdefault((row.subject, str(row.options.get("list", ""))), row)
        if len(rows) > MAX_ROWS:
            raise Invalid(Sentence("A file has at most %(most)s rows.", most=MAX_ROWS), field="file")
    if not rows:
        raise Invalid(Sentence("Nothing in the file can be imported."), field="file")
    return list(rows.values())


def _parsed(kind: Kind, text: str) -> Iterable[Row]:
    names: list[str] = [name.lower() for name in HEADERS.get(kind, ())]
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""))):
            if len(cells) > _MOST_COLUMNS:
                raise Invalid(Sentence("The file has too many columns."), field="file")
            if number == 0 and cells and cells[0].strip().lower() in _FIRST_NAMES:
                names = [cell.strip().lower() for cell in cells]
                continue
            row = _row(kind, [cell.strip() for cell in cells], names)
            if row is not None:
                yield row
    except csv.Error as error:
        raise Invalid(Sentence("The file is no CSV."), field="file") from error


def _row(kind: Kind, cells: list[str], names: list[str]) -> Row | None:
    if not cells or not cells[0]:
        return None
    named = dict(zip(names, cells, strict=False))
    if kind is Kind.LISTS:
        title, handle = plain_cell(cells[0]), _handle(cells[1]) if len(cells) > 1 else None
        return Row(handle, {"list": title}) if handle and 0 < len(title) <= _LONGEST_TITLE else None
    if kind is Kind.DOMAIN_BLOCKING:
        return _host_row(cells[0])
    if kind is Kind.BOOKMARKS:
        is_address = cells[0].startswith(("https://", "http://")) and len(cells[0]) <= _LONGEST_ADDRESS
        return Row(cells[0]) if is_address else None
    handle = _handle(named.get("account address", cells[0]))
    return None if handle is None else Row(handle, _options(kind, named))


def _host_row(text: str) -> Row | None:
    if len(text) > _LONGEST_HOST:
        return None
    try:
        return Row(normalise_host(text))
    except Invalid:
        return None


def _options(kind: Kind, named: Mapping[str, str]) -> dict[str, Any]:
    if kind is Kind.MUTING:
        return {"hides_notifications": _flag(named, "hide notifications", default=True)}
    if kind is Kind.FOLLOWING:
        wished = [tag.strip() for tag in named.get("languages", "").split(",")][:_MOST_COLUMNS]
        return {
            "shows_boosts": _flag(named, "show boosts", default=True),
            "notifies": _flag(named, "notify on new posts", default=False),
            "languages": [tag for tag in wished if tag and valid_language_tag(tag)],
        }
    return {}


def _flag(named: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = named.get(name, "").lower()
    return value in _TRUE if value else default


def _handle(text: str) -> str | None:
    """Return `user@host` or `user` in lower case; None for what is no handle."""
    handle = text.removeprefix("@").lower()
    user, at, host = handle.partition("@")
    if len(handle) > _LONGEST_HANDLE or not user or (at and (not host or "@" in host)):
        return None
    return (
        handle if all(character.isprintable() and not character.isspace() for character in handle) else None
    )


def file_of(kind: Kind, rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as a file; a text that a spreadsheet would take for a formula begins with an apostrophe."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    if kind in HEADERS:
        writer.writerow(HEADERS[kind])
    writer.writerows([harmless_cell(cell) for cell in row] for row in rows)
    return written.getvalue().encode()
