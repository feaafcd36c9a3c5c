"""The command about bearer tokens: token create."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from fediunion.cli.options import ConfigOption
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


tokens = typer.Typer(help="Bearer tokens for apps and scripts.", no_args_is_help=True)


@tokens.callback()
def _tokens() -> None:
    """Bearer tokens for apps and scripts."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(tokens, name="token")


@tokens.command()
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The username.")],
    scopes: Annotated[str, typer.Option(help="What it may be used for, separated by spaces.")],
    config: ConfigOption = None,
    app_name: Annotated[str, typer.Option("--app-name", help="What it is for.")] = "command line",
) -> None:
    """Make a bearer token of a member and print only that; it is never shown again.

    Example: fediunion token create ana --scopes "read write follow push" --app-name backup
    """
    from fediunion.members.queries import get_member
    from fediunion.members.tokens import create_token
    from fediunion.social.moderation.audit import COMMAND_LINE, record_audit

    def write(session: "Session") -> str:
        member, actor = get_member(session, name)
        record_audit(session, by=COMMAND_LINE, action="token.create", subject=actor.uri, reason=scopes)
        return create_token(session, member, scopes, app_name)

    sys.stdout.write(in_world(context, config, lambda world: world.db.write(write)) + "\n")
