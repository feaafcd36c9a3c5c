"""The job that turns published activities into one delivery for each inbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple, cast

import orjson
from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from fediunion.activitypub.proofs import add_proof
from fediunion.actors.models import Actor, Instance
from fediunion.actors.signing import proof_key_of
from fediunion.db import announce, insert_ignoring, now_of, settings_of
from fediunion.db.prepared import select_column, select_rows
from fediunion.jobs.crash import crash_point
from fediunion.jobs.handlers import BatchHandler, is_storage_away
from fediunion.kit.errors import NotFound
from fediunion.kit.ids import new_id
from fediunion.kit.json import JsonObject
from fediunion.outbox.health import DELIVERIES
from fediunion.outbox.inboxes import Target, targets_of
from fediunion.outbox.models import Delivery, DeliveryState, OutboxActivity
from fediunion.outbox.outgoing import Failed, Outgoing
from fediunion.outbox.publish import HOLDERS, NETWORK, SENT_TO, AudienceExpander
from fediunion.outbox.schedule import Schedule
from fediunion.world import World

INBOXES_AT_ONCE: Final = 1000

_ACTIVITIES_AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a unit came: `done` activities wholly, and the one that follows up to the inbox `after`."""

    done: int
    after: str = ""


def fan_out_job(audiences: Mapping[str, AudienceExpander]) -> BatchHandler:
    """Return the handler of "outbox.fan_out"; `audiences` are the expanders by name.

    It takes `{"activity_id": …}` many times and fans out these activities, each after all earlier ones of
    its author that are still to fan out: a Delete must find the deliveries of its Create. One that cannot
    be fanned out keeps back later ones about the same thing, and no others. Interrupted anywhere, it goes
    on where it stopped and makes nothing twice (L23).
    """

    async def fan_out(world: World, payloads: Sequence[JsonObject]) -> list[Exception | None]:
        asked = [_id_in(payload) for payload in payloads]
        failed = Failed()
        outgoing: list[Outgoing] = []
        for waiting in await world.db.read(_waiting, asked):
            about = frozenset((waiting.actor_id, uri) for uri in (waiting.uri, waiting.object_uri) if uri)
            each = Outgoing(waiting.id, about)
            async with failed.alone(each) as goes:
                if goes:
                    outgoing.append(replace(each, proved=await _proved(world, waiting)))
        try:
            await _fan_out_all(world, audiences, outgoing)
        except Exception as error:
            if is_storage_away(error):
                raise
            for each in outgoing:
                async with failed.alone(each) as goes:
                    if goes:
                        await _fan_out_all(world, audiences, [each])
        return [failed.errors.get(activity_id) for activity_id in asked]

    return BatchHandler(fan_out)


async def _fan_out_all(
    world: World, audiences: Mapping[str, AudienceExpander], outgoing: Sequence[Outgoing]
) -> None:
    progress = Progress(0)
    while outgoing:
        portion = outgoing[:_ACTIVITIES_AT_ONCE]
        progress = await world.db.write(_fan_out_portion, audiences, portion, progress.after)
        outgoing = outgoing[progress.done :]
        if outgoing:
            crash_point("fan_out_between_batches")


def _id_in(payload: JsonObject) -> int:
    activity_id = payload["activity_id"]
    assert isinstance(activity_id, int)
    return activity_id


class _Waiting(NamedTuple):
    """An activity that is still to fan out, as its row has it."""

    id: int
    actor_id: int
    uri: str
    object_uri: str | None
    public: bool
    body: str


_OUTBOX: Final = cast("Table", OutboxActivity.__table__)
_DELIVERY: Final = cast("Table", Delivery.__table__)
_SLOTS: Final = tuple(f"id_{slot}" for slot in range(_ACTIVITIES_AT_ONCE))
_asked_for = _OUTBOX.alias()
_last_of_each = (
    select(_asked_for.c.actor_id, func.max(_asked_for.c.id).label("last"))
    .where(_asked_for.c.id.in_([bindparam(slot) for slot in _SLOTS]))
    .group_by(_asked_for.c.actor_id)
    .subquery()
)
_WAITING: Final = (
    select(
        *(_OUTBOX.c.id, _OUTBOX.c.actor_id, _OUTBOX.c.uri, _OUTBOX.c.object_uri),
        *(_OUTBOX.c.public, _OUTBOX.c.body),
    )
    .join(_last_of_each, _last_of_each.c.actor_id == _OUTBOX.c.actor_id)
    .where(_OUTBOX.c.id <= _last_of_each.c.last, _OUTBOX.c.fanned_out_at.is_(None))
)
# Locked, in one order: another worker that does the same waits, and then finds it done.
_CHOSEN: Final = (
    select(
        *(_OUTBOX.c.id, _OUTBOX.c.actor_id, _OUTBOX.c.recipients),
        *(_OUTBOX.c.public, _OUTBOX.c.patient, _OUTBOX.c.created_at),
    )
    .where(_OUTBOX.c.id.in_([bindparam(slot) for slot in _SLOTS]), _OUTBOX.c.fanned_out_at.is_(None))
    .order_by(_OUTBOX.c.id)
    .with_for_update()
)
_HAVE_DELIVERIES: Final = (
    select(_DELIVERY.c.activity_id)
    .where(_DELIVERY.c.activity_id.in_([bindparam(slot) for slot in _SLOTS]))
    .distinct()
)
_PROVE: Final = update(_OUTBOX).where(_OUTBOX.c.id == bindparam("row_id")).values(body=bindparam("proved"))
_FINISH: Final = (
    update(_OUTBOX).where(_OUTBOX.c.id == bindparam("row_id")).values(fanned_out_at=bindparam("at"))
)


