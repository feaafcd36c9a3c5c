"""Printing results: JSON for programs, aligned columns for people."""

import sys
from collections.abc import Mapping, Sequence

import orjson


def print_json(value: object) -> None:
    """Write `value` to standard output as indented JSON."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")


def print_rows(rows: Sequence[Mapping[str, object]], columns: Sequence[str], *, as_json: bool) -> None:
    """Write rows as JSON, or the named columns as a table under their names."""
    if as_json:
        print_json(list(rows))
        return
    table = [list(columns), *([_cell(row.get(column)) for column in columns] for row in rows)]
    widths = [max(len(line[place]) for line in table) for place in range(len(columns))]
    for line in table:
        sys.stdout.write("  ".join(map(str.ljust, line, widths)).rstrip() + "\n")


def print_fields(fields: Mapping[str, object], *, as_json: bool) -> None:
    """Write one thing as JSON, or a line for each of its fields."""
    if as_json:
        print_json(dict(fields))
        return
    width = max(map(len, fields), default=0)
    for name, value in fields.items():
        sys.stdout.write(f"{name.ljust(width)}  {_cell(value)}".rstrip() + "\n")


def say(sentence: str) -> None:
    """Write a sentence for people, to standard error: standard output is for results."""
    sys.stderr.write(f"{sentence}\n")


def progress(text: str) -> None:
    """Show how far long work is, in one line of a terminal, and nowhere else; "" takes it away."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "-"
    # A name from elsewhere must neither move the cursor nor begin a line.
    return "".join(character if character.isprintable() else " " for character in str(value))
