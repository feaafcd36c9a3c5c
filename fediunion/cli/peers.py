"""The commands about other servers: peers list, show, allow, block, affiliate."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fediunion.cli import server_lists
from fediunion.cli.affiliations import affiliate, relation_rows
from fediunion.cli.options import ConfigOption, JsonOption
from fediunion.cli.output import print_fields, print_rows, say
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


peers = typer.Typer(help="Other servers: their state and health, and rules about them.", no_args_is_help=True)

HostArgument = Annotated[
    str, typer.Argument(metavar="HOST", help="A server's name; its sub-domains are meant too.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    peers.command()(affiliate)
    server_lists.add_to(peers)
    app.add_typer(peers, name="peers")


@peers.command("list")
def list_(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the servers we know: software, state, last success, what waits for them.

    Example: fediunion peers list --json
    """
    rows = in_world(context, config, lambda world: world.db.read(_peers))
    columns = ("host", "software", "state", "trust", "last_success_at", "pending", "last_error")
    print_rows(rows, columns, as_json=as_json)


@peers.command()
def show(
    context: typer.Context, host: HostArgument, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Show one server, and what was decided about it.

    Example: fediunion peers show mastodon.example
    """
    from fediunion.actors.domains import normalise_host
    from fediunion.kit.errors import NotFound

    name = normalise_host(host)

    def find(session: "Session") -> dict[str, object]:
        for row in _peers(session, name):
            return row | {"affiliations": relation_rows(session, name)}
        raise NotFound(f"Nothing is known of {name}.")

    print_fields(in_world(context, config, lambda world: world.db.read(find)), as_json=as_json)


def _peers(session: "Session", host: str | None = None) -> list[dict[str, Any]]:
    """Return the servers we know, with what their relations to our union let them share."""
    from fediunion.outbox.queries import list_peers
    from fediunion.union.affiliation.queries import trust_by_host

    shares = trust_by_host(session)
    rows = list_peers(session, host=host)
    return [{**row, "trust": _words(row["trust"], shares.get(str(row["host"]), ()))} for row in rows]


def _words(by_rule: object, shares: Iterable[str]) -> list[str]:
    return [*(by_rule if isinstance(by_rule, list) else ()), *sorted(shares)]


@peers.command()
def allow(context: typer.Context, host: HostArgument, config: ConfigOption = None) -> None:
    """Allow a server: a block of it ends; with federation mode "allowlist" it may take part.

    Example: fediunion peers allow union.example
    """
    from fediunion.actors.domains import normalise_host
    from fediunion.actors.models import DomainAction
    from fediunion.social.moderation.audit import COMMAND_LINE
    from fediunion.social.moderation.servers import decide_on_host

    def decide(session: "Session") -> None:
        decide_on_host(session, host, DomainAction.ALLOW, by=COMMAND_LINE)

    in_world(context, config, lambda world: world.db.write(decide))
    say(f"{normalise_host(host)} is allowed.")


@peers.command()
def block(
    context: typer.Context,
    host: HostArgument,
    config: ConfigOption = None,
    reason: Annotated[str, typer.Option(help="Why; for the record.")] = "",
) -> None:
    """Have nothing to do with a server, its sub-domains and all its ports.

    Example: fediunion peers block spam.example --reason "false vacancies"
    """
    from fediunion.actors.domains import normalise_host
    from fediunion.actors.models import DomainAction
    from fediunion.social.moderation.audit import COMMAND_LINE
    from fediunion.social.moderation.servers import decide_on_host

    def decide(session: "Session") -> None:
        decide_on_host(session, host, DomainAction.BLOCK, by=COMMAND_LINE, reason=reason)

    in_world(context, config, lambda world: world.db.write(decide))
    say(f"{normalise_host(host)} is blocked.")
