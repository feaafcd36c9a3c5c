"""The commands call resolution add, remove, list, adopt and revoke."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from fediunion.cli.calls.life import IdArgument
from fediunion.cli.options import ConfigOption, JsonOption
from fediunion.cli.output import print_rows, say
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

resolution = typer.Typer(help="Organisations that support a call.", no_args_is_help=True)


def register(calls: typer.Typer) -> None:
    """Add the commands."""
    resolution.command("list")(list_)
    for command in (add, remove, adopt, revoke):
        resolution.command()(command)
    calls.add_typer(resolution, name="resolution")


def list_(
    context: typer.Context, call: IdArgument, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List the organisations that support a call, the newest first.

    Example: fediunion call resolution list restore-negotiation-rights
    """

    def find(session: "Session") -> list[dict[str, Any]]:
        from fediunion.union.campaigns.queries import get_call_by_slug
        from fediunion.union.campaigns.resolutions.queries import list_resolutions

        return [
            {
                "number": str(row.id),
                "organisation": row.organisation,
                "adopted_on": row.adopted_on,
                "by_its_actor": row.actor_id is not None,
                "text": row.text,
                "url": row.url,
            }
            for row in list_resolutions(session, get_call_by_slug(session, call))
        ]

    rows = in_world(context, config, lambda world: world.db.read(find))
    print_rows(rows, ("number", "adopted_on", "organisation", "url"), as_json=as_json)


def add(
    context: typer.Context,
    call: IdArgument,
    organisation: Annotated[str, typer.Argument(help="Its name.")],
    config: ConfigOption = None,
    on: Annotated[str, typer.Option(metavar="DAY", help="When, as 2027-01-31 [default: today].")] = "",
    text: Annotated[str, typer.Option(help="What it resolved.")] = "",
    url: Annotated[str, typer.Option(help="Where that can be read.")] = "",
) -> None:
    """Write down that an organisation supports an open call of ours; what was known of it is replaced.

    Example: fediunion call resolution add restore-negotiation-rights "Prospect" --on 2026-11-30
    """

    def work(session: "Session") -> None:
        from fediunion.social.moderation.audit import COMMAND_LINE
        from fediunion.union.campaigns.queries import get_call_by_slug
        from fediunion.union.campaigns.resolutions.service import add_resolution

        found = get_call_by_slug(session, call)
        add_resolution(session, found, organisation, by=COMMAND_LINE, adopted_on=on, text=text, url=url)

    in_world(context, config, lambda world: world.db.write(work))
    say("It is written down.")


def remove(
    context: typer.Context,
    call: IdArgument,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="As `call resolution list` shows it.")],
    config: ConfigOption = None,
) -> None:
    """Take a resolution out of a call of ours.

    Example: fediunion call resolution remove restore-negotiation-rights 4711
    """

    def work(session: "Session") -> None:
        from fediunion.social.moderation.audit import COMMAND_LINE
        from fediunion.union.campaigns.queries import get_call_by_slug
        from fediunion.union.campaigns.resolutions.queries import get_resolution
        from fediunion.union.campaigns.resolutions.service import remove_resolution

        found = get_call_by_slug(session, call)
        remove_resolution(session, found, get_resolution(session, found, number), by=COMMAND_LINE)

    in_world(context, config, lambda world: world.db.write(work))
    say("It is taken out.")


def adopt(
    context: typer.Context,
    call: IdArgument,
    config: ConfigOption = None,
    text: Annotated[str, typer.Option(help="What your union resolved.")] = "",
    url: Annotated[str, typer.Option(help="Where that can be read.")] = "",
) -> None:
    """Let our union support a call that another union leads; everybody sees it on the page of the call.

    Example: fediunion call resolution adopt restore-negotiation-rights --text "Adopted unanimously"
    """

    def work(session: "Session") -> None:
        from fediunion.social.moderation.audit import COMMAND_LINE
        from fediunion.union.campaigns.queries import get_call_by_slug
        from fediunion.union.campaigns.resolutions.adopting import adopt_resolution

        adopt_resolution(session, get_call_by_slug(session, call), by=COMMAND_LINE, text=text, url=url)

    in_world(context, config, lambda world: world.db.write(work))
    say("It is sent to the union that leads the call.")


def revoke(context: typer.Context, call: IdArgument, config: ConfigOption = None) -> None:
    """Take back that our union supports a call of another union.

    Example: fediunion call resolution revoke restore-negotiation-rights
    """

    def work(session: "Session") -> None:
        from fediunion.social.moderation.audit import COMMAND_LINE
        from fediunion.union.campaigns.queries import get_call_by_slug
        from fediunion.union.campaigns.resolutions.adopting import revoke_resolution

        revoke_resolution(session, get_call_by_slug(session, call), by=COMMAND_LINE)

    in_world(context, config, lambda world: world.db.write(work))
    say("It is taken back.")
