"""The commands about members: create, list, show, role, reset-password, suspend, delete, move, alias."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from fediunion.cli.options import ConfigOption, JsonOption
from fediunion.cli.output import print_fields, print_json, print_rows, say
from fediunion.cli.secrets_in import PasswordFile, read_password
from fediunion.cli.session import in_world
from fediunion.config import Reach

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fediunion.actors.models import Actor
    from fediunion.members.models import Member
    from fediunion.world import World

    Change = Callable[[Session, Member, Actor], None]

members = typer.Typer(help="The people who have an account here.", no_args_is_help=True)

RoleName = Literal["member", "moderator", "admin", "owner"]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The username.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(members, name="member")


@members.command()
def create(
    context: typer.Context,
    name: NameArgument,
    email: Annotated[str, typer.Option(help="The address; it counts as confirmed.")],
    config: ConfigOption = None,
    role: Annotated[RoleName, typer.Option(help="What the member may do for the union.")] = "member",
    reach: Annotated[
        Reach | None, typer.Option(help="How far the member is seen [default: as configured].")
    ] = None,
    password_file: PasswordFile = None,
) -> None:
    """Create a confirmed, approved member; print {"id","username","acct"}.

    Example: fediunion member create ana --email ana@union.example --password-file secret.txt
    """
    from fediunion.actors.keys import make_keys
    from fediunion.actors.models import Actor
    from fediunion.actors.models import Reach as ActorReach
    from fediunion.members.models import Role
    from fediunion.members.passwords import check_password, hash_password
    from fediunion.members.service import create_member
    from fediunion.social.moderation.audit import COMMAND_LINE, record_audit

    password = read_password(password_file, required=False)
    hashed = hash_password(check_password(password, username=name, email=email)) if password else None

    async def make(world: "World") -> dict[str, object]:
        keys = await asyncio.to_thread(make_keys, world.settings)

        def write(session: "Session") -> dict[str, object]:
            member = create_member(
                session,
                username=name,
                email=email,
                keys=keys,
                role=Role(role),
                reach=None if reach is None else ActorReach(reach),
                password_hash=hashed,
            )
            actor = session.get_one(Actor, member.actor_id)
            record_audit(session, by=COMMAND_LINE, action="member.create", subject=actor.uri, reason=role)
            return _named(actor)

        return await world.db.write(write)

    print_json(in_world(context, config, make))


@members.command("list")
def list_(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the members.

    Example: fediunion member list --json
    """
    from fediunion.members.queries import list_members

    found = in_world(context, config, lambda world: world.db.read(list_members))
    rows = [_shown(member, actor) for member, actor in found]
    print_rows(rows, ("id", "username", "role", "reach", "state"), as_json=as_json)


