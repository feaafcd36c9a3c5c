"""The commands about background work that nobody runs any more: jobs list, retry, drop."""

from typing import TYPE_CHECKING, Annotated

import typer

from fediunion.cli.options import ConfigOption, JsonOption
from fediunion.cli.output import print_rows, say
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

jobs = typer.Typer(help="Jobs in quarantine: they crashed a worker three times.", no_args_is_help=True)

IdsArgument = Annotated[list[int], typer.Argument(metavar="ID…", help="Numbers from the list.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(jobs, name="jobs")


@jobs.command("list")
def list_(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the jobs in quarantine, the newest first, with the last error.

    Example: fediunion jobs list --json
    """
    from fediunion.jobs.queries import list_quarantined

    def find(session: "Session") -> list[dict[str, object]]:
        return [
            {"id": str(job.id), "kind": job.kind, "crashes": job.crashes, "last_error": job.last_error}
            for job in list_quarantined(session)
        ]

    rows = in_world(context, config, lambda world: world.db.read(find))
    print_rows(rows, ("id", "kind", "crashes", "last_error"), as_json=as_json)


@jobs.command()
def retry(
    context: typer.Context,
    ids: Annotated[list[int] | None, typer.Argument(metavar="ID…", help="Numbers from the list.")] = None,
    config: ConfigOption = None,
    everything: Annotated[bool, typer.Option("--all", help="All there are.")] = False,
) -> None:
    """Give jobs from quarantine a fresh start.

    Example: fediunion jobs retry --all
    """
    if bool(ids) == everything:
        raise typer.BadParameter("give either IDs or --all")

    from fediunion.jobs.queries import retry_quarantined
    from fediunion.social.moderation.audit import COMMAND_LINE, record_audit

    def run(session: "Session") -> int:
        number = retry_quarantined(session, ids)
        if number:
            which = "all" if everything else ", ".join(map(str, ids or ()))
            record_audit(session, by=COMMAND_LINE, action="jobs.retry", subject=which, reason=str(number))
        return number

    number = in_world(context, config, lambda world: world.db.write(run))
    say(f"{number} will be tried again.")


@jobs.command()
def drop(context: typer.Context, ids: IdsArgument, config: ConfigOption = None) -> None:
    """Give jobs up for good: what they were to do is never done.

    Example: fediunion jobs drop 116358230187540480
    """
    from fediunion.jobs.queries import drop_quarantined
    from fediunion.social.moderation.audit import COMMAND_LINE, record_audit

    def run(session: "Session") -> int:
        number = drop_quarantined(session, ids)
        if number:
            which = ", ".join(map(str, ids))
            record_audit(session, by=COMMAND_LINE, action="jobs.drop", subject=which, reason=str(number))
        return number

    number = in_world(context, config, lambda world: world.db.write(run))
    say(f"{number} will never be done.")
