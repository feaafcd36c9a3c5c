"""The commands call list, show, publish, close, withdraw, hide and unhide."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fediunion.cli.options import ConfigOption, JsonOption
from fediunion.cli.output import print_fields, print_rows, say
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from fediunion.union.campaigns.models import CampaignCall

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="As `call list` shows it.")]


class Outcome(StrEnum):
    """What may stand after --outcome."""

    WON = "won"
    PARTLY_WON = "partly-won"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


def register(calls: typer.Typer) -> None:
    """Add the commands."""
    calls.command("list")(list_)
    for command in (show, publish, close, withdraw, hide, unhide):
        calls.command()(command)


def list_(
    context: typer.Context,
    config: ConfigOption = None,
    state: Annotated[str, typer.Option(help="Only those in a state: draft, open, closed.")] = "",
    elsewhere: Annotated[
        bool, typer.Option("--elsewhere", help="Those of other unions, hidden ones too.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List our own calls, drafts too, the newest first; with --elsewhere those of other unions.

    Example: fediunion call list --state open
    """

    def find(session: "Session") -> list[dict[str, Any]]:
        from fediunion.union.campaigns.queries import list_elsewhere, list_own

        found = list_elsewhere(session) if elsewhere else list_own(session)
        return [_row(each) for each in found if state in ("", each.state)]

    rows = in_world(context, config, lambda world: world.db.read(find))
    columns = ("id", "state", "closes", "outcome", "signatures", "title")
    print_rows(rows, columns, as_json=as_json)


def show(
    context: typer.Context, call: IdArgument, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Show one call: its state, its counts, and with --json all that it says; never who signed or pledged.

    Example: fediunion call show restore-negotiation-rights --json
    """

    def find(session: "Session") -> dict[str, Any]:
        from fediunion.union.campaigns.queries import get_call_by_slug

        found = get_call_by_slug(session, call)
        more = {
            "page": found.url,
            "audience": found.audience,
            "demand": found.demand,
            "pledges": found.pledges_count,
            "followers": found.followers_count,
            "outcome_text": found.outcome_text,
        }
        return _row(found) | more | _boost(session, found) | ({"call": found.terms} if as_json else {})

    print_fields(in_world(context, config, lambda world: world.db.read(find)), as_json=as_json)


def publish(context: typer.Context, call: IdArgument, config: ConfigOption = None) -> None:
    """Publish a draft: it goes out now, or at its opening where that is still to come.

    Example: fediunion call publish restore-negotiation-rights
    """
    from fediunion.union.campaigns.service.publishing import publish_call

    _change(context, config, call, publish_call)
    say("It is published.")


def close(
    context: typer.Context,
    call: IdArgument,
    outcome: Annotated[Outcome, typer.Option(help="How it ended.")],
    text: Annotated[str, typer.Option(help="What came of it, for everybody who signed and asked to hear.")],
    config: ConfigOption = None,
    on: Annotated[str, typer.Option(metavar="DAY", help="When, as 2027-01-31 [default: today].")] = "",
) -> None:
    """Close a call with its outcome; whoever has it is told, and whoever asked to hear of it.

    Example: fediunion call close restore-negotiation-rights --outcome won --text "Talks begin in May."
    """
    from fediunion.union.campaigns.models import OutcomeStatus
    from fediunion.union.campaigns.service.ending import close_call

    def change(session: "Session", found: "CampaignCall", *, by: str) -> None:
        close_call(session, found, OutcomeStatus(outcome), text, on, by=by)

    _change(context, config, call, change)
    say("It is closed.")


def withdraw(
    context: typer.Context,
    call: IdArgument,
    config: ConfigOption = None,
    text: Annotated[str, typer.Option(help="Why, for everybody who has it.")] = "",
) -> None:
    """Withdraw a call, or remove a draft; whoever has it is told why.

    Example: fediunion call withdraw restore-negotiation-rights --text "The bulletin was revoked."
    """
    from fediunion.union.campaigns.service.ending import withdraw_call

    def change(session: "Session", found: "CampaignCall", *, by: str) -> None:
        withdraw_call(session, found, text, by=by)

    _change(context, config, call, change)
    say("It is withdrawn.")


def hide(
    context: typer.Context,
    call: IdArgument,
    config: ConfigOption = None,
    reason: Annotated[str, typer.Option(help="Why, for the log of officers.")] = "",
) -> None:
    """Show a call of another union to moderators alone; nobody here can sign it then.

    Example: fediunion call hide hedf452jymFDKydm7qP1cy --reason "Not what its title says"
    """
    from functools import partial

    from fediunion.union.campaigns.service.judging import hide_call

    _change(context, config, call, partial(hide_call, reason=reason))
    say("It is hidden.")


def unhide(context: typer.Context, call: IdArgument, config: ConfigOption = None) -> None:
    """Show a call of another union again.

    Example: fediunion call unhide hedf452jymFDKydm7qP1cy
    """
    from functools import partial

    from fediunion.union.campaigns.service.judging import hide_call

    _change(context, config, call, partial(hide_call, hidden=False))
    say("It is shown.")


def _change(context: typer.Context, config: "Path | None", slug: str, do: Callable[..., None]) -> None:
    from fediunion.social.moderation.audit import COMMAND_LINE
    from fediunion.union.campaigns.queries import get_call_by_slug

    def write(session: "Session") -> None:
        do(session, get_call_by_slug(session, slug), by=COMMAND_LINE)

    in_world(context, config, lambda world: world.db.write(write))


def _boost(session: "Session", call: "CampaignCall") -> dict[str, Any]:
    """Return how the thunderclap of a call stands, {} where it has none: numbers, and no names."""
    from fediunion.kit.clock import format_instant
    from fediunion.union.campaigns.thunderclap.standing import view_of

    found = view_of(session, call)
    if found is None:
        return {}
    return {
        "boost": found.state.value,
        "boost_at": format_instant(found.terms.release_at),
        "boost_until": format_instant(found.ends_at),
        "boost_needs": found.terms.threshold,
        "boosts_made": found.delivered,
        "boosts_failed": found.failed,
    }


def _row(call: "CampaignCall") -> dict[str, Any]:
    from fediunion.kit.clock import format_instant

    return {
        "id": call.slug,
        "state": "hidden" if call.hidden else "scheduled" if call.scheduled else call.state,
        "opens": format_instant(call.opens_at),
        "closes": format_instant(call.closes_at),
        "outcome": call.outcome_status or None,
        "signatures": call.signatures_count,
        "title": call.title,
    }
