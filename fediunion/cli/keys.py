"""The command about signing keys: keys rotate."""

from typing import TYPE_CHECKING, Annotated

import typer

from fediunion.cli.options import ConfigOption
from fediunion.cli.output import say
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


keys = typer.Typer(help="The keys that our actors sign with.", no_args_is_help=True)


@keys.callback()
def _keys() -> None:
    """The keys that our actors sign with."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(keys, name="keys")


@keys.command()
def rotate(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A member or an institution, or `instance`.")],
    config: ConfigOption = None,
    leaked: Annotated[bool, typer.Option("--leaked", help="The old keys are worthless at once.")] = False,
) -> None:
    """Let an actor sign with new keys. The old ones are good for 7 more days, unless they leaked.

    Example: fediunion keys rotate union
    """
    import asyncio

    from fediunion.actors.keys import NewKeys, make_keys
    from fediunion.actors.queries import find_local_actor
    from fediunion.actors.service.local import rotate_keys
    from fediunion.kit.errors import NotFound
    from fediunion.social.moderation.audit import COMMAND_LINE, record_audit
    from fediunion.world import World

    def write(session: "Session", new: NewKeys) -> None:
        actor = find_local_actor(session, name)
        if actor is None or actor.deleted_at is not None:
            raise NotFound(f"There is no actor named {name}.")
        rotate_keys(session, actor, new, keep_old=not leaked)
        record_audit(session, by=COMMAND_LINE, action="keys.rotate", subject=actor.uri)

    async def work(world: World) -> None:
        new = await asyncio.to_thread(make_keys, world.settings)
        await world.db.write(write, new)

    in_world(context, config, work)
    say(f"{name} signs with new keys.")
