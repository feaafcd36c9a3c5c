"""The job that turns a published activity into one delivery for each inbox."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, cast

import orjson
from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from fediunion.activitypub.jsonparse import JsonObject
from fediunion.activitypub.proofs import add_proof
from fediunion.actors.domains import is_blocked
from fediunion.actors.models import Actor, DomainRule, Instance
from fediunion.actors.signing import proof_key_of
from fediunion.config import FederationMode
from fediunion.db import announce, now_of, settings_of
from fediunion.db.known_uris import insert_ignoring
from fediunion.db.prepared import select_rows
from fediunion.jobs.crash import crash_point
from fediunion.jobs.run import JobHandler
from fediunion.kit.errors import BadDocument, NotFound
from fediunion.kit.ids import new_id
from fediunion.kit.urls import parse_remote_url, registrable_domain
from fediunion.outbox.health import DELIVERIES
from fediunion.outbox.models import Delivery, DeliveryState, OutboxActivity
from fediunion.outbox.publish import AudienceExpander, Inbox, Recipients
from fediunion.outbox.schedule import Schedule
from fediunion.world import World

INBOXES_AT_ONCE: Final = 1000

_ACTORS_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Target:
    """An inbox that a delivery goes to, and the server it is on."""

    url: str
    host: str


def fan_out_job(audiences: Mapping[str, AudienceExpander]) -> JobHandler:
    """Return the handler of "outbox.fan_out"; `audiences` are the expanders by name.

    It takes `{"activity_id": …}` and fans out that activity, after all earlier ones of its author that
    are still to fan out: a Delete must find the deliveries of its Create. Interrupted anywhere, it
    goes on where it stopped and makes nothing twice (L23).
    """

    async def fan_out(world: World, payload: JsonObject) -> None:
        activity_id = payload["activity_id"]
        assert isinstance(activity_id, int)
        for waiting in await world.db.read(_waiting, activity_id):
            proved = await _proved(world, waiting) if waiting.public else None
            after: str | None = ""
            while after is not None:
                after = await world.db.write(_fan_out_portion, audiences, waiting.id, after, proved)
                if after is not None:
                    crash_point("fan_out_between_batches")

    return fan_out


class _Waiting(NamedTuple):
    """An activity that is still to fan out."""

    id: int
    actor_id: int
    public: bool
    body: str


_OUTBOX = cast("Table", OutboxActivity.__table__)
_ASKED_FOR = _OUTBOX.alias()
_WAITING: Final = (
    select(_OUTBOX.c.id, _OUTBOX.c.actor_id, _OUTBOX.c.public, _OUTBOX.c.body)
    .where(
        _OUTBOX.c.actor_id
        == select(_ASKED_FOR.c.actor_id).where(_ASKED_FOR.c.id == bindparam("last")).scalar_subquery(),
        _OUTBOX.c.id <= bindparam("last"),
        _OUTBOX.c.fanned_out_at.is_(None),
    )
    .order_by(_OUTBOX.c.id)
)


def _waiting(session: Session, activity_id: int) -> list[_Waiting]:
    return [_Waiting(*row) for row in select_rows(session, _WAITING, {"last": activity_id})]


async def _proved(world: World, waiting: _Waiting) -> str | None:
    """Return the body with its FEP-8b32 proof; None where it has one, or its author no key for it.

    Signing takes less time (Ed25519) than the way to another thread.
    """
    if '"proof":' in waiting.body:
        return None
    try:
        key, key_uri = await proof_key_of(world, waiting.actor_id)
    except NotFound:
        # An actor without such a key can publish all the same; proofs are an addition.
        return None
    return orjson.dumps(add_proof(orjson.loads(waiting.body), key, key_uri, world.clock.now())).decode()


def _has_deliveries(session: Session, activity_id: int) -> bool:
    found = session.scalar(select(Delivery.id).where(Delivery.activity_id == activity_id).limit(1))
    return found is not None


def _fan_out_portion(
    session: Session,
    audiences: Mapping[str, AudienceExpander],
    activity_id: int,
    after: str,
    proved: str | None = None,
) -> str | None:
    """Insert the deliveries whose inboxes sort after `after`; return the last, None when all are there.

    The audience is read in the unit that inserts: who was removed before gets nothing (V24). `proved` is
    the body with its proof, stored once, before anybody can be sent it.
    """
    row = session.get(OutboxActivity, activity_id)
    if row is None or row.fanned_out_at is not None:
        return None
    if proved is not None and not after and not _has_deliveries(session, activity_id):
        row.body = proved
    author = session.get_one(Actor, row.actor_id)
    targets = sorted(
        (each for each in _targets(session, audiences, row, author) if each.url > after),
        key=lambda target: target.url,
    )
    portion = targets[:INBOXES_AT_ONCE]
    _insert(session, row, portion)
    crash_point("fan_out_before_commit")
    if portion:
        announce(session, DELIVERIES)
    if len(portion) < len(targets):
        return portion[-1].url
    row.fanned_out_at = now_of(session)
    return None


def _targets(
    session: Session, audiences: Mapping[str, AudienceExpander], row: OutboxActivity, author: Actor
) -> set[Target]:
    recipients, shared = Recipients.from_json(row.recipients), bool(row.recipients["shared"])
    inboxes = [Inbox(url) for url in recipients.inboxes]
    inboxes += _inboxes_of(session, recipients.actor_ids)
    for expanded in recipients.expand:
        name, _, argument = expanded.partition(":")
        inboxes += audiences[name](session, author, argument)
    chosen = choose_inboxes(inboxes, shared=shared, public=row.public)
    closed = _closed_hosts(session, {each.host for each in chosen})
    return {target for target in chosen if target.host not in closed}


def _closed_hosts(session: Session, hosts: set[str]) -> set[str]:
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


def _insert(session: Session, row: OutboxActivity, targets: list[Target]) -> None:
    if not targets:
        return
    now = now_of(session)
    expires_at = Schedule(settings_of(session)).expires_at(row.created_at, patient=row.patient)
    hosts = sorted({target.host for target in targets})
    known = set(session.scalars(select(Instance.host).where(Instance.host.in_(hosts))))
    insert_ignoring(
        session,
        Instance,
        [{"id": new_id(), "host": host, "first_seen_at": now} for host in hosts if host not in known],
    )
    insert_ignoring(
        session,
        Delivery,
        [
            {
                "id": new_id(),
                "activity_id": row.id,
                "actor_id": row.actor_id,
                "inbox_url": target.url,
                "host": target.host,
                "state": DeliveryState.PENDING,
                "next_attempt_at": now,
                "expires_at": expires_at,
                "created_at": now,
            }
            for target in targets
        ],
    )
