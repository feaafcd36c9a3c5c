"""Taking secrets from a file, from standard input or from a prompt, never from an argument (C02)."""

import sys
from getpass import getpass
from pathlib import Path
from typing import Annotated, Final

import typer

from fediunion.kit.errors import Invalid

_LONGEST: Final = 16_384

PasswordFile = Annotated[
    Path | None,
    typer.Option("--password-file", metavar="FILE", help="A file with the password; - is standard input."),
]


def read_password(file: Path | None, *, required: bool, again: bool = True) -> str | None:
    """Return the password from `file` (its first line; `-` is standard input), else from a prompt.

    `again` asks twice, for one that is new.

    Without a terminal to ask on, None where it is not required. Raises Invalid where it is, where two
    prompts differ, and for a file that begins with an empty line.
    """
    if file is not None:
        source = sys.stdin if str(file) == "-" else file.open(encoding="utf-8")
        with source:
            password = source.readline(_LONGEST).rstrip("\r\n")
        if not password:
            raise Invalid("The first line of what was given as password file is empty.")
        return password
    if not sys.stdin.isatty():
        if required:
            raise Invalid("Give the password with --password-file; - reads it from standard input.")
        return None
    password = getpass("Password: " if required else "Password (empty: none): ")
    if password and again and getpass("Once more: ") != password:
        raise Invalid("The two passwords differ.")
    return password or (None if not required else read_password(None, required=True, again=again))
