"""The command call import."""

from typing import TYPE_CHECKING, Annotated

import typer

from fediunion.cli.file_rows import content_of, sum_up, tell_rows
from fediunion.cli.options import ConfigOption
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from collections import Counter

    from fediunion.world import World


def register(calls: typer.Typer) -> None:
    """Add the command."""
    calls.command("import")(import_)


def import_(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="JSON or JSON lines; - is standard input.")],
    config: ConfigOption = None,
    publish: Annotated[bool, typer.Option("--publish", help="Publish them; else they are drafts.")] = False,
    institution: Annotated[
        str, typer.Option("--as", metavar="NAME", help="The institution that puts them.")
    ] = "campaigns",
) -> None:
    """Take in campaign calls from a file, each row on its own; print one JSON line for each row.

    A line is {"row","identifier","status","reason"}: published, draft, updated, unchanged or refused.
    A second time nothing changes. Thunderclaps come with their calls. What is over comes in as closed, with
    its outcome, where it is to be published. It ends with 1 where the file cannot be read or every row was
    refused.

    Example: fediunion call import calls.json --publish
    """
    from fediunion.union.campaigns.importing.files import MOST_BYTES

    content = content_of(file, MOST_BYTES)

    async def work(world: "World") -> "Counter[str]":
        from fediunion.social.moderation.audit import COMMAND_LINE
        from fediunion.union.campaigns.importing.running import import_calls
        from fediunion.union.campaigns.importing.taking import Wishes
        from fediunion.union.campaigns.institution import campaign_institution

        actor_id = await campaign_institution(world, institution, by=COMMAND_LINE)
        wishes = Wishes(by=COMMAND_LINE, publishes=publish)
        return await tell_rows(import_calls(world, content, actor_id, wishes))

    sum_up(in_world(context, config, work))
