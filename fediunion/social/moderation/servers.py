"""Decisions about other servers, and what follows from them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.domains import (
    is_blocked,
    names_covering,
    normalise_host,
    remove_domain_rule,
    set_domain_rule,
)
from fediunion.actors.events import DomainRuleChanged
from fediunion.actors.models import Actor, DomainAction, DomainRule
from fediunion.db import announce
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.sentences import Sentence
from fediunion.outbox.models import Delivery
from fediunion.social.follows.models import Follow
from fediunion.social.moderation.audit import AUTOMATIC, record_audit
from fediunion.social.notifications.events import DomainFloods
from fediunion.social.notifications.floods import MOST_NOTIFIED
from fediunion.world import CHANGED

SEVER_HOSTS = "moderation.sever_hosts"
PURGE_HOST = "moderation.purge_host"


def decide_on_host(
    session: Session,
    host: str,
    action: DomainAction,
    *,
    by: str,
    reason: str = "",
    private_reason: str = "",
    purge: bool = False,
) -> DomainRule:
    """Block, silence or allow a server and its sub-domains; return the rule.

    `reason` is shown to members, `private_reason` to administrators only.

    A block ends the follows both ways and gives up what waits to be delivered. With `purge` everything of
    a blocked server is removed for good. Raises Invalid for no host, our own, or a purge without a block.
    """
    if purge and action is not DomainAction.BLOCK:
        raise Invalid(Sentence("Only a blocked server can be purged."), field="purge")
    rule = set_domain_rule(session, host, action, reason, private_reason=private_reason)
    if purge:
        enqueue(session, PURGE_HOST, key=f"purge:{rule.host}", host=rule.host)
    done = f"host.{action}" + (".purge" if purge else "")
    record_audit(session, by=by, action=done, subject=rule.host, reason=reason)
    return rule


def forget_decision(session: Session, host: str, *, by: str, reason: str = "") -> None:
    """Remove the rule about a server. Raises NotFound where there is none, Invalid for no host."""
    if not remove_domain_rule(session, host):
        raise NotFound("There is no rule about this server.")
    record_audit(session, by=by, action="host.forget", subject=normalise_host(host), reason=reason)


def follow_decision(session: Session, event: DomainRuleChanged) -> None:
    """Reaction: however a rule was made, a block has its consequences."""
    announce(session, CHANGED, "posts")
    if event.action == DomainAction.BLOCK:
        enqueue(session, SEVER_HOSTS, key=f"sever:{event.host}", host=event.host)


def note_floods(session: Session, event: DomainFloods) -> None:
    """Reaction: it is in the log whose mentions are heard by followers only, and why (row A37)."""
    reason = f"{event.number} posts within a day named more than {MOST_NOTIFIED} members"
    record_audit(session, by=AUTOMATIC, action="host.floods", subject=event.domain, reason=reason)


def list_blocked_hosts(session: Session) -> Sequence[str]:
    """Return the hosts of known remote actors that are blocked now, as the ids have them."""
    hosts = session.scalars(select(Actor.host).where(Actor.local.is_(False)).distinct()).all()
    return [host for host in hosts if is_blocked(session, host)]


def list_hosts_under(session: Session, rule_host: str) -> Sequence[str]:
    """Return the blocked hosts of known remote actors that a rule for `rule_host` is about."""
    name = rule_host.lower()
    return [host for host in list_blocked_hosts(session) if name in names_covering(host)]


@dataclass(frozen=True)
class Severed:
    """What a block of a server would end: numbers as they are now; `waiting` deliveries would be given up."""

    servers: int
    accounts: int
    followed: int
    followers: int
    waiting: int


def severed_by(session: Session, host: str) -> Severed:
    """Return what a block of `host`, with the servers below it, would end. Raises Invalid for no host."""
    name = normalise_host(host)
    return severed_by_each(session, [name])[name]


def severed_by_each(session: Session, names: Collection[str]) -> dict[str, Severed]:
    """Return what a block of each of these hosts would end by itself, in a fixed number of statements.

    `names` are hosts as `normalise_host` gives them.
    """
    known = session.scalars(select(Actor.host).where(Actor.local.is_(False)).distinct()).all()
    covered = {host: [name for name in names_covering(host) if name in names] for host in known}
    hosts = [host for host, above in covered.items() if above]
    number = func.count()
    there = (
        select(Actor.host, number).where(Actor.host.in_(hosts), Actor.local.is_(False)).group_by(Actor.host)
    )
    waiting = (
        select(Delivery.host, number)
        .where(Delivery.host.in_(hosts), Delivery.finished_at.is_(None))
        .group_by(Delivery.host)
    )
    statements = (
        there.where(Actor.deleted_at.is_(None)),
        there.join(Follow, Follow.followed_id == Actor.id),
        there.join(Follow, Follow.follower_id == Actor.id),
        waiting,
    )
    totals = {name: [0] * (1 + len(statements)) for name in names}
    for host in hosts:
        for name in covered[host]:
            totals[name][0] += 1
    for place, statement in enumerate(statements, start=1):
        for host, counted in session.execute(statement):
            for name in covered[host]:
                totals[name][place] += counted
    return {name: Severed(*total) for name, total in totals.items()}
