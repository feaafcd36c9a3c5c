"""Which other servers we deal with: rules about them, and looking a server up among the rules."""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.actors.events import DomainRuleChanged
from fediunion.actors.models import DomainAction, DomainRule
from fediunion.config import FederationMode, Settings
from fediunion.db import announce, emit, now_of, settings_of
from fediunion.db.pages import paged
from fediunion.kit.errors import BadDocument, Invalid, NotFound
from fediunion.kit.pages import Page
from fediunion.kit.sentences import Sentence
from fediunion.kit.urls import parse_remote_url
from fediunion.world import CHANGED, World

CACHE: Final = "domains"
_CACHED_HOSTS: Final = 10_000
_CACHED_SECONDS: Final = 300.0


def normalise_host(text: str) -> str:
    """Return `host[:port]` as ids carry it: lower-case ASCII, no trailing dot, no default port of https.

    Takes an address, a host in any script and case, or `*.host`. Raises Invalid for anything else.
    """
    stripped = text.strip().removeprefix("*.").lstrip("@")
    try:
        url = parse_remote_url(stripped if "://" in stripped else f"https://{stripped}/")
    except BadDocument as error:
        raise Invalid(
            Sentence("%(text)s is not a host name.", text=repr(text.strip()[:100])),
            field="domain",
            reason="bad-host",
        ) from error
    return url.authority


def find_domain_action(session: Session, host: str) -> DomainAction | None:
    """Return what was decided about `host[:port]`: the rule that names it most closely, or None."""
    wanted = names_covering(host)
    rules = session.scalars(select(DomainRule).where(DomainRule.host.in_(wanted)))
    closest = min(rules, key=lambda rule: wanted.index(rule.host), default=None)
    return None if closest is None else DomainAction(closest.action)


def find_domain_actions(session: Session, hosts: Iterable[str]) -> dict[str, DomainAction]:
    """Return what was decided about each of these `host[:port]`, in one query; others are absent."""
    covering = {host: names_covering(host) for host in hosts}
    if not covering:
        return {}
    names = {name for wanted in covering.values() for name in wanted}
    rows = session.execute(select(DomainRule.host, DomainRule.action).where(DomainRule.host.in_(names)))
    actions = {host: DomainAction(action) for host, action in rows}
    closest = {
        host: next((name for name in wanted if name in actions), "") for host, wanted in covering.items()
    }
    return {host: actions[name] for host, name in closest.items() if name}


def is_blocked(session: Session, host: str) -> bool:
    """Return whether we have nothing to do with `host[:port]` or a domain above it.

    In allowlist mode that is everybody who was not allowed. Ourselves we never block. A text that is no host
    is blocked.
    """
    settings = settings_of(session)
    try:
        host = normalise_host(host)
    except Invalid:
        return True
    if host in settings.authority:
        return False
    action = find_domain_action(session, host)
    if settings.federation.mode is FederationMode.ALLOWLIST:
        return action in (None, DomainAction.BLOCK)
    return action is DomainAction.BLOCK


def list_domain_rules(session: Session) -> list[DomainRule]:
    """Return all rules by host."""
    return list(session.scalars(select(DomainRule).order_by(DomainRule.host)))


def page_of_domain_rules(session: Session, actions: Sequence[DomainAction], page: Page) -> list[DomainRule]:
    """Return the rules that do one of `actions`, the newest first."""
    statement = select(DomainRule).where(DomainRule.action.in_(list(actions)))
    return page.newest_first(list(session.scalars(paged(statement, DomainRule.id, page))))


def get_domain_rule(session: Session, rule_id: int, actions: Sequence[DomainAction]) -> DomainRule:
    """Return a rule that does one of `actions`. Raises NotFound."""
    rule = session.get(DomainRule, rule_id)
    if rule is None or rule.action not in actions:
        raise NotFound("There is no such rule.")
    return rule


def find_domain_rule(session: Session, host: str) -> DomainRule | None:
    """Return the rule that names just this host, or None. Raises Invalid."""
    name = rule_name(host, settings_of(session))
    return session.scalar(select(DomainRule).where(DomainRule.host == name))


async def host_blocked(world: World, host: str) -> bool:
    """Return what `is_blocked` says, remembered until a rule changes."""
    cache = world.cache(CACHE, _CACHED_HOSTS, _CACHED_SECONDS)
    return await cache.load(host, lambda: world.db.read(is_blocked, host))


def set_domain_rule(
    session: Session, host: str, action: DomainAction, reason: str = "", *, private_reason: str = ""
) -> DomainRule:
    """Make or change the rule for a server and its sub-domains; return it. Raises Invalid.

    A rule covers all ports; only in development does `host:port` mean that one alone.
    """
    settings = settings_of(session)
    name = rule_name(host, settings)
    if name in settings.authority:
        raise Invalid(Sentence("This is our own server."), field="domain", reason="own-host")
    rule = session.scalar(select(DomainRule).where(DomainRule.host == name))
    if rule is None:
        rule = DomainRule(host=name, action=action, reason=reason, created_at=now_of(session))
        session.add(rule)
    rule.action, rule.reason, rule.private_reason = action, reason, private_reason
    announce(session, CHANGED, CACHE)
    emit(session, DomainRuleChanged(name, action))
    return rule


def remove_domain_rule(session: Session, host: str) -> bool:
    """Remove the rule that names just this host; return whether there was one. Raises Invalid."""
    name = rule_name(host, settings_of(session))
    removed = session.execute(delete(DomainRule).where(DomainRule.host == name))
    announce(session, CHANGED, CACHE)
    emit(session, DomainRuleChanged(name, None))
    return bool(getattr(removed, "rowcount", 0))


def rule_name(host: str, settings: Settings) -> str:
    name = normalise_host(host)
    return name if settings.is_development else _without_port(name)


def names_covering(host: str) -> list[str]:
    """Return the names of rules that cover `host`, the closest first."""
    name = _without_port(host)
    labels = name.split(".")
    above = [name] if ":" in name else [".".join(labels[start:]) for start in range(len(labels))]
    return list(dict.fromkeys([host, *above]))


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[: host.find("]") + 1]
    return host.partition(":")[0]
