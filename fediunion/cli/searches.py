"""The commands about searches over vacancies that have a name: search create, list, rename, end."""

from typing import TYPE_CHECKING, Annotated

import typer

from fediunion.cli.options import ConfigOption, JsonOption
from fediunion.cli.output import print_json, print_rows, say
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fediunion.world import World


searches = typer.Typer(
    help="Searches over vacancies that have a name, and can be followed.", no_args_is_help=True
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The search's username.")]
TitleOption = Annotated[str, typer.Option(help="What it is called.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(searches, name="search")


@searches.command()
def create(
    context: typer.Context,
    name: NameArgument,
    title: TitleOption,
    query: Annotated[
        list[str] | None,
        typer.Argument(metavar="[QUERY]…", help="As in the address of a search: grade=P-3,P-4 country=KE."),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Give a search a name under which anybody can follow it; print {"username","acct","query"}.

    It tells of each new vacancy that matches, from any union, until it is ended.

    Example: fediunion search create nairobi-jobs --title "Jobs in Nairobi" city=Nairobi
    """
    from urllib.parse import parse_qsl

    from fediunion.social.moderation.audit import COMMAND_LINE
    from fediunion.union.vacancies.saved.named import NewSearch, create_named_search
    from fediunion.union.vacancies.search.asking import read_query

    pairs = [pair for part in query or () for pair in parse_qsl(part, keep_blank_values=True)]
    wanted = NewSearch(name, title, read_query(pairs))

    async def make(world: "World") -> dict[str, object]:
        made = await create_named_search(world, wanted, by=COMMAND_LINE)
        return {
            "username": made.name,
            "acct": f"{made.name}@{world.settings.handle_domain}",
            "query": made.query,
        }

    print_json(in_world(context, config, make))


@searches.command("list")
def list_(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the searches that have a name.

    Example: fediunion search list --json
    """
    rows = in_world(context, config, lambda world: world.db.read(_rows))
    print_rows(rows, ("acct", "title", "followers", "query"), as_json=as_json)


@searches.command()
def rename(
    context: typer.Context, name: NameArgument, title: TitleOption, config: ConfigOption = None
) -> None:
    """Call a search otherwise; who follows it is told. Its name stays.

    Example: fediunion search rename nairobi-jobs --title "Work in Nairobi"
    """
    from fediunion.social.moderation.audit import COMMAND_LINE
    from fediunion.union.vacancies.saved.named import rename_search

    in_world(context, config, lambda world: world.db.write(rename_search, name, title, by=COMMAND_LINE))
    say(f"{name} is called {title} now.")


@searches.command()
def end(context: typer.Context, name: NameArgument, config: ConfigOption = None) -> None:
    """End a search: its account is deleted, here and elsewhere. The name cannot be used again.

    Example: fediunion search end nairobi-jobs
    """
    from fediunion.social.moderation.audit import COMMAND_LINE
    from fediunion.union.vacancies.saved.named import end_search

    in_world(context, config, lambda world: world.db.write(end_search, name, by=COMMAND_LINE))
    say(f"{name} has ended.")


def _rows(session: "Session") -> list[dict[str, object]]:
    from fediunion.union.vacancies.saved.named import list_named

    return [
        {
            "username": search.name,
            "acct": f"{actor.username}@{actor.handle_host}",
            "title": search.title,
            "followers": actor.followers_count,
            "query": search.query,
        }
        for search, actor in list_named(session)
    ]
