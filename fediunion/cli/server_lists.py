"""The commands `peers lists`: lists of servers that we publish, and those of other unions that we follow."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fediunion.cli.options import ConfigOption, JsonOption
from fediunion.cli.output import print_rows, say
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fediunion.union.server_lists.models import FollowedList, ListEntryRow
    from fediunion.world import World

Address = Annotated[
    str, typer.Argument(metavar="URL|HOST", help="The list; of a host, its list of blocked servers.")
]
Hosts = Annotated[
    list[str] | None,
    typer.Option("--host", help="Only this server [default: all but unions of our network]."),
]


class Apply(StrEnum):
    """What may stand after --apply."""

    ASK = "ask"
    AUTOMATIC = "automatic"


class Name(StrEnum):
    """The lists that can be published."""

    BLOCKED = "blocked"
    ALLOWED = "allowed"


def add_to(peers: typer.Typer) -> None:
    """Add the group to the commands about peers."""
    lists = typer.Typer(no_args_is_help=False, help="Lists of servers: publish ours, follow those of others.")
    lists.callback(invoke_without_command=True)(show_lists)
    lists.command()(subscribe)
    lists.command()(show)
    lists.command()(apply)
    lists.command()(skip)
    lists.command()(unsubscribe)
    lists.command()(publish)
    lists.command()(withdraw)
    peers.add_typer(lists, name="lists")


def show_lists(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Print the lists that we follow."""
    if context.invoked_subcommand is not None:
        return

    def read(session: "Session") -> list[dict[str, Any]]:
        from fediunion.kit.clock import format_instant
        from fediunion.union.server_lists.models import EntryState
        from fediunion.union.server_lists.queries import entries_in, list_followed

        rows = []
        for followed in list_followed(session):
            states = [entry.state for entry in entries_in(session, followed)]
            rows.append(
                {
                    "url": followed.url,
                    "owner": followed.owner_uri,
                    "apply": followed.applying,
                    "looked_at": format_instant(followed.looked_at),
                    "problem": followed.problem,
                    **{state.value: states.count(state) for state in EntryState},
                }
            )
        return rows

    columns = ("url", "apply", "waiting", "applied", "skipped", "gone", "looked_at", "problem")
    print_rows(in_world(context, config, lambda world: world.db.read(read)), columns, as_json=as_json)


def subscribe(
    context: typer.Context,
    address: Address,
    config: ConfigOption = None,
    how: Annotated[
        Apply, typer.Option("--apply", help="Ask an officer, or block by itself what the list blocks.")
    ] = Apply.ASK,
    as_json: JsonOption = False,
) -> None:
    """Follow a list of a union that a relation leads to, and print what it would do here.

    Example: fediunion peers lists subscribe uni.example
    """

    async def work(world: "World") -> list[dict[str, Any]]:
        from fediunion.social.moderation.audit import COMMAND_LINE
        from fediunion.union.server_lists.documents import list_url
        from fediunion.union.server_lists.fetching import fetch_list
        from fediunion.union.server_lists.models import Applying
        from fediunion.union.server_lists.service import follow_list

        found, document = await fetch_list(world, list_url(address))
        await world.db.write(follow_list, found, document, Applying(how), by=COMMAND_LINE)
        return await world.db.read(_previewed, found.url)

    _print(in_world(context, config, work), as_json=as_json)


