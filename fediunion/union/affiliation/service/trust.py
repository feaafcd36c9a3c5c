"""What servers may share with us: made anew from the relations whenever one of them changes."""

from collections.abc import Collection

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, Instance
from fediunion.actors.service.remote import ensure_instance
from fediunion.db import announce, emit, now_of
from fediunion.kit.urls import authority_of
from fediunion.outbox.inboxes import closed_hosts
from fediunion.social.moderation.audit import record_audit
from fediunion.union.affiliation.documents import network_uri_of
from fediunion.union.affiliation.events import TrustChanged
from fediunion.union.affiliation.graph import Edge, Reached, reach
from fediunion.union.affiliation.models import Trust, TrustedPeer, TrustSetting
from fediunion.union.affiliation.queries import active_edges, find_trust_setting, flags_of, our_union
from fediunion.world import CHANGED


def renew_trust(session: Session) -> None:
    """Make what servers may share from the relations and decisions as they are now.

    Those that a rule keeps out share nothing, and are no way to others.
    """
    own = our_union(session)
    # One at a time: two units that renew at once would each make the row of a new server.
    session.execute(select(Actor.id).where(Actor.id == own.id).with_for_update())
    edges = active_edges(session)
    decided = decided_by_host(session, own.host, edges)
    reached = reach(own.uri, edges, lambda uri: decided.get(authority_of(uri)))
    now = _by_host(reached)
    before = {each.host: each for each in session.scalars(select(TrustedPeer))}
    lost = {
        host
        for host, row in before.items()
        if host not in now or flags_of(row) - frozenset(now[host][1].trust)
    }
    gained = {
        host
        for host, (_, found) in now.items()
        if host not in before or frozenset(found.trust) - flags_of(before[host])
    }
    for host, (uri, found) in now.items():
        row = before.get(host)
        if row is None:
            row = TrustedPeer(host=host)
            session.add(row)
        row.union_uri, row.hops = uri, found.hops
        row.vacancies, row.calls, row.network = (trust in found.trust for trust in Trust)
    gone = [row.id for host, row in before.items() if host not in now]
    if gone:
        session.execute(
            delete(TrustedPeer).where(TrustedPeer.id.in_(gone)).execution_options(synchronize_session="fetch")
        )
    _tell_posts(session, {host: uri for host, (uri, found) in now.items() if Trust.NETWORK in found.trust})
    if lost or gained:
        session.flush()
        emit(session, TrustChanged(frozenset(lost), frozenset(gained)))


def decide_trust(session: Session, host: str, trust: Collection[Trust] | None, *, by: str) -> None:
    """Let a server share just this, whatever its relations say by default; None: what they say.

    It holds for a server that a path of relations leads to, and as long as one does. `by` is who decides,
    for the log.
    """
    chosen = "default" if trust is None else ", ".join(sorted(trust)) or "nothing"
    record_audit(session, by=by, action="affiliation.trust", subject=host, reason=chosen)
    setting = find_trust_setting(session, host)
    if trust is None:
        if setting is not None:
            session.delete(setting)
            session.flush()
    else:
        if setting is None:
            setting = TrustSetting(host=host)
            session.add(setting)
        setting.vacancies, setting.calls, setting.network = (each in trust for each in Trust)
        setting.updated_at = now_of(session)
    renew_trust(session)


def decided_by_host(session: Session, own: str, edges: Collection[Edge]) -> dict[str, frozenset[Trust]]:
    """Return what was decided about servers, whatever their relations say; nothing for whom a rule keeps out.

    `own` is our server, `edges` the relations whose servers are meant.
    """
    decided = {each.host: flags_of(each) for each in session.scalars(select(TrustSetting))}
    hosts = {authority_of(uri) for edge in edges for uri in (edge.child, edge.parent)} - {own}
    return decided | dict.fromkeys(closed_hosts(session, hosts), frozenset())


def _by_host(reached: dict[str, Reached]) -> dict[str, tuple[str, Reached]]:
    """Return the closest union of each server, with what all of that server may share."""
    found: dict[str, tuple[str, Reached]] = {}
    for uri, one in sorted(reached.items(), key=lambda item: (item[1].hops, item[0])):
        host = authority_of(uri)
        if host in found:
            found[host][1].trust |= one.trust
        else:
            found[host] = (uri, Reached(one.hops, set(one.trust)))
    return found


def _tell_posts(session: Session, unions: dict[str, str]) -> None:
    """Note at each server which collection stands for its network, where it may share that with us."""
    for host in unions:
        ensure_instance(session, host)
    session.execute(
        update(Instance)
        .where(Instance.network_uri.is_not(None), Instance.host.not_in(list(unions)))
        .values(network_uri=None)
    )
    for host, uri in unions.items():
        session.execute(update(Instance).where(Instance.host == host).values(network_uri=network_uri_of(uri)))
    announce(session, CHANGED, "posts")
