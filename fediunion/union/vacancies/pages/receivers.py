"""Which other servers hear of it when something is done with a vacancy: counted before it is done."""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.kit.errors import BadDocument
from fediunion.kit.urls import parse_remote_url
from fediunion.outbox.inboxes import closed_hosts
from fediunion.outbox.ledger import sent_to
from fediunion.outbox.publish import Inbox
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.receiving import followers_by_host
from fediunion.union.affiliation.network import network_inboxes
from fediunion.union.vacancies.audiences import hiring_halls
from fediunion.union.vacancies.models import Vacancy


def servers_of_news(session: Session, board: Actor, audience: str) -> Sequence[str]:
    """Return the servers that a new vacancy of a board would be sent to now, by name."""
    if audience == Audience.NETWORK:
        hosts = _hosts(network_inboxes(session, board, ""))
    else:
        hosts = {*followers_by_host(session, board.id), *_hosts(hiring_halls(session, board, ""))}
    return _open_ones(session, hosts)


def servers_that_hold(session: Session, board: Actor, vacancy: Vacancy) -> Sequence[str]:
    """Return the servers that a vacancy was sent to, by name: they hear of its end, and no others (I8)."""
    post = find_post(session, vacancy.post_id or 0)
    return [] if post is None else _open_ones(session, _hosts(sent_to(session, board, post.uri)))


def servers_of_change(session: Session, board: Actor, vacancy: Vacancy) -> Sequence[str]:
    """Return the servers that hear of a change: those that hold it, and those that would be sent it new."""
    both = {
        *servers_that_hold(session, board, vacancy),
        *servers_of_news(session, board, vacancy.audience),
    }
    return sorted(both)


def _open_ones(session: Session, hosts: set[str]) -> list[str]:
    return sorted(hosts - closed_hosts(session, hosts)) if hosts else []


def _hosts(inboxes: Iterable[Inbox]) -> set[str]:
    found = set()
    for inbox in inboxes:
        try:
            found.add(parse_remote_url(inbox.url).authority)
        except BadDocument:
            continue
    return found
