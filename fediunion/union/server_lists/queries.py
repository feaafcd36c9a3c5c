"""Reads: lists of ours that are published, lists that we follow, and what applying an entry would do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.domains import names_covering
from fediunion.actors.models import DomainAction, DomainRule
from fediunion.kit.errors import NotFound
from fediunion.social.moderation.server_lists import ListedRule, PreviewedRule, preview_rules
from fediunion.union.affiliation.models import AffiliationStatus
from fediunion.union.affiliation.queries import list_our_relations, list_trusted_peers
from fediunion.union.server_lists.models import (
    EntryState,
    FollowedList,
    ListEntryRow,
    ListName,
    PublishedList,
)


@dataclass(frozen=True)
class Previewed:
    """An entry with what it would end, and whether it is about a union of our network, or above one."""

    row: ListEntryRow
    rule: PreviewedRule
    is_affiliate: bool


def published_rules(session: Session, name: str) -> Sequence[DomainRule]:
    """Return the rules of a list of ours, by host. Raises NotFound for one that nobody published."""
    if session.scalar(select(PublishedList.id).where(PublishedList.name == name)) is None:
        raise NotFound("There is no such list.")
    actions = (
        (DomainAction.ALLOW,) if name == ListName.ALLOWED else (DomainAction.BLOCK, DomainAction.SILENCE)
    )
    return session.scalars(
        select(DomainRule).where(DomainRule.action.in_(actions)).order_by(DomainRule.host)
    ).all()


def list_followed(session: Session) -> Sequence[FollowedList]:
    """Return the lists that we follow, by address."""
    return session.scalars(select(FollowedList).order_by(FollowedList.url)).all()


def get_followed(session: Session, url: str) -> FollowedList:
    """Return a list that we follow. Raises NotFound."""
    found = session.scalar(select(FollowedList).where(FollowedList.url == url))
    if found is None:
        raise NotFound("This list is not followed.")
    return found


def entries_in(session: Session, followed: FollowedList, *states: EntryState) -> Sequence[ListEntryRow]:
    """Return the entries of a list, those in `states` where some are given, by host."""
    statement = select(ListEntryRow).where(ListEntryRow.list_id == followed.id).order_by(ListEntryRow.host)
    if states:
        statement = statement.where(ListEntryRow.state.in_(states))
    return session.scalars(statement).all()


def preview(session: Session, rows: Sequence[ListEntryRow]) -> list[Previewed]:
    """Return what entries would do now, in a fixed number of statements."""
    rules = [
        ListedRule(line, row.host, DomainAction(row.action), row.reason)
        for line, row in enumerate(rows, start=1)
    ]
    spared = spared_names(session)
    return [
        Previewed(row, found, is_spared(row.host, row.action, spared))
        for row, found in zip(rows, preview_rules(session, rules), strict=True)
    ]


def spared_names(session: Session) -> set[str]:
    """Return every name that a rule about a union of our network would have."""
    hosts = {row.host for row in list_trusted_peers(session)}
    for row in list_our_relations(session):
        if row.status != AffiliationStatus.ENDED:
            hosts |= {row.child_host, row.parent_host}
    return {name for host in hosts for name in names_covering(host)}


def is_spared(host: str, action: str, spared: Collection[str]) -> bool:
    """Return whether a rule would keep out, or limit, a union of our network."""
    return action != DomainAction.ALLOW and host in spared
