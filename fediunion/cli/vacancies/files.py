"""The commands vacancy import, export and columns."""

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from fediunion.cli.file_rows import content_of, sum_up, tell_rows
from fediunion.cli.options import ConfigOption
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from collections import Counter

    from fediunion.world import World


class Format(StrEnum):
    """What may stand after --format."""

    JSON = "json"
    CSV = "csv"
    RSS = "rss"
    ICS = "ics"
    ATOM = "atom"
    JSONFEED = "jsonfeed"
    JSONLD = "jsonld"


def register(vacancies: typer.Typer) -> None:
    """Add the commands."""
    vacancies.command("import")(import_)
    vacancies.command()(export)
    vacancies.command()(template)


def import_(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="JSON, JSON lines or CSV; - is standard input.")
    ],
    board: Annotated[str, typer.Option(metavar="NAME", help="The board on which they are published.")],
    config: ConfigOption = None,
    publish: Annotated[bool, typer.Option("--publish", help="Publish them; else they are drafts.")] = False,
) -> None:
    """Take in vacancies from a file, each row on its own; print one JSON line for each row.

    A line is {"row","identifier","status","reason"}: published, draft, updated, unchanged or refused.
    A second time nothing changes. What the file says of employers' own sites is believed, unless somebody
    confirmed others. It ends with 1 where the file cannot be read or every row was refused.

    Example: fediunion vacancy import vacancies.csv --board jobs --publish
    """
    from fediunion.union.vacancies.importing.rows import MOST_BYTES

    content = content_of(file, MOST_BYTES)

    async def work(world: "World") -> "Counter[str]":
        from fediunion.social.institutions.queries import get_institution_named
        from fediunion.social.moderation.audit import COMMAND_LINE
        from fediunion.union.vacancies.importing.running import import_file
        from fediunion.union.vacancies.importing.taking import Wishes

        actor = await world.db.read(get_institution_named, board)
        wishes = Wishes(by=COMMAND_LINE, publishes=publish, confirms=True)
        return await tell_rows(import_file(world, content, actor.id, wishes))

    sum_up(in_world(context, config, work))


def export(
    context: typer.Context,
    query: Annotated[
        list[str] | None,
        typer.Argument(metavar="[QUERY]…", help="As in the address of a search: grade=P-3,P-4 country=KE."),
    ] = None,
    config: ConfigOption = None,
    format_: Annotated[Format, typer.Option("--format", help="What is written.")] = Format.JSON,
) -> None:
    """Write the vacancies that a search finds; without QUERY all that are open.

    JSON is {"items":[JobPosting…],"total"}; JSON and CSV can be imported again.

    Example: fediunion vacancy export --format csv state=all employer="Relief Coordination Office"
    """

    async def work(world: "World") -> bytes:
        from urllib.parse import parse_qsl

        from fediunion.kit.catalogues import first_language
        from fediunion.union.vacancies.exports.formats import FORMATS, Export
        from fediunion.union.vacancies.exports.gathering import MOST_IN_A_FILE, gather
        from fediunion.union.vacancies.search.asking import read_query
        from fediunion.union.vacancies.search.query import canonical

        pairs = [pair for part in query or () for pair in parse_qsl(part, keep_blank_values=True)]
        asked = read_query(pairs)
        home = f"{world.settings.base_url}/vacancies"
        text = canonical(asked)
        address = f"{home}?{text}" if text else home
        instance = world.settings.instance
        found = Export(
            vacancies=await gather(world, asked, most=MOST_IN_A_FILE),
            home=address,
            address=address,
            title=instance.title,
            description=text,
            language=first_language(*instance.languages),
            now=world.clock.now(),
        )
        return FORMATS[format_][1](found)

    sys.stdout.buffer.write(in_world(context, config, work))
    sys.stdout.buffer.flush()


def template() -> None:
    """Write an empty CSV table with every column that `import` reads, and one row as an example.

    Example: fediunion vacancy template > vacancies.csv
    """
    from fediunion.union.vacancies.importing.csv_files import template as table

    sys.stdout.buffer.write(table())
    sys.stdout.buffer.flush()
