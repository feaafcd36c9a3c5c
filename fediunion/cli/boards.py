"""The commands about boards: board create, list, editor."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from fediunion.cli.options import ConfigOption, JsonOption
from fediunion.cli.output import print_json, print_rows, say
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fediunion.actors.models import Actor
    from fediunion.world import World


boards = typer.Typer(help="Boards on which vacancies are published, and their editors.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The board's username.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(boards, name="board")


@boards.command()
def create(
    context: typer.Context,
    name: NameArgument,
    title: Annotated[str, typer.Option(help="What it is called.")],
    config: ConfigOption = None,
    editor: Annotated[str, typer.Option(metavar="MEMBER", help="Who publishes for it.")] = "",
) -> None:
    """Create a board that anybody can follow; print {"id","username","acct"}.

    Example: fediunion board create jobs --title "Jobs in Nairobi"
    """
    from fediunion.actors.keys import make_keys
    from fediunion.actors.models import ActorKind
    from fediunion.social.institutions.service import NewInstitution, check_new, create_institution
    from fediunion.social.moderation.audit import COMMAND_LINE

    wanted = NewInstitution(ActorKind.BOARD, name, title)

    async def make(world: "World") -> dict[str, object]:
        await world.db.read(check_new, wanted)
        keys = await asyncio.to_thread(make_keys, world.settings)

        def write(session: "Session") -> dict[str, object]:
            return _named(create_institution(session, wanted, keys, by=COMMAND_LINE, editor=editor))

        return await world.db.write(write)

    print_json(in_world(context, config, make))


@boards.command("list")
def list_(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the boards with their editors.

    Example: fediunion board list --json
    """
    rows = in_world(context, config, lambda world: world.db.read(_boards))
    print_rows(rows, ("acct", "title", "followers", "vacancies", "editors"), as_json=as_json)


@boards.command("editor")
def editor_(
    context: typer.Context,
    name: NameArgument,
    member: Annotated[str, typer.Argument(metavar="MEMBER", help="A member's username.")],
    config: ConfigOption = None,
    remove: Annotated[bool, typer.Option("--remove", help="Let the member publish no more.")] = False,
) -> None:
    """Let a member publish for a board, or no more.

    Example: fediunion board editor jobs ana
    """
    from fediunion.kit.errors import Invalid
    from fediunion.members.queries import find_member
    from fediunion.social.institutions.queries import get_institution_named
    from fediunion.social.institutions.service import end_editor, name_editor
    from fediunion.social.moderation.audit import COMMAND_LINE

    def write(session: "Session") -> None:
        board = get_institution_named(session, name)
        if not remove:
            name_editor(session, board, member, by=COMMAND_LINE)
            return
        found = find_member(session, member.removeprefix("@"))
        if found is None:
            raise Invalid("There is no such member.")
        end_editor(session, board, found[0].id, by=COMMAND_LINE)

    in_world(context, config, lambda world: world.db.write(write))
    say(f"{member} publishes for {name} {'no more' if remove else 'now'}.")


def _boards(session: "Session") -> list[dict[str, object]]:
    from fediunion.actors.models import ActorKind
    from fediunion.social.institutions.queries import list_editors, list_institutions
    from fediunion.union.vacancies.queries import count_by_board

    editors, counts = list_editors(session), count_by_board(session)
    return [
        _named(actor)
        | {
            "title": actor.display_name,
            "followers": actor.followers_count,
            "vacancies": counts.get(actor.id, 0),
            "editors": [own.username for _, own in editors.get(actor.id, ())],
        }
        for actor in list_institutions(session)
        if actor.kind == ActorKind.BOARD
    ]


def _named(actor: "Actor") -> dict[str, object]:
    return {
        "id": str(actor.id),
        "username": actor.username,
        "acct": f"{actor.username}@{actor.handle_host}",
    }
