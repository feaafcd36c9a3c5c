"""A member erases the own account: which servers are told of it, and which have confirmed since."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.actors.domains import is_blocked
from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.db import now_of
from fediunion.kit.errors import NotFound
from fediunion.kit.ids import token_hash
from fediunion.kit.json import JsonObject
from fediunion.members.models import Member
from fediunion.members.service import delete_member
from fediunion.outbox.models import Delivery, DeliveryState, OutboxActivity
from fediunion.social.profiles.models import ErasureReceipt
from fediunion.social.profiles.telling import who_know
from fediunion.world import World

FORGET: Final = "profiles.forget_receipts"
KEPT: Final = timedelta(days=90)
"""As long as the outbox remembers what it gave up (outbox.ledger)."""


@dataclass(frozen=True)
class ToldServer:
    """A server that is told of an erasure. `tried_again_at` is when, while it has not confirmed."""

    host: str
    confirmed: bool
    given_up: bool
    tried_again_at: datetime | None


@dataclass(frozen=True)
class Erasure:
    """How far an erasure is."""

    erased_at: datetime
    servers: Sequence[ToldServer]


def servers_that_know(session: Session, actor: Actor) -> list[str]:
    """Return the servers that will be told when our actor is erased: all that may hold anything of it.

    A server that is blocked is sent nothing, and so is not among them.
    """
    hosts = {urlsplit(url).netloc for url in who_know(session, actor).inboxes}
    return sorted(host for host in hosts if not is_blocked(session, host))


def erase_account(session: Session, member_id: int) -> str:
    """Erase a member's account at its own wish; return the secret with which the receipt is seen.

    Raises NotAllowed for the last owner.
    """
    member = session.get_one(Member, member_id)
    actor = get_actor(session, member.actor_id)
    hosts = servers_that_know(session, actor)
    delete_member(session, member)
    session.flush()
    activity_id = session.scalar(
        select(OutboxActivity.id)
        .where(
            OutboxActivity.actor_id == actor.id,
            OutboxActivity.activity_type == "Delete",
            OutboxActivity.object_uri == actor.uri,
        )
        .order_by(OutboxActivity.id.desc())
        .limit(1)
    )
    secret = secrets.token_urlsafe(32)
    session.add(
        ErasureReceipt(
            key_hash=token_hash(secret), activity_id=activity_id, hosts=hosts, erased_at=now_of(session)
        )
    )
    return secret


def get_erasure(session: Session, secret: str) -> Erasure:
    """Return how far the erasure is of which somebody has the secret. Raises NotFound for any other text."""
    receipt = session.scalar(select(ErasureReceipt).where(ErasureReceipt.key_hash == token_hash(secret)))
    if receipt is None:
        raise NotFound("There is no such receipt.")
    rows = session.scalars(select(Delivery).where(Delivery.activity_id == receipt.activity_id)).all()
    by_host = {row.host: row for row in rows}
    activity = session.get(OutboxActivity, receipt.activity_id) if receipt.activity_id is not None else None
    waits = activity is not None and activity.fanned_out_at is None
    return Erasure(receipt.erased_at, [_told(host, by_host.get(host), waits=waits) for host in receipt.hosts])


async def forget(world: World, _payload: JsonObject) -> None:
    """Job: delete the receipts of erasures that are long over."""
    await world.db.write(_forget_old)


def _forget_old(session: Session) -> None:
    session.execute(delete(ErasureReceipt).where(ErasureReceipt.erased_at < now_of(session) - KEPT))


def _told(host: str, row: Delivery | None, *, waits: bool) -> ToldServer:
    if row is None:
        # What was delivered leaves the table after some days; before the fan-out nothing is in it yet.
        return ToldServer(host, confirmed=not waits, given_up=False, tried_again_at=None)
    given_up = row.state == DeliveryState.DEAD
    open_until = row.next_attempt_at if row.finished_at is None else None
    return ToldServer(host, row.state == DeliveryState.DELIVERED, given_up, open_until)
