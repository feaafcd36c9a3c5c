"""Which other servers hear of it when something is done with a vacancy: counted before it is done."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.outbox.ledger import sent_to
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.receiving import followers_by_host
from fediunion.union.affiliation.network import network_inboxes
from fediunion.union.affiliation.servers import hosts_of, open_ones
from fediunion.union.vacancies.audiences import hiring_halls
from fediunion.union.vacancies.models import Vacancy


def servers_of_news(session: Session, board: Actor, audience: str) -> Sequence[str]:
    """Return the servers that a new vacancy of a board would be sent to now, by name."""
    if audience == Audience.NETWORK:
        hosts = hosts_of(network_inboxes(session, board, ""))
    else:
        hosts = {*followers_by_host(session, board.id), *hosts_of(hiring_halls(session, board, ""))}
    return open_ones(session, hosts)


def servers_that_hold(session: Session, board: Actor, vacancy: Vacancy) -> Sequence[str]:
    """Return the servers that a vacancy was sent to, by name: they alone hear of its end (row I8)."""
    post = find_post(session, vacancy.post_id or 0)
    return [] if post is None else open_ones(session, hosts_of(sent_to(session, board, post.uri)))


def servers_of_change(session: Session, board: Actor, vacancy: Vacancy) -> Sequence[str]:
    """Return the servers that hear of a change: those that hold it, and those that would be sent it new."""
    both = {
        *servers_that_hold(session, board, vacancy),
        *servers_of_news(session, board, vacancy.audience),
    }
    return sorted(both)
