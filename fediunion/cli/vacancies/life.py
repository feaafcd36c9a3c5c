"""The commands vacancy list, show, publish, extend, close, fill and withdraw."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fediunion.cli.options import ConfigOption, JsonOption
from fediunion.cli.output import print_fields, print_rows, say
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from fediunion.union.vacancies.models import Vacancy

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="As `vacancy list` shows it.")]


def register(vacancies: typer.Typer) -> None:
    """Add the commands."""
    vacancies.command("list")(list_)
    for command in (show, publish, extend, close, fill, withdraw):
        vacancies.command()(command)


def list_(
    context: typer.Context,
    config: ConfigOption = None,
    board: Annotated[str, typer.Option(metavar="NAME", help="Only those of one board.")] = "",
    state: Annotated[
        str, typer.Option(help="Only those in a state: draft, open, extended, closed, filled, withdrawn.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """List our own vacancies, drafts too, the newest first; all unions' are in `vacancy export`.

    Example: fediunion vacancy list --board jobs --state draft
    """

    def find(session: "Session") -> list[dict[str, Any]]:
        from fediunion.social.institutions.queries import get_institution_named
        from fediunion.union.vacancies.queries import list_own

        board_id = get_institution_named(session, board).id if board else None
        return [_row(each) for each in list_own(session, board_id=board_id, state=state or None)]

    rows = in_world(context, config, lambda world: world.db.read(find))
    columns = ("id", "state", "closes", "source", "employer", "title")
    print_rows(rows, columns, as_json=as_json)


def show(
    context: typer.Context, vacancy: IdArgument, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Show one vacancy: its state, its sources, and with --json the whole JobPosting.

    Example: fediunion vacancy show 7k2m --json
    """

    def find(session: "Session") -> dict[str, Any]:
        from fediunion.db import settings_of
        from fediunion.union.vacancies.queries import get_vacancy_here, tellings_of
        from fediunion.union.vacancies.wording import page_url

        found = get_vacancy_here(session, vacancy)
        told = tellings_of(session, [found.id]).get(found.id, ())
        more = {
            "page": page_url(found, settings_of(session).base_url),
            "source_url": found.source_url,
            "flags": list(found.flags),
            "hidden": found.hidden,
            "told_by": [f"{each.board.username}@{each.board.handle_host}" for each in told],
        }
        return _row(found) | more | ({"posting": found.posting} if as_json else {})

    print_fields(in_world(context, config, lambda world: world.db.read(find)), as_json=as_json)


def publish(context: typer.Context, vacancy: IdArgument, config: ConfigOption = None) -> None:
    """Publish a draft: whoever follows the board is told, and the other unions are.

    Example: fediunion vacancy publish 7k2m
    """
    from fediunion.union.vacancies.service import publish_vacancy

    _change(context, config, vacancy, publish_vacancy)
    say("It is published.")


def extend(
    context: typer.Context,
    vacancy: IdArgument,
    until: Annotated[
        str, typer.Argument(metavar="WHEN", help="2027-01-31, 2027-01-31T23:59, with or without offset.")
    ],
    config: ConfigOption = None,
    zone: Annotated[str, typer.Option(help="Whose clocks those are [default: as before].")] = "",
) -> None:
    """Give a vacancy a later closing date; whoever has it is told.

    Example: fediunion vacancy extend 7k2m 2027-01-31 --zone Africa/Nairobi
    """
    from dataclasses import replace

    from fediunion.db import now_of
    from fediunion.kit.errors import Invalid
    from fediunion.union.vacancies.service import change_notice
    from fediunion.union.vacancies.service.rows import notice_of
    from fediunion.union.vacancies.terms.closing import read_closing

    def change(session: "Session", found: "Vacancy", *, by: str) -> None:
        closing = read_closing(until, zone=zone, station_zone=found.closes_zone, now=now_of(session))
        if closing.at <= found.closes_at:
            raise Invalid("This is no later than it closes already.")
        notice = replace(notice_of(found), closes_at=closing.at, closes_zone=closing.zone)
        change_notice(session, found, notice, by=by)

    _change(context, config, vacancy, change)
    say("It closes later now.")


def close(context: typer.Context, vacancy: IdArgument, config: ConfigOption = None) -> None:
    """Close a vacancy before its time; whoever has it is told.

    Example: fediunion vacancy close 7k2m
    """
    _end(context, config, vacancy, "closed")


def fill(context: typer.Context, vacancy: IdArgument, config: ConfigOption = None) -> None:
    """End a vacancy because somebody has the job; whoever has it is told.

    Example: fediunion vacancy fill 7k2m
    """
    _end(context, config, vacancy, "filled")


def withdraw(context: typer.Context, vacancy: IdArgument, config: ConfigOption = None) -> None:
    """Withdraw a vacancy, or remove a draft; whoever has it is told.

    Example: fediunion vacancy withdraw 7k2m
    """
    _end(context, config, vacancy, "withdrawn")


def _end(context: typer.Context, config: "Path | None", vacancy: str, state: str) -> None:
    from fediunion.union.vacancies.models import VacancyState
    from fediunion.union.vacancies.service import end_vacancy

    def change(session: "Session", found: "Vacancy", *, by: str) -> None:
        end_vacancy(session, found, VacancyState(state), by=by)

    _change(context, config, vacancy, change)
    say(f"It is {state}.")


def _change(context: typer.Context, config: "Path | None", slug: str, do: Callable[..., None]) -> None:
    from fediunion.social.moderation.audit import COMMAND_LINE
    from fediunion.union.vacancies.queries import get_vacancy_here

    def write(session: "Session") -> None:
        do(session, get_vacancy_here(session, slug), by=COMMAND_LINE)

    in_world(context, config, lambda world: world.db.write(write))


def _row(vacancy: "Vacancy") -> dict[str, Any]:
    from fediunion.union.vacancies.terms.closing import in_zone

    return {
        "id": vacancy.slug,
        "state": vacancy.state,
        "closes": in_zone(vacancy.closes_at, vacancy.closes_zone).isoformat(),
        "source": vacancy.source_status,
        "employer": vacancy.employer,
        "title": vacancy.title,
    }
