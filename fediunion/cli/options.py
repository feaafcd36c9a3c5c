"""Options that many commands have."""

from pathlib import Path
from typing import Annotated

import typer

from fediunion.config import Settings, load_settings

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="The configuration [default: $FEDIUNION_CONFIG, ./config.toml]."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def remember_config(context: typer.Context, config: Path | None) -> None:
    """Keep what was given before the subcommand."""
    context.obj = config


def settings_of_command(context: typer.Context, config: Path | None) -> Settings:
    """Return the settings of the file given after the subcommand, or else before it."""
    before: Path | None = context.obj
    return load_settings(config or before)
