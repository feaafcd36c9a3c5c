"""The commands call sponsor offer, accept, decline, end and list, and call counts."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fediunion.cli.calls.life import IdArgument
from fediunion.cli.options import ConfigOption, JsonOption
from fediunion.cli.output import print_rows, say
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from fediunion.union.campaigns.models import CoSponsor
    from fediunion.world import World

sponsor = typer.Typer(help="Unions that carry a call together.", no_args_is_help=True)

NumberArgument = Annotated[int, typer.Argument(metavar="NUMBER", help="As `call sponsor list` shows it.")]


def register(calls: typer.Typer) -> None:
    """Add the commands."""
    sponsor.command("list")(list_)
    for command in (offer, accept, decline, end):
        sponsor.command()(command)
    calls.add_typer(sponsor, name="sponsor")
    calls.command()(counts)


def list_(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List who carries calls of ours, and whose we carry or are asked to, the oldest first.

    Example: fediunion call sponsor list --json
    """
    rows = in_world(context, config, lambda world: world.db.read(_rows))
    print_rows(rows, ("number", "state", "we_are", "union", "call"), as_json=as_json)


def offer(
    context: typer.Context,
    call: IdArgument,
    union: Annotated[
        str, typer.Argument(metavar="HOST", help="The other union: its server's name, or NAME@HOST.")
    ],
    config: ConfigOption = None,
) -> None:
    """Ask another union to carry an open call of ours. It has to be one with whom calls are shared.

    Example: fediunion call sponsor offer restore-negotiation-rights ictysu.example
    """

    async def work(world: "World") -> None:
        from fediunion.union.affiliation.proposing import find_union

        found = await find_union(world, union)

        def make(session: "Session") -> None:
            from fediunion.actors.models import Actor
            from fediunion.social.moderation.audit import COMMAND_LINE
            from fediunion.union.campaigns.queries import get_call_by_slug
            from fediunion.union.campaigns.sponsors.service import offer_co_sponsorship

            ours = get_call_by_slug(session, call)
            offer_co_sponsorship(session, ours, session.get_one(Actor, found.id), by=COMMAND_LINE)

        await world.db.write(make)

    in_world(context, config, work)
    say("It is offered, and waits for their answer.")


def accept(context: typer.Context, number: NumberArgument, config: ConfigOption = None) -> None:
    """Carry another union's call: it is passed on here, and our members sign it at home.

    Example: fediunion call sponsor accept 4711
    """
    from fediunion.union.campaigns.sponsors.service import accept_co_sponsorship

    _decide(context, config, number, accept_co_sponsorship)
    say("Your union carries this call.")


def decline(context: typer.Context, number: NumberArgument, config: ConfigOption = None) -> None:
    """Refuse to carry another union's call.

    Example: fediunion call sponsor decline 4711
    """
    from fediunion.union.campaigns.sponsors.service import decline_co_sponsorship

    _decide(context, config, number, decline_co_sponsorship)
    say("It is declined.")


def end(context: typer.Context, number: NumberArgument, config: ConfigOption = None) -> None:
    """End a co-sponsorship, or take back an offer of ours; what that union counted does not count any more.

    Example: fediunion call sponsor end 4711
    """
    from fediunion.union.campaigns.sponsors.service import end_co_sponsorship

    _decide(context, config, number, end_co_sponsorship)
    say("It has ended.")


def counts(
    context: typer.Context, call: IdArgument, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Show what each union that carries a call states of it; of another's call, what ours told.

    Example: fediunion call counts restore-negotiation-rights --json
    """

    def find(session: "Session") -> list[dict[str, Any]]:
        from fediunion.kit.clock import format_instant
        from fediunion.union.campaigns.counts.queries import list_counts
        from fediunion.union.campaigns.models import CountKind
        from fediunion.union.campaigns.queries import get_call_by_slug

        found = get_call_by_slug(session, call)
        return [
            {
                "union": row.union_uri,
                "kind": row.kind,
                "number": row.number,
                "stated_at": format_instant(row.stated_at),
            }
            for kind in CountKind
            for row in list_counts(session, found, kind)
        ]

    rows = in_world(context, config, lambda world: world.db.read(find))
    print_rows(rows, ("union", "kind", "number", "stated_at"), as_json=as_json)


def _rows(session: "Session") -> list[dict[str, Any]]:
    from fediunion.union.affiliation.queries import our_union
    from fediunion.union.campaigns.sponsors.documents import title_of
    from fediunion.union.campaigns.sponsors.parts import call_of
    from fediunion.union.campaigns.sponsors.queries import list_all

    ours = our_union(session).uri
    return [
        {
            "number": str(row.id),
            "state": row.state,
            "we_are": "lead" if row.lead_uri == ours else "sponsor",
            "union": row.union_uri if row.lead_uri == ours else row.lead_uri,
            "call": title_of(row, call_of(session, row)),
            "call_uri": row.call_uri,
        }
        for row in list_all(session)
    ]


def _decide(
    context: typer.Context, config: "Path | None", number: int, decision: "Callable[..., None]"
) -> None:
    def work(session: "Session") -> None:
        from fediunion.social.moderation.audit import COMMAND_LINE
        from fediunion.union.campaigns.sponsors.queries import get_sponsorship

        found: CoSponsor = get_sponsorship(session, number)
        decision(session, found, by=COMMAND_LINE)

    in_world(context, config, lambda world: world.db.write(work))
