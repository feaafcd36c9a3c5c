"""The wiring of `call`."""

import typer

from fediunion.cli.calls import files, life, resolutions, sponsors
from fediunion.cli.calls.group import calls


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for commands in (files, life, sponsors, resolutions):
        commands.register(calls)
    app.add_typer(calls, name="call")
