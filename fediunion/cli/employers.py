"""The commands about employers: employer list, confirm."""

from typing import TYPE_CHECKING, Annotated

import typer

from fediunion.cli.options import ConfigOption, JsonOption
from fediunion.cli.output import print_rows, say
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


employers = typer.Typer(
    help="Employers, and the sites that are their own: what is advertised elsewhere is unverified.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(employers, name="employer")


@employers.command("list")
def list_(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the employers with their sites, and whose word that is.

    Example: fediunion employer list --json
    """
    from fediunion.union.vacancies.service.employers import list_employers

    found = in_world(context, config, lambda world: world.db.read(list_employers))
    rows = [
        {"name": each.name, "domains": list(each.domains), "confirmed_by": each.confirmed_by}
        for each in found
    ]
    print_rows(rows, ("name", "domains", "confirmed_by"), as_json=as_json)


@employers.command()
def confirm(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The employer, as its notices name it.")],
    domains: Annotated[
        list[str],
        typer.Argument(metavar="DOMAIN…", help="All its own sites; their sub-domains are meant too."),
    ],
    config: ConfigOption = None,
) -> None:
    """Say which sites are an employer's own; its vacancies that waited for this are sent.

    Example: fediunion employer confirm "Relief Coordination Office" careers.rco.example
    """
    from fediunion.social.moderation.audit import COMMAND_LINE
    from fediunion.union.vacancies.service.verifying import verify_employer

    def write(session: "Session") -> list[str]:
        return list(verify_employer(session, name, domains, by=COMMAND_LINE).domains)

    kept = in_world(context, config, lambda world: world.db.write(write))
    say(f"{name}: {', '.join(kept)}.")
