"""From recipients to inboxes: which there are, and which of them get nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.domains import is_blocked
from fediunion.actors.models import Actor, DomainRule
from fediunion.config import FederationMode
from fediunion.db import settings_of
from fediunion.kit.errors import BadDocument
from fediunion.kit.urls import parse_remote_url, registrable_domain
from fediunion.outbox.publish import AudienceExpander, Inbox, Recipients

_ACTORS_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Target:
    """An inbox that a delivery goes to, and the server it is on."""

    url: str
    host: str


def targets_of(
    session: Session,
    audiences: Mapping[str, AudienceExpander],
    author: Actor,
    stored: Mapping[str, Any],
    *,
    public: bool,
) -> list[Target]:
    """Return where an activity of `author` goes now, in the order of addresses.

    `stored` are its recipients as `Recipients.to_json` wrote them.
    """
    recipients, shared = Recipients.from_json(stored), bool(stored["shared"])
    inboxes = [Inbox(url) for url in recipients.inboxes]
    inboxes += _inboxes_of(session, recipients.actor_ids)
    for expanded in recipients.expand:
        name, _, argument = expanded.partition(":")
        inboxes += audiences[name](session, author, argument)
    chosen = choose_inboxes(inboxes, shared=shared, public=public)
    closed = closed_hosts(session, {each.host for each in chosen})
    return sorted((each for each in chosen if each.host not in closed), key=lambda target: target.url)


def closed_hosts(session: Session, hosts: set[str]) -> set[str]:
    """Return which of `hosts` get nothing: ourselves and who is blocked, all when we do not federate."""
    settings = settings_of(session)
    if settings.federation.mode is FederationMode.OFF:
        return hosts
    own = hosts & settings.authority
    others = hosts - own
    if others and settings.federation.mode is FederationMode.OPEN:
        # One question for all, so that only those are looked at closely whom some rule may mean.
        names = {name for host in others for name in _domains_above(host)}
        ruled = set(session.scalars(select(DomainRule.host).where(DomainRule.host.in_(sorted(names)))))
        others = {host for host in others if not ruled.isdisjoint(_domains_above(host))}
    return own | {host for host in others if is_blocked(session, host)}


def _domains_above(host: str) -> list[str]:
    """Return every name that a rule about `host[:port]` may have, itself included."""
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    labels = name.split(".")
    return [host, *(".".join(labels[start:]) for start in range(len(labels)))]


def choose_inboxes(inboxes: Iterable[Inbox], *, shared: bool, public: bool) -> set[Target]:
    """Return the distinct inboxes to deliver to; addresses that cannot be read are left out.

    With `shared`, recipients behind one shared inbox are reached through it. What is not public goes
    only to a shared inbox of the same host as the personal one, what is public also to one of
    the same registered domain: a server may name anybody's address as its shared inbox.
    """
    return set(_chosen(inboxes, shared=shared, public=public))


def _chosen(inboxes: Iterable[Inbox], *, shared: bool, public: bool) -> Iterator[Target]:
    for inbox in set(inboxes):
        try:
            own = parse_remote_url(inbox.url)
            common = parse_remote_url(inbox.shared_url) if shared and inbox.shared_url else own
        except BadDocument:
            continue
        trusted = common.origin == own.origin or (
            public and registrable_domain(common.host) == registrable_domain(own.host)
        )
        chosen = common if trusted else own
        yield Target(chosen.text, chosen.authority)


def _inboxes_of(session: Session, actor_ids: tuple[int, ...]) -> Iterator[Inbox]:
    for start in range(0, len(actor_ids), _ACTORS_AT_ONCE):
        rows = session.execute(
            select(Actor.inbox_url, Actor.shared_inbox_url).where(
                Actor.id.in_(actor_ids[start : start + _ACTORS_AT_ONCE]),
                Actor.local.is_(False),
                Actor.deleted_at.is_(None),
                Actor.suspended_at.is_(None),
            )
        )
        yield from (Inbox(url, shared_url) for url, shared_url in rows)
