"""The commands that make an instance and serve it: init, serve."""

import os
from pathlib import Path
from typing import Annotated

import typer

from fediunion.cli.options import ConfigOption, settings_of_command
from fediunion.cli.output import say
from fediunion.config import new_configuration
from fediunion.kit.errors import BadConfiguration
from fediunion.kit.imports import kept_for_good


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(init)
    app.command()(serve)


def init(
    domain: Annotated[str, typer.Option(help="The name after the @ in handles; it cannot be changed later.")],
    title: Annotated[str | None, typer.Option(help="The name that people read.")] = None,
    directory: Annotated[
        Path | None, typer.Option("--dir", help="A missing or empty folder [default: this one, as it is].")
    ] = None,
    web_domain: Annotated[
        str | None, typer.Option(help="Where the server answers, when that is not the domain.")
    ] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="The port to listen on.")] = None,
    dev: Annotated[bool, typer.Option("--dev", help="An instance for trials on this machine.")] = False,
) -> None:
    """Write config.toml with new secrets, and the data folder.

    Example: fediunion init --domain union.example --title "Our union" --dir instance
    """
    os.umask(0o077)
    path = new_configuration(
        domain,
        title,
        directory or Path(),
        dev=dev,
        web_domain=web_domain,
        port=port,
        beside_others=directory is None,
    )
    say(f"Wrote {path}. Next: fediunion --config {path} serve")


def serve(
    context: typer.Context,
    config: ConfigOption = None,
    role: Annotated[str, typer.Option(help="all, web or worker.")] = "all",
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="The port to listen on.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Web processes; more than 1 wants PostgreSQL.")
    ] = None,
) -> None:
    """Serve until SIGTERM: web and background work, or one of them.

    Example: fediunion --config instance/config.toml serve
    """
    with kept_for_good():
        from fediunion.app.processes import serve_instance
        from fediunion.app.serve import ServerRole

    if role not in list(ServerRole):
        raise typer.BadParameter("must be all, web or worker", param_hint="--role")
    settings = settings_of_command(context, config)
    count = workers or settings.server.workers
    if count > 1 and settings.is_sqlite:
        raise BadConfiguration(
            f"{count} web processes want PostgreSQL; with SQLite there is one: leave out [server] workers."
        )
    serve_instance(
        settings, ServerRole(role), host or settings.server.host, port or settings.server.port, count
    )
