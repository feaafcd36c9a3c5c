"""Passing on what somebody elsewhere published: the same bytes, to the followers of one of ours."""

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import insert_ignoring, now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.ids import new_id
from fediunion.outbox.models import OutboxActivity
from fediunion.outbox.publish import FAN_OUT, FOLLOWERS, Recipients


def pass_on(
    session: Session, actor: Actor, *, uri: str, activity_type: str, object_uri: str | None, body: str
) -> None:
    """Have the activity `uri` sent to the followers of our `actor`, who signs; `body` is sent byte for byte.

    A proof in it stays valid that way. What was passed on before is left alone.
    Source: https://www.w3.org/TR/activitypub/#inbox-forwarding
    """
    row_id = new_id()
    row = {
        "id": row_id,
        "uri": uri,
        "actor_id": actor.id,
        "activity_type": activity_type,
        "object_uri": object_uri,
        "body": body,
        "recipients": Recipients(expand=(FOLLOWERS,)).to_json(shared=True),
        "public": False,
        "patient": activity_type == "Delete",
        "created_at": now_of(session),
    }
    insert_ignoring(session, OutboxActivity, [row])
    if session.get(OutboxActivity, row_id) is not None:
        enqueue(session, FAN_OUT, activity_id=row_id)