def show(
    context: typer.Context, address: Address, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Print what a followed list says, what was decided, and what applying it would end."""

    async def work(world: "World") -> list[dict[str, Any]]:
        return await world.db.read(_previewed, _url(address))

    _print(in_world(context, config, work), as_json=as_json)


def apply(
    context: typer.Context,
    address: Address,
    config: ConfigOption = None,
    hosts: Hosts = None,
    as_json: JsonOption = False,
) -> None:
    """Make the rules that wait, and remove those that are gone from the list.

    A union of our network is left out unless --host names it.
    """
    from fediunion.union.server_lists.models import EntryState

    def decide(session: "Session") -> None:
        from fediunion.social.moderation.audit import COMMAND_LINE
        from fediunion.union.server_lists.queries import is_spared, spared_names
        from fediunion.union.server_lists.service import apply_entries

        followed, entries = _chosen(session, address, hosts, EntryState.WAITING, EntryState.GONE)
        spared = set() if hosts else spared_names(session)
        wanted = [entry for entry in entries if not is_spared(entry.host, entry.action, spared)]
        done = apply_entries(session, followed, wanted, by=COMMAND_LINE)
        say(f"{len(done)} applied.")

    _print(_changed(context, config, address, decide), as_json=as_json)


def skip(
    context: typer.Context,
    address: Address,
    config: ConfigOption = None,
    hosts: Hosts = None,
    as_json: JsonOption = False,
) -> None:
    """Decide against what waits; a rule that is gone from the list stays."""
    from fediunion.union.server_lists.models import EntryState

    def decide(session: "Session") -> None:
        from fediunion.union.server_lists.service import skip_entries

        skip_entries(_chosen(session, address, hosts, EntryState.WAITING, EntryState.GONE)[1])

    _print(_changed(context, config, address, decide), as_json=as_json)


def unsubscribe(context: typer.Context, address: Address, config: ConfigOption = None) -> None:
    """Follow a list no longer; rules that were made from it stay."""

    def work(session: "Session") -> None:
        from fediunion.social.moderation.audit import COMMAND_LINE
        from fediunion.union.server_lists.queries import get_followed
        from fediunion.union.server_lists.service import unfollow_list

        unfollow_list(session, get_followed(session, _url(address)), by=COMMAND_LINE)

    in_world(context, config, lambda world: world.db.write(work))


def publish(context: typer.Context, name: Name, config: ConfigOption = None) -> None:
    """Let everybody read our rules of one kind, with their public reasons, at /federation-lists/NAME."""

    def work(session: "Session") -> None:
        from fediunion.social.moderation.audit import COMMAND_LINE
        from fediunion.union.server_lists.models import ListName
        from fediunion.union.server_lists.service import publish_list

        publish_list(session, ListName(name), by=COMMAND_LINE)

    in_world(context, config, lambda world: world.db.write(work))


def withdraw(context: typer.Context, name: Name, config: ConfigOption = None) -> None:
    """Let nobody read our rules of one kind any more."""

    def work(session: "Session") -> None:
        from fediunion.social.moderation.audit import COMMAND_LINE
        from fediunion.union.server_lists.models import ListName
        from fediunion.union.server_lists.service import withdraw_list

        withdraw_list(session, ListName(name), by=COMMAND_LINE)

    in_world(context, config, lambda world: world.db.write(work))


def _changed(context: typer.Context, config: Any, address: str, decide: Any) -> list[dict[str, Any]]:
    async def work(world: "World") -> list[dict[str, Any]]:
        await world.db.write(decide)
        return await world.db.read(_previewed, _url(address))

    return in_world(context, config, work)


def _chosen(
    session: "Session", address: str, hosts: list[str] | None, *states: Any
) -> "tuple[FollowedList, list[ListEntryRow]]":
    """Return a list, and its entries that are meant. Raises NotFound for a host that is not there."""
    from fediunion.actors.domains import normalise_host
    from fediunion.kit.errors import NotFound
    from fediunion.union.server_lists.queries import entries_in, get_followed

    followed = get_followed(session, _url(address))
    entries = list(entries_in(session, followed, *states))
    if hosts:
        named = {normalise_host(host) for host in hosts}
        missing = named - {entry.host for entry in entries}
        if missing:
            raise NotFound(f"Nothing waits about {min(missing)} in this list.")
        entries = [entry for entry in entries if entry.host in named]
    return followed, entries


def _previewed(session: "Session", url: str) -> list[dict[str, Any]]:
    from fediunion.union.server_lists.queries import entries_in, get_followed, preview

    return [
        {
            "host": each.row.host,
            "action": each.row.action,
            "state": each.row.state,
            "reason": each.row.reason,
            "rule_here": None if each.rule.known is None else each.rule.known.value,
            "ends_followed": None if each.rule.severed is None else each.rule.severed.followed,
            "ends_followers": None if each.rule.severed is None else each.rule.severed.followers,
            "in_our_network": each.is_affiliate,
        }
        for each in preview(session, entries_in(session, get_followed(session, url)))
    ]


def _print(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    print_rows(
        rows,
        (
            "host",
            "action",
            "state",
            "rule_here",
            "ends_followed",
            "ends_followers",
            "in_our_network",
            "reason",
        ),
        as_json=as_json,
    )


def _url(address: str) -> str:
    from fediunion.union.server_lists.documents import list_url

    return list_url(address)