@members.command()
def show(
    context: typer.Context, name: NameArgument, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Show one member.

    Example: fediunion member show ana --json
    """
    from fediunion.members.queries import get_member

    found = in_world(context, config, lambda world: world.db.read(get_member, name))
    print_fields(_shown(*found), as_json=as_json)


@members.command()
def role(
    context: typer.Context,
    name: NameArgument,
    new_role: Annotated[RoleName, typer.Argument(metavar="ROLE", help="member, moderator, admin or owner.")],
    config: ConfigOption = None,
) -> None:
    """Give a member another role.

    Example: fediunion member role ana moderator
    """
    from fediunion.members.models import Role
    from fediunion.members.service import set_role

    def change(session: "Session", member: "Member", _: "Actor") -> None:
        set_role(session, member, Role(new_role))

    change_member(context, config, name, change, action="member.role", reason=new_role)
    say(f"{name} is {new_role} now.")


@members.command("reset-password")
def reset_password(
    context: typer.Context,
    name: NameArgument,
    config: ConfigOption = None,
    password_file: PasswordFile = None,
) -> None:
    """Give a member another password; all sessions and tokens end.

    Example: fediunion member reset-password ana --password-file -
    """
    from fediunion.members.passwords import check_password, hash_password
    from fediunion.members.service import set_password

    password = read_password(password_file, required=True)
    hashed = hash_password(check_password(password or "", username=name))

    def change(session: "Session", member: "Member", _: "Actor") -> None:
        set_password(session, member, hashed)

    change_member(context, config, name, change, action="member.reset_password")
    say(f"{name} has another password; all sessions and tokens ended.")


@members.command()
def suspend(context: typer.Context, name: NameArgument, config: ConfigOption = None) -> None:
    """Let a member act no more; sessions and tokens end, the profile is not shown.

    Example: fediunion member suspend ana
    """
    from fediunion.social.moderation import accounts
    from fediunion.social.moderation.audit import COMMAND_LINE

    def change(session: "Session", _: "Member", actor: "Actor") -> None:
        accounts.suspend(session, actor, by=COMMAND_LINE)

    change_member(context, config, name, change)
    say(f"{name} is suspended.")


@members.command()
def unsuspend(context: typer.Context, name: NameArgument, config: ConfigOption = None) -> None:
    """Let a suspended member act again.

    Example: fediunion member unsuspend ana
    """
    from fediunion.social.moderation import accounts
    from fediunion.social.moderation.audit import COMMAND_LINE

    def change(session: "Session", _: "Member", actor: "Actor") -> None:
        accounts.unsuspend(session, actor, by=COMMAND_LINE)

    change_member(context, config, name, change)
    say(f"{name} may act again.")


@members.command()
def delete(context: typer.Context, name: NameArgument, config: ConfigOption = None) -> None:
    """Erase a member: everything here goes, and servers that hold copies are told.

    Example: fediunion member delete ana
    """
    from fediunion.members.service import delete_member

    def change(session: "Session", member: "Member", _: "Actor") -> None:
        delete_member(session, member)

    change_member(context, config, name, change, action="member.delete")
    say(f"{name} is deleted; other servers are told while the server runs.")


@members.command()
def move(
    context: typer.Context,
    name: NameArgument,
    to: Annotated[
        str, typer.Option("--to", metavar="ACCT", help="acct:name@server, which names us as alias.")
    ],
    config: ConfigOption = None,
) -> None:
    """Move a member to an account elsewhere: followers are asked to follow there.

    Example: fediunion member move ana --to acct:ana@other.example
    """
    from fediunion.actors.models import Actor
    from fediunion.actors.remote import refresh_actor, resolve_handle
    from fediunion.social.follows.moves import move_away

    async def go(world: "World") -> None:
        target = await resolve_handle(world, to)
        # What it says of its aliases may have changed a minute ago.
        target = await refresh_actor(world, target.uri)

        def change(session: "Session", _: "Member", actor: "Actor") -> None:
            move_away(session, actor, session.get_one(Actor, target.id))

        await world.db.write(_act, name, change, action="member.move", reason=target.uri)

    in_world(context, config, go)
    say(f"{name} moves to {to}; followers are told while the server runs.")


@members.command()
def alias(
    context: typer.Context,
    name: NameArgument,
    add: Annotated[str, typer.Option("--add", metavar="ACCT", help="acct:name@server.")],
    config: ConfigOption = None,
) -> None:
    """Say that an account elsewhere is the same person, so that it can move here.

    Example: fediunion member alias ana --add acct:ana@old.example
    """
    from fediunion.actors.remote import resolve_handle
    from fediunion.social.follows.moves import add_alias

    async def go(world: "World") -> None:
        other = await resolve_handle(world, add)

        def change(session: "Session", _: "Member", actor: "Actor") -> None:
            add_alias(session, actor, other.uri)

        await world.db.write(_act, name, change, action="member.alias", reason=other.uri)

    in_world(context, config, go)
    say(f"{add} is an alias of {name}.")


def change_member(
    context: typer.Context,
    config: Path | None,
    name: str,
    change: "Change",
    *,
    action: str = "",
    reason: str = "",
) -> None:
    """Do `change` to the member of that name, and log it as `action`, where there is one."""
    in_world(context, config, lambda world: world.db.write(_act, name, change, action=action, reason=reason))


def _act(session: "Session", name: str, change: "Change", *, action: str, reason: str = "") -> None:
    """Do `change` to a member; it is in the log as `action`, where `change` does not see to that itself."""
    from fediunion.members.queries import get_member
    from fediunion.social.moderation.audit import COMMAND_LINE, record_audit

    member, actor = get_member(session, name)
    change(session, member, actor)
    if action:
        record_audit(session, by=COMMAND_LINE, action=action, subject=actor.uri, reason=reason)


def _named(actor: "Actor") -> dict[str, object]:
    return {
        "id": str(actor.id),
        "username": actor.username,
        "acct": f"{actor.username}@{actor.handle_host}",
    }


def _shown(member: "Member", actor: "Actor") -> dict[str, object]:
    return _named(actor) | {"role": member.role, "reach": actor.reach, "state": member.state}
