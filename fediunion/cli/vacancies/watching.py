"""The commands vacancy watch, watched, look and unwatch."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fediunion.cli.options import ConfigOption, JsonOption
from fediunion.cli.output import print_fields, print_json, print_rows, say
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fediunion.union.vacancies.models import WatchedPage
    from fediunion.world import World

IdArgument = Annotated[int, typer.Argument(metavar="ID", help="As `vacancy watched` shows it.")]


class Kind(StrEnum):
    """What may stand after --kind."""

    FEED = "feed"
    PAGE = "page"


def register(vacancies: typer.Typer) -> None:
    """Add the commands."""
    for command in (watch, watched, look, unwatch):
        vacancies.command()(command)


def watch(
    context: typer.Context,
    url: Annotated[
        str, typer.Argument(metavar="URL", help="An employer's feed, or a page with JobPostings.")
    ],
    board: Annotated[str, typer.Option(metavar="NAME", help="The board for which it is watched.")],
    config: ConfigOption = None,
    kind: Annotated[
        Kind, typer.Option(help="A feed (Atom, RSS, JSON Feed) or a page with JSON-LD.")
    ] = Kind.PAGE,
    publish: Annotated[
        bool, typer.Option("--publish", help="Publish what is on the employer's own site; else make drafts.")
    ] = False,
    every: Annotated[
        int, typer.Option(metavar="MINUTES", help="How often it is looked at, at least 15.")
    ] = 60,
) -> None:
    """Look at an employer's feed or page on a schedule: what is new becomes drafts; print {"id"}.

    Example: fediunion vacancy watch https://careers.rco.example/jobs.atom --board jobs --kind feed
    """
    from fediunion.social.institutions.queries import get_institution_named
    from fediunion.social.moderation.audit import COMMAND_LINE
    from fediunion.union.vacancies.watching.service import watch_page

    def write(session: "Session") -> dict[str, object]:
        page = watch_page(
            session,
            get_institution_named(session, board),
            url,
            kind=kind,
            publishes=publish,
            every_minutes=every,
            by=COMMAND_LINE,
        )
        return {"id": str(page.id)}

    async def work(world: "World") -> dict[str, object]:
        world.client.check_address(url)
        return await world.db.write(write)

    print_json(in_world(context, config, work))


def watched(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List what is watched, what the last look found, and what its employer shows no more.

    Example: fediunion vacancy watched --json
    """
    rows = in_world(context, config, lambda world: world.db.read(_rows))
    print_rows(
        rows, ("id", "board", "kind", "url", "looked_at", "failures", "outcome", "missing"), as_json=as_json
    )


def look(
    context: typer.Context, page: IdArgument, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Look at a watched page now; show what was found, each thing with what is wrong with it.

    Example: fediunion vacancy look 115000000000000001
    """
    from fediunion.union.vacancies.watching import service

    def due(session: "Session") -> None:
        from fediunion.db import now_of

        service.get_watched(session, page).next_look_at = now_of(session)

    def find(session: "Session") -> dict[str, Any]:
        row = _row(session, service.get_watched(session, page))
        items = service.list_items(session, page)
        faults = [f"{each.key}: {service.fault_of(each)}" for each in items if each.fault]
        return row | {"faults": faults}

    async def work(world: "World") -> dict[str, Any]:
        from fediunion.union.vacancies.watching import looking

        await world.db.write(due)
        await looking.look(world, page)
        return await world.db.read(find)

    print_fields(in_world(context, config, work), as_json=as_json)


def unwatch(context: typer.Context, page: IdArgument, config: ConfigOption = None) -> None:
    """Look at a page no more; the vacancies that came of it stay.

    Example: fediunion vacancy unwatch 115000000000000001
    """
    from fediunion.social.moderation.audit import COMMAND_LINE
    from fediunion.union.vacancies.watching.service import unwatch_page

    def write(session: "Session") -> None:
        unwatch_page(session, page, by=COMMAND_LINE)

    in_world(context, config, lambda world: world.db.write(write))
    say("It is watched no more.")


def _rows(session: "Session") -> list[dict[str, Any]]:
    from fediunion.union.vacancies.watching.service import list_watched

    return [_row(session, page) for page in list_watched(session)]


def _row(session: "Session", page: "WatchedPage") -> dict[str, Any]:
    from fediunion.actors.queries import get_actor
    from fediunion.kit.clock import format_instant
    from fediunion.kit.sentences import said_again
    from fediunion.union.vacancies.watching.service import missing_vacancies

    return {
        "id": str(page.id),
        "board": get_actor(session, page.board_id).username,
        "kind": page.kind,
        "url": page.url,
        "publishes": page.publishes,
        "every_minutes": page.every_minutes,
        "looked_at": None if page.looked_at is None else format_instant(page.looked_at),
        "next_look_at": format_instant(page.next_look_at),
        "failures": page.failures,
        "outcome": str(said_again(page.outcome)) if page.outcome else None,
        "missing": [vacancy.slug for _, vacancy in missing_vacancies(session, [page.id])],
    }
