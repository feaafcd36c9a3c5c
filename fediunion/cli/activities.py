"""The command that prints what the inbox understands."""

from collections.abc import Iterator

import typer

from fediunion.cli.options import JsonOption
from fediunion.cli.output import print_rows


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(activities)


def activities(as_json: JsonOption = False) -> None:
    """Print which activities the inbox understands, and which package handles each.

    Example: fediunion activities --json
    """
    print_rows(list(table()), ("activity", "object", "package", "handler"), as_json=as_json)


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
