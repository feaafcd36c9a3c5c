"""Reads for officers: our relations, and each server with a way to us, with trust and health."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.kit.errors import NotFound
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import authority_of
from fediunion.outbox.queries import list_peers
from fediunion.social.posts.models import Post
from fediunion.union.affiliation.graph import DEFAULTS, Edge
from fediunion.union.affiliation.models import (
    Affiliation,
    AffiliationKind,
    AffiliationStatus,
    Trust,
    TrustSetting,
)
from fediunion.union.affiliation.queries import active_edges, flags_of, list_our_relations, our_union
from fediunion.union.affiliation.queries import list_trusted_peers as trusted_peers
from fediunion.union.affiliation.service.foreseeing import Change, gained_with, lost_without
from fediunion.union.affiliation.service.parts import IN_FORCE, peer_uri_of
from fediunion.union.vacancies.models import VacancySource


@dataclass(frozen=True)
class Relation:
    """A relation of ours with the other union's name, and whose turn it is."""

    row: Affiliation
    name: str
    host: str
    waits_for_us: bool


@dataclass(frozen=True)
class Peer:
    """A server that relations lead to, or led to.

    `trust` is what it may share now, `decided` what an officer decided of that, None where its relations
    say it; `through` are the names of the unions on the way to it. `health` is as `list_peers` gives it.
    """

    host: str
    name: str
    hops: int
    through: Sequence[str]
    trust: frozenset[Trust]
    decided: frozenset[Trust] | None
    health: JsonObject
    posts: int
    vacancies: int
    relations: Sequence[Relation] = field(default_factory=list)


@dataclass(frozen=True)
class Foreseen:
    """A union, and what is shared with it only with a relation."""

    name: str
    host: str
    trust: frozenset[Trust]


def relations_of(session: Session) -> list[Relation]:
    """Return our relations: what waits for us first, then those in force, then the rest."""
    rows = list_our_relations(session)
    names = names_of(session, [peer_uri_of(row) for row in rows])
    found = [
        Relation(
            row,
            names[peer_uri_of(row)],
            authority_of(peer_uri_of(row)),
            row.status == AffiliationStatus.OFFERED and row.offered_by != row.our_side,
        )
        for row in rows
    ]
    order = {AffiliationStatus.OFFERED: 1, AffiliationStatus.ENDED: 3}
    return sorted(
        found,
        key=lambda each: (not each.waits_for_us, order.get(AffiliationStatus(each.row.status), 2), each.host),
    )


def get_relation(session: Session, number: int) -> Relation:
    """Return a relation of ours by its number. Raises NotFound."""
    found = next((each for each in relations_of(session) if each.row.id == number), None)
    if found is None:
        raise NotFound("There is no such relation.")
    return found


def peers_of(session: Session) -> list[Peer]:
    """Return each server with a way to ours or a relation with it, the nearest first, in a few statements."""
    relations = relations_of(session)
    trusted = {row.host: row for row in trusted_peers(session)}
    hosts = list(dict.fromkeys([*trusted, *(each.host for each in relations)]))
    health = {str(each["host"]): each for each in list_peers(session)}
    decided = {row.host: flags_of(row) for row in session.scalars(select(TrustSetting))}
    ways = _ways(our_union(session).uri, active_edges(session))
    uris = {row.host: row.union_uri for row in trusted.values()}
    uris |= {each.host: peer_uri_of(each.row) for each in relations if each.host not in uris}
    on_ways = [uri for way in ways.values() for uri in way]
    names = names_of(session, [*uris.values(), *on_ways])
    posts, vacancies = _posts_by_host(session, hosts), _vacancies_by_host(session, hosts)
    return [
        Peer(
            host=host,
            name=names[uris[host]],
            hops=trusted[host].hops if host in trusted else 0,
            through=[names[uri] for uri in ways.get(uris[host], ())],
            trust=flags_of(trusted[host]) if host in trusted else frozenset(),
            decided=decided.get(host),
            health=health.get(host, {}),
            posts=posts.get(host, 0),
            vacancies=vacancies.get(host, 0),
            relations=[each for each in relations if each.host == host],
        )
        for host in hosts
    ]


def get_peer(session: Session, host: str) -> Peer:
    """Return one of `peers_of`. Raises NotFound."""
    found = next((each for each in peers_of(session) if each.host == host), None)
    if found is None:
        raise NotFound("No relation leads to this server.")
    return found


def default_trust(peer: Peer) -> frozenset[Trust]:
    """Return what a peer may share by default: by its relations in force, or as the affiliate of others."""
    kinds = [each.row.kind for each in peer.relations if each.row.status == AffiliationStatus.ACTIVE]
    if peer.through:
        kinds.append(AffiliationKind.AFFILIATE)
    return frozenset().union(*(DEFAULTS[kind] for kind in kinds))


def foresee(session: Session, row: Affiliation) -> list[Foreseen]:
    """Return with whom something is shared only with this relation: lost without it, or gained with it."""
    changes: list[Change] = (
        lost_without(session, row) if row.status in IN_FORCE else gained_with(session, row)
    )
    names = names_of(session, [each.union_uri for each in changes])
    return [Foreseen(names[each.union_uri], authority_of(each.union_uri), each.trust) for each in changes]


def names_of(session: Session, uris: Sequence[str]) -> dict[str, str]:
    """Return what the unions with these ids are called: their names, else their servers."""
    rows = session.execute(select(Actor.uri, Actor.display_name).where(Actor.uri.in_(sorted(set(uris)))))
    return {uri: authority_of(uri) for uri in uris} | {uri: name for uri, name in rows if name}


def _ways(own: str, edges: Sequence[Edge]) -> dict[str, list[str]]:
    """Return for each union behind others which ones a shortest way of affiliations leads through."""
    neighbours: dict[str, set[str]] = {}
    for edge in edges:
        if edge.kind == AffiliationKind.AFFILIATE:
            neighbours.setdefault(edge.child, set()).add(edge.parent)
            neighbours.setdefault(edge.parent, set()).add(edge.child)
    ways: dict[str, list[str]] = {own: []}
    waiting = deque([own])
    while waiting:
        union = waiting.popleft()
        for other in sorted(neighbours.get(union, set()) - set(ways)):
            ways[other] = [*ways[union], union] if union != own else []
            waiting.append(other)
    return ways


def _posts_by_host(session: Session, hosts: Sequence[str]) -> dict[str, int]:
    rows = session.execute(
        select(Actor.host, func.count(Post.id))
        .join(Post, Post.author_id == Actor.id)
        .where(Actor.host.in_(hosts), Actor.local.is_(False))
        .group_by(Actor.host)
    )
    return {host: int(count) for host, count in rows}


def _vacancies_by_host(session: Session, hosts: Sequence[str]) -> dict[str, int]:
    rows = session.execute(
        select(Actor.host, func.count(VacancySource.id))
        .join(VacancySource, VacancySource.board_id == Actor.id)
        .where(Actor.host.in_(hosts), Actor.local.is_(False))
        .group_by(Actor.host)
    )
    return {host: int(count) for host, count in rows}
