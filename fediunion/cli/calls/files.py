"""The command call import."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fediunion.cli.options import ConfigOption
from fediunion.cli.output import progress, say
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from collections import Counter

    from fediunion.world import World

STDIN = "-"


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
    content = _content(file)

    async def work(world: "World") -> "Counter[str]":
        from collections import Counter

        import orjson

        from fediunion.social.moderation.audit import COMMAND_LINE
        from fediunion.union.campaigns.importing.running import import_calls
        from fediunion.union.campaigns.importing.taking import Wishes
        from fediunion.union.campaigns.institution import campaign_institution

        actor_id = await campaign_institution(world, institution, by=COMMAND_LINE)
        counts: Counter[str] = Counter()
        async for each in import_calls(world, content, actor_id, Wishes(by=COMMAND_LINE, publishes=publish)):
            line = {
                "row": each.row,
                "identifier": each.identifier,
                "status": each.status,
                "reason": each.reason or None,
            }
            sys.stdout.write(orjson.dumps(line).decode() + "\n")
            sys.stdout.flush()
            counts[each.status] += 1
            progress(f"{each.row} rows")
        progress("")
        return counts

    counts = in_world(context, config, work)
    say(", ".join(f"{count} {status}" for status, count in counts.items()) + ".")
    if set(counts) == {"refused"}:
        raise typer.Exit(1)


def _content(file: str) -> bytes:
    """Return a file, or as much of one that is too large as shows that it is."""
    from fediunion.union.campaigns.importing.files import MOST_BYTES

    if file == STDIN:
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with Path(file).open("rb") as opened:
        return opened.read(MOST_BYTES + 1)
