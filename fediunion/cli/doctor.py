"""The command doctor: is this instance well, and if not, what is to be done."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from fediunion.cli.options import ConfigOption, JsonOption, config_file_of_command
from fediunion.cli.output import print_json
from fediunion.cli.session import in_settings
from fediunion.kit.errors import FediUnionError

if TYPE_CHECKING:
    from fediunion.app.doctor.findings import Finding
    from fediunion.world import World


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


def doctor(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Check files, database, schema, queue, backups, DNS, TLS, clock, and how others find this instance.

    One line each: ok, warning or failed, and what to do. It ends with 1 where something failed. Let it run
    while the server runs; it changes nothing.

    Example: fediunion --config instance/config.toml doctor
    """
    from fediunion.app.doctor.examine import examine
    from fediunion.app.doctor.findings import Result

    config_file = config_file_of_command(context, config)

    async def work(world: "World") -> "list[Finding]":
        return await examine(world, config_file)

    findings = in_settings(context, config, work)
    if as_json:
        print_json([asdict(each) for each in findings])
    else:
        width = max(len(each.check) for each in findings)
        for each in findings:
            mend = f"; {each.mend}" if each.mend else ""
            sys.stdout.write(f"{each.result:<7}  {each.check:<{width}}  {each.says}{mend}\n")
    bad = sum(each.result is Result.FAILED for each in findings)
    if bad:
        raise FediUnionError(f"{bad} of {len(findings)} checks failed")
