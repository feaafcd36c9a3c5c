"""The command for a member who lost the phone and the recovery codes: `member forget-factors`."""

from typing import TYPE_CHECKING

import typer

from fediunion.cli.members import NameArgument, change_member, members
from fediunion.cli.options import ConfigOption
from fediunion.cli.output import say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fediunion.actors.models import Actor
    from fediunion.members.models import Member


def register(_: typer.Typer) -> None:
    """Add the command to those about members."""
    members.command("forget-factors")(forget_factors_of)


def forget_factors_of(context: typer.Context, name: NameArgument, config: ConfigOption = None) -> None:
    """Forget a member's app, passkeys and recovery codes; the password alone signs in again.

    All sessions and tokens end. Be sure who asks: whoever has the password is in after this.

    Example: fediunion member forget-factors ana
    """
    from fediunion.members.factors.standing import reset_factors

    def change(session: "Session", member: "Member", _: "Actor") -> None:
        reset_factors(session, member)

    change_member(context, config, name, change, action="member.forget_factors")
    say(f"{name} has no second factor; all sessions and tokens ended.")
