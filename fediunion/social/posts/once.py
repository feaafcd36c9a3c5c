"""Requests that come twice: what the first one made is shown again (row O24).

Source: https://docs.joinmastodon.org/methods/statuses/#create
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeVar, cast

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.db.prepared import insert_ignoring_into
from fediunion.kit.errors import FediUnionError
from fediunion.kit.ids import new_id
from fediunion.social.posts.models import IdempotencyKey
from fediunion.world import World

T = TypeVar("T")
_KEPT: Final = timedelta(hours=24)


class Overtaken(FediUnionError):
    """Another request with the same key was faster: what this one made is undone."""

    reason = "overtaken"


def find_made(session: Session, actor_id: int, key: str) -> IdempotencyKey | None:
    """Return what a request of this member with this key made."""
    statement = select(IdempotencyKey).where(
        IdempotencyKey.actor_id == actor_id, IdempotencyKey.key_hash == _hash_of(key)
    )
    return session.scalar(statement) if key else None


def keep_key(session: Session, actor_id: int, key: str, row_id: int, *, scheduled: bool = False) -> None:
    """Remember what a request with this key made; with `scheduled` it is no post yet.

    Raises Overtaken where another request with the same key was committed since this one began. Where it is
    about to be, this one waits for it.
    """
    if not key:
        return
    now = now_of(session)
    session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.actor_id == actor_id, IdempotencyKey.created_at < now - _KEPT
        )
    )
    session.flush()
    inserting = insert_ignoring_into(
        cast("Table", IdempotencyKey.__table__), session.get_bind().dialect.name
    ).returning(IdempotencyKey.id)
    row = {
        "id": new_id(),
        "actor_id": actor_id,
        "key_hash": _hash_of(key),
        "post_id": row_id,
        "scheduled": scheduled,
        "created_at": now,
    }
    if session.connection().execute(inserting, row).first() is None:
        raise Overtaken("Another request with this key was faster.")


async def write_once(world: World, unit: Callable[[Session], T]) -> T:
    """Return what `unit` gives, which keeps a key; where it is overtaken it runs again, and finds the key."""
    try:
        return await world.db.write(unit)
    except Overtaken:
        return await world.db.write(unit)


def _hash_of(key: str) -> str:
    return hashlib.sha256(key.encode("latin-1")).hexdigest()
