"""The job that turns a published activity into one delivery for each inbox."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import orjson
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fediunion.activitypub.jsonparse import JsonObject
from fediunion.activitypub.keys import PrivateKey
from fediunion.activitypub.proofs import add_proof
from fediunion.actors.domains import is_blocked
from fediunion.actors.models import Actor, DomainRule, Instance
from fediunion.actors.signing import find_proof_key
from fediunion.config import FederationMode
from fediunion.db import announce, now_of, settings_of
from fediunion.db.known_uris import insert_ignoring
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
        for row_id, public in await world.db.read(_waiting, activity_id):
            if public:
                await _prove(world, row_id)
            after: str | None = ""
            while after is not None:
                after = await world.db.write(_fan_out_portion, audiences, row_id, after)
                if after is not None:
                    crash_point("fan_out_between_batches")

    return fan_out


def _waiting(session: Session, activity_id: int) -> list[tuple[int, bool]]:
    author = select(OutboxActivity.actor_id).where(OutboxActivity.id == activity_id).scalar_subquery()
    rows = session.execute(
        select(OutboxActivity.id, OutboxActivity.public)
        .where(
            OutboxActivity.actor_id == author,
            OutboxActivity.id <= activity_id,
            OutboxActivity.fanned_out_at.is_(None),
        )
        .order_by(OutboxActivity.id)
    )
    return [(row.id, row.public) for row in rows]


async def _prove(world: World, activity_id: int) -> None:
    """Add the FEP-8b32 proof to the stored body, once, before anybody can be sent it."""
    loaded = await world.db.read(_to_prove, activity_id)
    if loaded is None:
        return
    body, key, key_uri = loaded
    now = world.clock.now()
    proved = await asyncio.to_thread(
        lambda: orjson.dumps(add_proof(orjson.loads(body), key, key_uri, now)).decode()
    )
    await world.db.write(_store_proved, activity_id, proved)


def _to_prove(session: Session, activity_id: int) -> tuple[str, PrivateKey, str] | None:
    row = session.get(OutboxActivity, activity_id)
    if row is None or '"proof":' in row.body or _has_deliveries(session, activity_id):
        return None
    try:
        return row.body, *find_proof_key(session, row.actor_id)
    except NotFound:
        # An actor without such a key can publish all the same; proofs are an addition.
        return None


def _has_deliveries(session: Session, activity_id: int) -> bool:
    found = session.scalar(select(Delivery.id).where(Delivery.activity_id == activity_id).limit(1))
    return found is not None


def _store_proved(session: Session, activity_id: int, body: str) -> None:
    if not _has_deliveries(session, activity_id):
        session.execute(
            update(OutboxActivity)
            .where(OutboxActivity.id == activity_id, OutboxActivity.fanned_out_at.is_(None))
            .values(body=body)
            .execution_options(synchronize_session=False)
        )


def _fan_out_portion(
    session: Session, audiences: Mapping[str, AudienceExpander], activity_id: int, after: str
) -> str | None:
    """Insert the deliveries whose inboxes sort after `after`; return the last, None when all are there.

    The audience is read in the unit that inserts: who was removed before gets nothing (V24).
    """
    row = session.get(OutboxActivity, activity_id)
    if row is None or row.fanned_out_at is not None:
        return None
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
    if settings.federation.mode is FederationMode.OPEN:
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
