"""The row of an activity that goes out, and the job that sends it."""

import secrets
from collections.abc import Mapping
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, case, func, insert, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.db.prepared import insert_row_returning
from fediunion.jobs.queue import enqueue
from fediunion.kit.ids import new_id
from fediunion.outbox.models import OutboxActivity

FAN_OUT: Final = "outbox.fan_out"

_GAP_BITS: Final = 16
_OUTBOX: Final = cast("Table", OutboxActivity.__table__)
_NEW_ID: Final = bindparam("new_id", type_=_OUTBOX.c.id.type)
_LAST: Final = (
    select(func.max(_OUTBOX.c.id)).where(_OUTBOX.c.actor_id == bindparam("author_id")).scalar_subquery()
)
# Activities go out in the order of their ids, and that is the order in which they were published, even
# where the clock of one machine is behind that of another (L18). The gap is random, for two machines may
# ask for the last one in the same moment.
_INSERT: Final = (
    insert(_OUTBOX)
    .values(id=case((_LAST >= _NEW_ID, _LAST + bindparam("gap", type_=_NEW_ID.type)), else_=_NEW_ID))
    .returning(_OUTBOX.c.id)
)


def store_activity(
    session: Session,
    actor: Actor,
    *,
    uri: str,
    activity_type: str,
    object_uri: str | None,
    body: str,
    recipients: Mapping[str, Any],
    public: bool,
    patient: bool,
    digest: bytes = b"",
) -> None:
    """Store an OutboxActivity that `actor` sends, after all earlier ones, and have it sent once committed."""
    row = {
        "new_id": new_id(),
        "gap": 1 + secrets.randbits(_GAP_BITS),
        "uri": uri,
        "digest": digest,
        "actor_id": actor.id,
        "author_id": actor.id,
        "activity_type": activity_type,
        "object_uri": object_uri,
        "body": body,
        "recipients": recipients,
        "public": public,
        "patient": patient,
        "created_at": now_of(session),
        "fanned_out_at": None,
    }
    enqueue(session, FAN_OUT, activity_id=insert_row_returning(session, _INSERT, row))
