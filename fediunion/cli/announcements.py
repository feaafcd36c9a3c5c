"""The commands about announcements: announcement create, list, delete."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from fediunion.cli.options import ConfigOption, JsonOption
from fediunion.cli.output import print_json, print_rows, say
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


announcements = typer.Typer(help="What the union says to all its members.", no_args_is_help=True)

Moment = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="In UTC.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(announcements, name="announcement")


@announcements.command()
def create(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The words, in Markdown.")],
    config: ConfigOption = None,
    starts: Moment = None,
    ends: Moment = None,
    all_day: Annotated[bool, typer.Option("--all-day", help="Of the moments only the day counts.")] = False,
) -> None:
    """Show a text to all members, until it ends; print {"id"}.

    Example: fediunion announcement create "General meeting on **Friday**" --ends 2026-03-06T18:00
    """
    from fediunion.social.announcements.service import publish_announcement
    from fediunion.social.moderation.audit import COMMAND_LINE

    def write(session: "Session") -> dict[str, object]:
        announcement = publish_announcement(
            session, text, by=COMMAND_LINE, starts_at=_utc(starts), ends_at=_utc(ends), all_day=all_day
        )
        return {"id": str(announcement.id)}

    print_json(in_world(context, config, lambda world: world.db.write(write)))


@announcements.command("list")
def list_(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List all announcements, the newest first.

    Example: fediunion announcement list --json
    """
    from fediunion.social.announcements.queries import list_announcements

    found = in_world(context, config, lambda world: world.db.read(list_announcements))
    rows = [
        {
            "id": str(each.id),
            "text": each.source,
            "starts_at": None if each.starts_at is None else each.starts_at.isoformat(),
            "ends_at": None if each.ends_at is None else each.ends_at.isoformat(),
        }
        for each in found
    ]
    print_rows(rows, ("id", "starts_at", "ends_at", "text"), as_json=as_json)


@announcements.command()
def delete(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", help="As `list` shows it.")],
    config: ConfigOption = None,
) -> None:
    """Delete an announcement with its reactions.

    Example: fediunion announcement delete 115000000000000001
    """
    from fediunion.social.announcements.service import withdraw_announcement
    from fediunion.social.moderation.audit import COMMAND_LINE

    def write(session: "Session") -> None:
        withdraw_announcement(session, number, by=COMMAND_LINE)

    in_world(context, config, lambda world: world.db.write(write))
    say("The announcement is deleted.")


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)
