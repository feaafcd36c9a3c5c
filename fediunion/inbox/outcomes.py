"""What became of an activity, and how that is written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.inbox.models import InboxActivity
from fediunion.kit.errors import FediUnionError, Irrelevant

_LONGEST: Final = 300
_USELESS: Final = ("refused: ", "not handled: ")
_INBOX = cast("Table", InboxActivity.__table__)
_RECORD = (
    update(_INBOX)
    .where(_INBOX.c.id == bindparam("row_id"))
    .values(processed_at=bindparam("at"), outcome=bindparam("what"))
)
_RECORD_AND_FORGET = _RECORD.values(body=None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an activity; `reason` is there where it was refused.

    `await_object`: it is about something elsewhere that we do not know yet, and waits for it.
    """

    text: str
    reason: str | None = None
    await_object: bool = False


def refusal(error: FediUnionError) -> Outcome:
    """Return the outcome of an activity that raised `error`; what is Irrelevant counts as no rejection."""
    if isinstance(error, Irrelevant):
        return Outcome(f"ignored: {error}")
    return Outcome(f"refused: {error}", error.reason)


def not_handled(activity_type: str, object_type: str = "") -> Outcome:
    """Return the outcome of an activity that no feature understands."""
    return Outcome(f"not handled: no rule for {activity_type}({object_type})")


def record_outcomes(session: Session, outcomes: Mapping[int, Outcome]) -> None:
    """Write down what became of activities, by the ids of their rows.

    What was refused, or nobody understands, is never looked at again: its text goes at once (row P26).
    """
    now = now_of(session)
    kept: list[dict[str, object]] = []
    useless: list[dict[str, object]] = []
    for row_id, outcome in outcomes.items():
        rows = useless if outcome.text.startswith(_USELESS) else kept
        rows.append({"row_id": row_id, "at": now, "what": outcome.text[:_LONGEST]})
    if kept:
        session.execute(_RECORD, kept)
    if useless:
        session.execute(_RECORD_AND_FORGET, useless)
