"""Passing on what somebody elsewhere published: the same bytes, to the followers of one of ours."""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.outbox.models import OutboxActivity
from fediunion.outbox.publish import FOLLOWERS, Recipients
from fediunion.outbox.storing import store_activity


def pass_on(
    session: Session, actor: Actor, *, uri: str, activity_type: str, object_uri: str | None, body: str
) -> None:
    """Have the activity `uri` sent to the followers of our `actor`, who signs; `body` is sent byte for byte.

    A proof in it stays valid that way. What the actor passed on before, in the same words, is left alone:
    other words under one id are another activity, as they are where they come in (`inbox/deliveries`).
    Source: https://www.w3.org/TR/activitypub/#inbox-forwarding
    """
    digest = hashlib.sha256(f"{actor.uri} {body}".encode()).digest()
    before = select(OutboxActivity.id).where(OutboxActivity.uri == uri, OutboxActivity.digest == digest)
    if session.scalar(before) is not None:
        return
    store_activity(
        session,
        actor,
        uri=uri,
        digest=digest,
        activity_type=activity_type,
        object_uri=object_uri,
        body=body,
        recipients=Recipients(expand=(FOLLOWERS,)).to_json(shared=True),
        public=False,
        patient=activity_type == "Delete",
    )
