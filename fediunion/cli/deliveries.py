"""The commands about what goes out: deliveries list, retry, drop."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from fediunion.cli.options import ConfigOption, JsonOption
from fediunion.cli.output import print_rows, say
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


deliveries = typer.Typer(help="The outgoing queue and its dead letters.", no_args_is_help=True)

IdsArgument = Annotated[list[int] | None, typer.Argument(metavar="ID…", help="Numbers from the list.")]
HostOption = Annotated[str | None, typer.Option("--host", help="All to that server and its sub-domains.")]
AllOption = Annotated[bool, typer.Option("--all", help="All there are.")]


class StateFilter(StrEnum):
    """The states that deliveries are listed by."""

    PENDING = "pending"
    HELD = "held"
    DEAD = "dead"
    DELIVERED = "delivered"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(deliveries, name="deliveries")


@deliveries.command("list")
def list_(
    context: typer.Context,
    config: ConfigOption = None,
    state: Annotated[StateFilter | None, typer.Option(help="Only those in this state.")] = None,
    host: Annotated[str | None, typer.Option(help="Only those to this server.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many, the newest.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """List deliveries, the newest first.

    Example: fediunion deliveries list --state dead --json
    """
    from fediunion.outbox.models import DeliveryState
    from fediunion.outbox.queries import list_deliveries

    def find(session: "Session") -> list[dict[str, object]]:
        wanted = None if state is None else DeliveryState(state)
        return [dict(row) for row in list_deliveries(session, state=wanted, host=host, limit=limit)]

    rows = in_world(context, config, lambda world: world.db.read(find))
    columns = ("id", "state", "host", "attempts", "next_attempt_at", "activity", "last_error")
    print_rows(rows, columns, as_json=as_json)


@deliveries.command()
def retry(
    context: typer.Context,
    ids: IdsArgument = None,
    config: ConfigOption = None,
    host: HostOption = None,
    everything: AllOption = False,
) -> None:
    """Try deliveries again at once, dead letters too.

    Example: fediunion deliveries retry --host mastodon.example
    """
    number = _act_on(context, config, "retry", ids, host, everything=everything)
    say(f"{number} will be tried again.")


@deliveries.command()
def drop(
    context: typer.Context,
    ids: IdsArgument = None,
    config: ConfigOption = None,
    host: HostOption = None,
    everything: AllOption = False,
) -> None:
    """Give deliveries up for good.

    Example: fediunion deliveries drop 116358230187540480
    """
    number = _act_on(context, config, "drop", ids, host, everything=everything)
    say(f"{number} will not be sent.")


def _act_on(
    context: typer.Context,
    config: Path | None,
    act: Literal["retry", "drop"],
    ids: list[int] | None,
    host: str | None,
    *,
    everything: bool,
) -> int:
    if bool(ids) + (host is not None) + everything != 1:
        raise typer.BadParameter("give either IDs, or --host, or --all")

    from fediunion.outbox.service import drop_deliveries, retry_deliveries
    from fediunion.social.moderation.audit import COMMAND_LINE, record_audit

    which = host or ("all" if everything else ", ".join(map(str, ids or ())))

    def run(session: "Session") -> int:
        change = retry_deliveries if act == "retry" else drop_deliveries
        number = change(session, ids=ids or (), host=host, everything=everything)
        if number:
            record_audit(
                session, by=COMMAND_LINE, action=f"deliveries.{act}", subject=which, reason=str(number)
            )
        return number

    return in_world(context, config, lambda world: world.db.write(run))
