"""The group `call`, into which each module here puts its commands."""

import typer

calls = typer.Typer(
    help="Campaign calls: in from files, published, closed with their outcome.", no_args_is_help=True
)
