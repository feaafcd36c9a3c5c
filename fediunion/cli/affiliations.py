"""The command `peers affiliate`: relations of our union with others, and what they may share with us."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fediunion.cli.options import ConfigOption, JsonOption
from fediunion.cli.output import print_rows, say
from fediunion.cli.session import in_world

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fediunion.union.affiliation.models import Affiliation, Trust
    from fediunion.world import World

DEFAULT = "default"
NOTHING = "none"


class Kind(StrEnum):
    """What may stand after --kind."""

    AFFILIATE = "affiliate"
    SECTOR = "sector"
    REGION = "region"
    OBSERVER = "observer"
    BILATERAL = "bilateral"


class OurSide(StrEnum):
    """What may stand after --as."""

    CHILD = "child"
    PARENT = "parent"


def affiliate(
    context: typer.Context,
    peer: Annotated[
        str, typer.Argument(metavar="HOST", help="The other union: its server's name, or NAME@HOST.")
    ],
    config: ConfigOption = None,
    kind: Annotated[
        Kind | None, typer.Option(help="What the two are to each other [default: affiliate].")
    ] = None,
    label: Annotated[str, typer.Option(help="Which sector or region.")] = "",
    our_side: Annotated[
        OurSide | None, typer.Option("--as", help="What our union is in an offer [default: child].")
    ] = None,
    since: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="Since when the relation exists, in an offer.")
    ] = "",
    accept: Annotated[bool, typer.Option("--accept", help="Accept what they offer.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="Refuse what they offer.")] = False,
    suspend: Annotated[bool, typer.Option("--suspend", help="Suspend the relation.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Take our suspension back.")] = False,
    end: Annotated[bool, typer.Option("--end", help="End the relation, or take our offer back.")] = False,
    trust: Annotated[
        str,
        typer.Option(
            metavar="WORDS",
            help="What they may share: of vacancies,calls,network; or none; or default, as relations say.",
        ),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Offer another union a relation; or answer, suspend or end one; or say what it may share with us.

    What the other union has offered already is accepted instead: both may type the same.

    Example: fediunion peers affiliate ccisua.example --kind affiliate --as child
    """
    acts = {"accept": accept, "reject": reject, "suspend": suspend, "resume": resume, "end": end}
    chosen = [name for name, wanted in acts.items() if wanted]
    if len(chosen) > 1:
        raise typer.BadParameter("Only one of --accept, --reject, --suspend, --resume, --end can be done.")
    offers = not chosen and not (trust and kind is None)
    flags = _trust(trust) if trust else None
    began = _day(since) if since else None

    async def work(world: "World") -> list[dict[str, Any]]:
        from fediunion.social.moderation.audit import COMMAND_LINE
        from fediunion.union.affiliation.service.trust import decide_trust

        host = peer.rpartition("@")[2]
        if offers:
            host = await _offer(world, peer, kind or Kind.AFFILIATE, our_side, label, began)
        host = _normal(host)
        if chosen:
            await world.db.write(_decide, host, chosen[0], kind, label)
        if trust:
            await world.db.write(decide_trust, host, flags, by=COMMAND_LINE)
        if await world.db.read(_is_left_out, host):
            say(f"{host} may not take part here: see `fediunion peers allow`.")
        return await world.db.read(relation_rows, host)

    rows = in_world(context, config, work)
    columns = ("union", "kind", "label", "we_are", "status", "offered_by", "since", "trust")
    print_rows(rows, columns, as_json=as_json)


def relation_rows(session: "Session", host: str) -> list[dict[str, Any]]:
    """Return our relations with the union on a server, as `--json` prints them."""
    from fediunion.kit.clock import format_instant
    from fediunion.union.affiliation.queries import relations_with, trust_of
    from fediunion.union.affiliation.service.parts import peer_uri_of

    trust = sorted(trust_of(session, host))
    return [
        {
            "host": host,
            "union": peer_uri_of(row),
            "kind": row.kind,
            "label": row.label,
            "we_are": row.our_side,
            "status": row.status,
            "offered_by": "us" if row.offered_by == row.our_side else "them",
            "since": None if row.since is None else format_instant(row.since),
            "until": None if row.until is None else format_instant(row.until),
            "trust": trust,
        }
        for row in relations_with(session, host)
    ]


async def _offer(
    world: "World", peer: str, kind: Kind, our_side: OurSide | None, label: str, since: "datetime | None"
) -> str:
    """Offer or accept the relation; return the server of the other union as its id has it."""
    from fediunion.union.affiliation.proposing import find_union

    found = await find_union(world, peer)

    def work(session: "Session") -> None:
        from fediunion.social.moderation.audit import COMMAND_LINE
        from fediunion.union.affiliation.models import AffiliationKind, Side
        from fediunion.union.affiliation.proposing import propose

        side = None if our_side is None else Side(our_side)
        propose(session, found.id, AffiliationKind(kind), side, by=COMMAND_LINE, label=label, since=since)

    await world.db.write(work)
    return found.host


def _decide(session: "Session", host: str, act: str, kind: Kind | None, label: str) -> None:
    from fediunion.social.moderation.audit import COMMAND_LINE
    from fediunion.union.affiliation.service import offers

    row = _relation(session, host, act, kind, label)
    {
        "accept": offers.accept_offer,
        "reject": offers.reject_offer,
        "suspend": offers.suspend_affiliation,
        "resume": offers.resume_affiliation,
        "end": offers.end_affiliation,
    }[act](session, row, by=COMMAND_LINE)


def _relation(session: "Session", host: str, act: str, kind: Kind | None, label: str) -> "Affiliation":
    """Return the one relation that is meant. Raises NotFound, and Invalid where several may be."""
    from fediunion.kit.errors import Invalid, NotFound
    from fediunion.union.affiliation.models import AffiliationStatus
    from fediunion.union.affiliation.queries import relations_with

    fits = [
        row
        for row in relations_with(session, host)
        if row.status != AffiliationStatus.ENDED
        and kind in (None, row.kind)
        and (not label or label == row.label)
    ]
    if act in ("accept", "reject"):
        fits = [
            row for row in fits if row.status == AffiliationStatus.OFFERED and row.offered_by != row.our_side
        ]
    if not fits:
        raise NotFound(f"There is no such relation with {host}.")
    if len(fits) > 1:
        raise Invalid(f"There are several relations with {host}: say which with --kind and --label.")
    return fits[0]


def _is_left_out(session: "Session", host: str) -> bool:
    from fediunion.actors.domains import is_blocked

    return is_blocked(session, host)


def _normal(host: str) -> str:
    from fediunion.actors.domains import normalise_host

    return normalise_host(host)


def _trust(words: str) -> "frozenset[Trust] | None":
    from fediunion.union.affiliation.models import Trust

    if words == DEFAULT:
        return None
    named = [] if words == NOTHING else [word.strip() for word in words.split(",")]
    unknown = [word for word in named if word not in list(Trust)]
    if unknown:
        raise typer.BadParameter(
            f"--trust takes {', '.join(Trust)}; {NOTHING}; or {DEFAULT}; not {unknown[0]!r}."
        )
    return frozenset(Trust(word) for word in named)


def _day(text: str) -> "datetime":
    from datetime import UTC, datetime

    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise typer.BadParameter("--since takes a day as YYYY-MM-DD.") from error
