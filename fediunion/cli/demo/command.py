"""The command demo: three federating unions on this machine, until Ctrl-C."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    directory: Annotated[Path, typer.Option("--dir", help="Where its data are kept.")] = Path("demo-data"),
    port: Annotated[
        int, typer.Option(min=1, max=65533, help="The first of three ports on 127.0.0.1.")
    ] = 8101,
) -> None:
    """Run three unions that federate with each other, with sample data; Ctrl-C stops all.

    Example: fediunion demo --dir /var/tmp/demo
    """
    import asyncio
    import os

    import uvloop

    from fediunion.app.log import set_up_log
    from fediunion.cli.demo.running import run_demo

    os.umask(0o077)
    set_up_log("warning")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run_demo(directory, port))
