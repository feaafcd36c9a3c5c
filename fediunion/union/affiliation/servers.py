"""Servers by their names: of inboxes, and those among them that we send to."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from fediunion.kit.errors import BadDocument
from fediunion.kit.urls import parse_remote_url
from fediunion.outbox.inboxes import closed_hosts
from fediunion.outbox.publish import Inbox


def open_ones(session: Session, hosts: set[str]) -> list[str]:
    """Return those of the servers to which anything is sent, in order."""
    return sorted(hosts - closed_hosts(session, hosts)) if hosts else []


def hosts_of(inboxes: Iterable[Inbox]) -> set[str]:
    """Return the servers of inboxes."""
    found = set()
    for inbox in inboxes:
        try:
            found.add(parse_remote_url(inbox.url).authority)
        except BadDocument:
            continue
    return found
