"""The command `fediunion`: its subcommands, and how it ends."""

import sys
from typing import Annotated, NoReturn

import typer

from fediunion import __version__
from fediunion.cli import (
    activities,
    announcements,
    backups,
    boards,
    database,
    deliveries,
    doctor,
    emoji,
    employers,
    factors,
    instance,
    jobs,
    keys,
    members,
    peers,
    searches,
    tokens,
)
from fediunion.cli.calls import commands as calls
from fediunion.cli.demo import command as demo
from fediunion.cli.options import ConfigOption, remember_config
from fediunion.cli.vacancies import commands as vacancies
from fediunion.kit.errors import FediUnionError


def _print_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"fediunion {__version__}\n")
        raise typer.Exit


app = typer.Typer(
    name="fediunion",
    help="A federated ActivityPub server for staff unions.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _common(
    context: typer.Context,
    config: ConfigOption = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    remember_config(context, config)


for commands in (
    instance,
    database,
    members,
    factors,
    tokens,
    keys,
    peers,
    announcements,
    emoji,
    boards,
    vacancies,
    calls,
    searches,
    employers,
    deliveries,
    jobs,
    activities,
    doctor,
    backups,
    demo,
):
    commands.register(app)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run one command and end the process: 0 done, 1 refused or failed, 2 wrong usage."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Run one command; return the exit code. What failed is one plain sentence on standard error."""
    try:
        app(arguments, prog_name="fediunion")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except KeyboardInterrupt:
        return _failed("Stopped")
    except Exception as error:
        return _failed(_sentence(error))
    return 0


def _sentence(error: BaseException) -> str:
    """Return what went wrong; of several things that failed together, the first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, FediUnionError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)
    from sqlalchemy.exc import DBAPIError

    from fediunion.db.said import said_by_database

    if isinstance(error, DBAPIError):
        return (
            f"The database refused what it was asked ({said_by_database(error)}); "
            "unless something else changed its tables, this is a fault of FediUnion, please report it"
        )
    words = " ".join(str(error).split())
    return f"This is a fault of FediUnion itself, please report it: {type(error).__name__}: {words}"


def _failed(sentence: str) -> int:
    sys.stderr.write(f"{sentence.rstrip('.')}.\n")
    return 1
