"""Options that many commands have."""

import os
from pathlib import Path
from typing import Annotated

import typer

from fediunion.config import Settings, configuration_file, load_settings

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
    return load_settings(config_file_of_command(context, config))


def config_file_of_command(context: typer.Context, config: Path | None) -> Path:
    """Return the configuration file of a command, whether it exists or not."""
    before: Path | None = context.obj
    return configuration_file(config or before, os.environ)
