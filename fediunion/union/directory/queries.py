"""Reads: the unions that relations connect with ours, and what is known of each."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import settings_of
from fediunion.kit.urls import authority_of
from fediunion.outbox.inboxes import closed_hosts
from fediunion.union.affiliation.models import Affiliation, AffiliationStatus
from fediunion.union.affiliation.queries import list_relations, our_union
from fediunion.union.directory.models import DescribedUnion
from fediunion.union.vacancies.models import OPEN_STATES, Vacancy, VacancySource

_SHOWN: Final = (AffiliationStatus.ACTIVE, AffiliationStatus.SUSPENDED)


@dataclass(frozen=True)
class Tie:
    """A relation that both unions confirmed: the child's id, the parent's, what it is, and how it stands."""

    child: str
    parent: str
    kind: str
    label: str
    is_suspended: bool
    since: datetime | None


@dataclass(frozen=True)
class KnownUnion:
    """A union of the network: `uri` is its actor, `page` what people open; "" for what is not known of it."""

    uri: str
    host: str
    name: str
    page: str
    is_ours: bool
    level: str = ""
    sector: str = ""
    region: str = ""
    open_vacancies: int = 0


@dataclass(frozen=True)
class Network:
    """Our union first, then the others from near to far; and what ties them, each by the ids of its ends."""

    unions: Sequence[KnownUnion]
    ties: Sequence[Tie]
    left_out: int = 0


def network_of(session: Session, *, most: int) -> Network:
    """Return the unions that confirmed relations connect with ours, the nearest `most`, and their relations.

    What is only offered or has ended is not in it, nor what leads nowhere near us, nor relations between
    others where one is on a server that a rule keeps out.
    """
    own = our_union(session)
    ties = _public_ties(session, own.uri)
    order = _by_distance(own.uri, ties)
    shown = set(order[:most])
    between = [tie for tie in ties if tie.child in shown and tie.parent in shown]
    return Network(_known(session, own, order[:most]), between, max(len(order) - most, 0))


def other_unions(session: Session) -> Sequence[str]:
    """Return the ids of the other unions that are shown to anybody, from near to far."""
    own = our_union(session).uri
    return _by_distance(own, _public_ties(session, own))[1:]


def open_vacancies_by_host(session: Session, hosts: Collection[str]) -> dict[str, int]:
    """Return how many public vacancies that are open boards on these servers have told of, by server."""
    rows = session.execute(
        select(Actor.host, func.count(Vacancy.id.distinct()))
        .join(VacancySource, VacancySource.board_id == Actor.id)
        .join(Vacancy, Vacancy.id == VacancySource.vacancy_id)
        .where(
            Actor.host.in_(sorted(hosts)),
            Vacancy.state.in_(OPEN_STATES),
            Vacancy.hidden.is_(False),
            Vacancy.audience == "public",
        )
        .group_by(Actor.host)
    )
    return {host: int(count) for host, count in rows}


def _public_ties(session: Session, own: str) -> list[Tie]:
    rows = list_relations(session, Affiliation.status.in_(_SHOWN))
    hosts = {host for row in rows if row.our_side is None for host in (row.child_host, row.parent_host)}
    closed = closed_hosts(session, hosts)
    return [
        Tie(
            row.child_uri,
            row.parent_uri,
            str(row.kind),
            row.label,
            row.status == AffiliationStatus.SUSPENDED,
            row.since,
        )
        for row in rows
        if row.our_side is not None or not {row.child_host, row.parent_host} & closed
    ]


def _by_distance(own: str, ties: Sequence[Tie]) -> list[str]:
    """Return the unions that ties lead to from `own`, itself first; suspended ones lead on too."""
    neighbours: dict[str, set[str]] = {}
    for tie in ties:
        neighbours.setdefault(tie.child, set()).add(tie.parent)
        neighbours.setdefault(tie.parent, set()).add(tie.child)
    order, seen = [own], {own}
    for union in order:
        following = sorted(neighbours.get(union, set()) - seen)
        seen.update(following)
        order += following
    return order


def _known(session: Session, own: Actor, uris: Sequence[str]) -> list[KnownUnion]:
    actors = {row.uri: row for row in session.scalars(select(Actor).where(Actor.uri.in_(uris)))}
    said = {
        row.uri: row for row in session.scalars(select(DescribedUnion).where(DescribedUnion.uri.in_(uris)))
    }
    counted = Counter(open_vacancies_by_host(session, {authority_of(uri) for uri in uris}))
    instance = settings_of(session).instance
    found = []
    for uri in uris:
        actor, description, host = actors.get(uri), said.get(uri), authority_of(uri)
        gone = actor is None or actor.deleted_at is not None or actor.suspended_at is not None
        ours = uri == own.uri
        found.append(
            KnownUnion(
                uri=uri,
                host=host,
                name=(actor.display_name if actor is not None and not gone else "") or host,
                page=(actor.url if actor is not None and not gone else None) or uri,
                is_ours=ours,
                level=str(instance.level) if ours else description.level if description else "",
                sector=instance.sector if ours else description.sector if description else "",
                region=str(instance.region) if ours else description.region if description else "",
                open_vacancies=counted[host],
            )
        )
    return found