def _in_slots(ids: Sequence[int]) -> dict[str, int]:
    return dict(zip(_SLOTS, [*ids, *[ids[0]] * (len(_SLOTS) - len(ids))], strict=True))


def _waiting(session: Session, activity_ids: Sequence[int]) -> list[_Waiting]:
    """Return the activities with these ids, and what their authors published before, in order."""
    found: dict[int, _Waiting] = {}
    for start in range(0, len(activity_ids), _ACTIVITIES_AT_ONCE):
        asked = _in_slots(activity_ids[start : start + _ACTIVITIES_AT_ONCE])
        found |= {row[0]: _Waiting(*row) for row in select_rows(session, _WAITING, asked)}
    return [found[row_id] for row_id in sorted(found)]


async def _proved(world: World, waiting: _Waiting) -> str | None:
    """Return the body with its FEP-8b32 proof; None where it has one, is not public, or has no key for it.

    Signing takes less time (Ed25519) than the way to another thread.
    """
    if not waiting.public or '"proof":' in waiting.body:
        return None
    try:
        key, key_uri = await proof_key_of(world, waiting.actor_id)
    except NotFound:
        # An actor without such a key can publish all the same; proofs are an addition.
        return None
    return orjson.dumps(add_proof(orjson.loads(waiting.body), key, key_uri, world.clock.now())).decode()


class _Chosen(NamedTuple):
    """An activity that a unit fans out."""

    id: int
    actor_id: int
    recipients: dict[str, Any]
    public: bool
    patient: bool
    created_at: Any


def _fan_out_portion(
    session: Session, audiences: Mapping[str, AudienceExpander], outgoing: Sequence[Outgoing], after: str
) -> Progress:
    """Insert deliveries of up to 20 activities, of the first those whose inboxes sort after `after`.

    The audience is read in the unit that inserts: who was removed before gets nothing (V24). A body with
    its proof is stored once, before anybody can be sent it.
    """
    places = {each.id: place for place, each in enumerate(outgoing)}
    rows = [_Chosen(*row) for row in select_rows(session, _CHOSEN, _in_slots(list(places)))]
    if not rows:
        return Progress(len(outgoing))
    _store_proofs(session, outgoing, {row.id for row in rows})
    known: dict[tuple[Any, ...], list[Target]] = {}
    deliveries: list[tuple[_Chosen, Target]] = []
    stored = 0
    finished: list[int] = []
    progress = Progress(len(outgoing))
    for row in rows:
        if stored < len(deliveries) and _reads_deliveries(row):
            _insert(session, deliveries[stored:])
            stored = len(deliveries)
        targets = _targets(session, audiences, row, known)
        if after and row.id == outgoing[0].id:
            targets = [each for each in targets if each.url > after]
        room = INBOXES_AT_ONCE - len(deliveries)
        deliveries += [(row, target) for target in targets[:room]]
        if len(targets) > room:
            progress = Progress(places[row.id], targets[room - 1].url if room else "")
            break
        finished.append(row.id)
    _insert(session, deliveries[stored:])
    if finished:
        at = now_of(session)
        session.connection().execute(_FINISH, [{"row_id": row_id, "at": at} for row_id in finished])
    crash_point("fan_out_before_commit")
    if deliveries:
        announce(session, DELIVERIES)
    return progress


def _reads_deliveries(row: _Chosen) -> bool:
    """Return whether who gets an activity depends on who got earlier ones, of this unit maybe."""
    asking = (f"{HOLDERS}:", f"{SENT_TO}:", f"{NETWORK}:")
    return any(name.startswith(asking) for name in row.recipients["expand"])


def _store_proofs(session: Session, outgoing: Sequence[Outgoing], unfinished: set[int]) -> None:
    proved = {each.id: each.proved for each in outgoing if each.proved and each.id in unfinished}
    if proved:
        begun = set(select_column(session, _HAVE_DELIVERIES, _in_slots(list(proved))))
        bodies = [
            {"row_id": row_id, "proved": body} for row_id, body in proved.items() if row_id not in begun
        ]
        if bodies:
            session.connection().execute(_PROVE, bodies)


def _targets(
    session: Session,
    audiences: Mapping[str, AudienceExpander],
    row: _Chosen,
    known: dict[tuple[Any, ...], list[Target]],
) -> list[Target]:
    """Return where an activity goes; `known` are those of the unit so far: most go to the same."""
    key = (row.actor_id, row.public, orjson.dumps(row.recipients))
    if key not in known:
        author = session.get_one(Actor, row.actor_id)
        known[key] = targets_of(session, audiences, author, row.recipients, public=row.public)
    return known[key]


def _insert(session: Session, deliveries: Sequence[tuple[_Chosen, Target]]) -> None:
    if not deliveries:
        return
    now, schedule = now_of(session), Schedule(settings_of(session))
    hosts = sorted({target.host for _, target in deliveries})
    known = set(session.scalars(select(Instance.host).where(Instance.host.in_(hosts))))
    insert_ignoring(
        session,
        Instance,
        [{"id": new_id(), "host": host, "first_seen_at": now} for host in hosts if host not in known],
    )
    expiry = {row.id: schedule.expires_at(row.created_at, patient=row.patient) for row, _ in deliveries}
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
                "attempts": 0,
                "not_found": 0,
                "next_attempt_at": now,
                "expires_at": expiry[row.id],
                "last_status": None,
                "last_error": None,
                "created_at": now,
                "finished_at": None,
            }
            for row, target in deliveries
        ],
    )
