"""What the commands that take in a file have in common: reading it, and telling what became of each row."""

import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final, Protocol

import typer

from fediunion.cli.output import progress, say

_STDIN: Final = "-"


class RowTold(Protocol):
    """What became of a row of a file."""

    @property
    def row(self) -> int:
        """Its number, from 1."""

    @property
    def identifier(self) -> str:
        """What the file calls it."""

    @property
    def status(self) -> str:
        """One word: published, draft, updated, unchanged or refused."""

    @property
    def reason(self) -> str:
        """Why it was refused, or what else is to be said; "" for nothing."""


def content_of(file: str, most_bytes: int) -> bytes:
    """Return a file, - for standard input; of one that is too large as much as shows that it is."""
    if file == _STDIN:
        return sys.stdin.buffer.read(most_bytes + 1)
    with Path(file).open("rb") as opened:
        return opened.read(most_bytes + 1)


async def tell_rows(rows: AsyncIterator[RowTold]) -> "Counter[str]":
    """Print a JSON line for each row as it is taken in; return how many there are of each status."""
    import orjson

    counts: Counter[str] = Counter()
    async for each in rows:
        line = {
            "row": each.row,
            "identifier": each.identifier,
            "status": each.status,
            "reason": each.reason or None,
        }
        sys.stdout.write(orjson.dumps(line).decode() + "\n")
        sys.stdout.flush()
        counts[each.status] += 1
        progress(f"{each.row} rows")
    progress("")
    return counts


def sum_up(counts: "Counter[str]") -> None:
    """Say how many rows there are of each status; end with 1 where all were refused."""
    say(", ".join(f"{count} {status}" for status, count in counts.items()) + ".")
    if set(counts) == {"refused"}:
        raise typer.Exit(1)
