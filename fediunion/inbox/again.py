"""Processing once more what came too early to concern anybody here."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.inbox.collector import PROCESS_JOB
from fediunion.inbox.models import InboxActivity
from fediunion.jobs.queue import enqueue

LOOKED_BACK: Final = timedelta(days=1)
_MOST: Final = 2_000
_IN_ONE_JOB: Final = 100
_PUBLISHED: Final = ("Create", "Update")


def process_again(session: Session, hosts: Collection[str]) -> int:
    """Have what these servers published within a day, and what was ignored, processed again; return how much.

    What a server sends is in the order of each of its actors alone: what one publishes because of a new bond
    between two servers can come before the word of another that makes it. Whatever was done about an activity
    stays as it is.
    """
    if not hosts:
        return 0
    theirs = [
        InboxActivity.sender_uri.startswith(f"{scheme}://{host}/", autoescape=True)
        for host in sorted(hosts)
        for scheme in ("https", "http")
    ]
    ignored = (
        select(InboxActivity.id)
        .where(
            InboxActivity.received_at >= now_of(session) - LOOKED_BACK,
            InboxActivity.activity_type.in_(_PUBLISHED),
            InboxActivity.outcome.startswith("ignored: "),
            InboxActivity.body.is_not(None),
            or_(*theirs),
        )
        .order_by(InboxActivity.id.desc())
        .limit(_MOST)
    )
    ids = sorted(session.scalars(ignored))
    for start in range(0, len(ids), _IN_ONE_JOB):
        some = ids[start : start + _IN_ONE_JOB]
        waits = {"processed_at": None, "outcome": ""}
        session.execute(update(InboxActivity).where(InboxActivity.id.in_(some)).values(**waits))
        enqueue(session, PROCESS_JOB, ids=some)
    return len(ids)
