"""The command about what comes in: what the inbox understands, what came, and what was refused."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from fediunion.cli.options import ConfigOption, JsonOption
from fediunion.cli.output import print_rows
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(activities)


def activities(
    context: typer.Context,
    config: ConfigOption = None,
    received: Annotated[
        bool, typer.Option("--received", help="What came in and what became of it, the newest first.")
    ] = False,
    refused: Annotated[
        bool, typer.Option("--refused", help="How much was refused at the inbox of whom, and why.")
    ] = False,
    outcome: Annotated[
        str, typer.Option(help="Of what came in only this, such as refused, ignored or 'not handled'.")
    ] = "",
    days: Annotated[int, typer.Option(min=1, max=90, help="Refused in so many days, with today.")] = 7,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many that came in.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """Print which activities the inbox understands, and which package handles each; or what came in.

    Example: fediunion activities --refused --json
    """
    if received and refused:
        raise typer.BadParameter("cannot stand beside --received", param_hint="--refused")
    if refused:
        rows = in_world(context, config, lambda world: world.db.read(_refused, days))
        print_rows(rows, ("day", "host", "reason", "count"), as_json=as_json)
    elif received:
        rows = in_world(context, config, lambda world: world.db.read(_received, outcome, limit))
        print_rows(rows, ("received_at", "activity", "actor", "outcome", "id"), as_json=as_json)
    else:
        print_rows(list(table()), ("activity", "object", "package", "handler"), as_json=as_json)


def _refused(session: "Session", days: int) -> list[dict[str, object]]:
    from fediunion.db import now_of
    from fediunion.inbox.queries import list_rejections

    since = now_of(session).date() - timedelta(days=days - 1)
    return [
        {"day": each.day.isoformat(), "host": each.host, "reason": each.reason, "count": each.count}
        for each in list_rejections(session, since)
    ]


def _received(session: "Session", outcome: str, limit: int) -> list[dict[str, object]]:
    from fediunion.inbox.queries import list_inbox_activities
    from fediunion.kit.clock import format_instant

    return [
        {
            "received_at": format_instant(each.received_at),
            "activity": each.activity_type,
            "actor": each.actor_uri,
            "outcome": each.outcome or "waits",
            "id": each.uri,
        }
        for each in list_inbox_activities(session, outcome_prefix=outcome, limit=limit)
    ]


def table() -> Iterator[dict[str, object]]:
    """Yield one row for each rule: `object` is a type, or `known:KIND` for an id that we know."""
    from fediunion.inbox.rules import ObjectRule
    from fediunion.installed import FEATURES

    for feature in FEATURES:
        for rule in feature.activities:
            about = rule.object.__name__ if isinstance(rule, ObjectRule) else f"known:{rule.kind}"
            yield {
                "activity": rule.activity.__name__,
                "object": about,
                "package": feature.name,
                "handler": f"{rule.handle.__module__}.{rule.handle.__name__}",
            }
