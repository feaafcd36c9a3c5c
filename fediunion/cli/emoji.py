"""The commands about emoji: emoji add, list, remove."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fediunion.cli.options import ConfigOption, JsonOption
from fediunion.cli.output import print_rows, say
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fediunion.world import World


emoji = typer.Typer(help="Pictures that members write as :shortcode:.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="SHORTCODE", help="The name, without colons.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(emoji, name="emoji")


@emoji.command()
def add(
    context: typer.Context,
    shortcode: NameArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A picture of at most 256 KiB.")],
    config: ConfigOption = None,
    category: Annotated[str, typer.Option(help="The heading under which pickers show it.")] = "",
) -> None:
    """Add an emoji; the picture is written anew.

    Example: fediunion emoji add strike strike.png --category union
    """
    from fediunion.kit.errors import Invalid
    from fediunion.social.emoji.service import MAX_EMOJI_BYTES, check_shortcode
    from fediunion.social.media.desk import close_desk
    from fediunion.social.media.uploads import store_emoji
    from fediunion.social.moderation.audit import COMMAND_LINE
    from fediunion.social.moderation.emoji import give_emoji

    if file.stat().st_size > MAX_EMOJI_BYTES:
        raise Invalid(f"An emoji has {MAX_EMOJI_BYTES} bytes at most.")

    async def store(world: "World") -> None:
        await world.db.read(check_shortcode, shortcode)
        try:
            file_id, still_id = await store_emoji(world, file)
        finally:
            await close_desk(world)

        def write(session: "Session") -> None:
            give_emoji(
                session, shortcode, file_id=file_id, still_id=still_id, category=category, by=COMMAND_LINE
            )

        await world.db.write(write)

    in_world(context, config, store)
    say(f"Members can write :{shortcode.strip(':')}: now.")


@emoji.command("list")
def list_(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the emoji.

    Example: fediunion emoji list
    """
    from fediunion.social.emoji.service import list_emojis

    found = in_world(context, config, lambda world: world.db.read(list_emojis))
    rows = [{"shortcode": each.shortcode, "category": each.category} for each in found]
    print_rows(rows, ("shortcode", "category"), as_json=as_json)


@emoji.command()
def remove(context: typer.Context, shortcode: NameArgument, config: ConfigOption = None) -> None:
    """Remove an emoji; where it was written, its name stays.

    Example: fediunion emoji remove strike
    """
    from fediunion.social.moderation.audit import COMMAND_LINE
    from fediunion.social.moderation.emoji import take_emoji

    def write(session: "Session") -> None:
        take_emoji(session, shortcode, by=COMMAND_LINE)

    in_world(context, config, lambda world: world.db.write(write))
    say(f":{shortcode.strip(':')}: is removed.")
