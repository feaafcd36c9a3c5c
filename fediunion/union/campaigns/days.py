"""Days: all that rows of people keep of time, and what people write of a day."""

import secrets
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.kit.errors import Invalid
from fediunion.kit.ids import first_id_at
from fediunion.kit.sentences import Sentence

_DAY: Final = timedelta(days=1)


def day_of(session: Session) -> str:
    """Return today, ISO 8601 in UTC."""
    return now_of(session).date().isoformat()


def past_day(session: Session, text: str) -> str:
    """Return the day that somebody wrote, ISO 8601; "" is today. Raises Invalid, also for one to come."""
    today = now_of(session).date()
    if not text.strip():
        return today.isoformat()
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(Sentence("A day is written as 2027-01-31."), field="on", reason="bad-date") from None
    if day > today:
        raise Invalid(Sentence("This day is still to come."), field="on", reason="bad-date")
    return day.isoformat()


def id_of_day(session: Session) -> int:
    """Return a number for a new row that sorts with those of its day, and tells no moment of it.

    Numbers of this kind of two rows that are made together have no more in common than any two of a day: a
    consent is not the neighbour of a signature.
    """
    midnight = now_of(session).replace(hour=0, minute=0, second=0, microsecond=0)
    first = first_id_at(midnight)
    return first + secrets.randbelow(first_id_at(midnight + _DAY) - first)
