"""How often something may be tried: counts in the database, so that all web processes share them.

A count belongs to a keyed hash of who tries or what is tried, and to a window of time; it is gone with it.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from fediunion.config import Settings
from fediunion.db import insert_ignoring, now_of, settings_of
from fediunion.kit.addresses import address_bucket
from fediunion.kit.errors import TooOften
from fediunion.kit.sentences import Sentence
from fediunion.members.models import AttemptCount

__all__ = [
    "Allowance",
    "TooManyAttempts",
    "address_bucket",
    "count_attempts",
    "forget_attempts",
    "has_room",
    "uncount_attempts",
]


class TooManyAttempts(TooOften):
    """It was tried too often; `retry_after_seconds`, whole ones, says when the window is over."""

    reason = "too-many-attempts"
    retry_after_seconds: int

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        super().__init__(message, retry_after_seconds=retry_after_seconds)


@dataclass(frozen=True)
class Allowance:
    """`what` (such as "sign-in:account") may be tried by or on `whom` `most` times in `seconds`."""

    what: str
    whom: str
    most: int
    seconds: int


def count_attempts(session: Session, allowances: Iterable[Allowance]) -> None:
    """Count one try in each; raise TooManyAttempts, and count nothing, where one is used up.

    The limit is part of the statement that counts: of tries that come together no more get through.
    Nothing is counted where the limits of the instance are switched off.
    """
    settings = settings_of(session)
    if not settings.limits.enabled:
        return
    for allowance in allowances:
        subject, ends = _subject(allowance, settings), _window_end(session, allowance.seconds)
        insert_ignoring(session, AttemptCount, [{"subject": subject, "window_ends_at": ends, "count": 0}])
        counted = session.execute(
            update(AttemptCount)
            .where(
                AttemptCount.subject == subject,
                AttemptCount.window_ends_at == ends,
                AttemptCount.count < allowance.most,
            )
            .values(count=AttemptCount.count + 1)
        )
        if getattr(counted, "rowcount", 0) == 0:
            wait = max(1, round((ends - now_of(session)).total_seconds()))
            raise TooManyAttempts(Sentence("This was tried too often."), retry_after_seconds=wait)


def has_room(session: Session, allowance: Allowance) -> bool:
    """Count one try, and return whether it was free; nobody is told of one that is left out.

    For what is done to somebody, such as a mail, that who asks for it must not learn of, nor keep away.
    """
    try:
        count_attempts(session, [allowance])
    except TooManyAttempts:
        return False
    return True


def uncount_attempts(session: Session, allowances: Iterable[Allowance]) -> None:
    """Take one try back in each, as it succeeded and failures are what counts."""
    settings = settings_of(session)
    for allowance in allowances:
        session.execute(
            update(AttemptCount)
            .where(
                AttemptCount.subject == _subject(allowance, settings),
                AttemptCount.window_ends_at == _window_end(session, allowance.seconds),
                AttemptCount.count > 0,
            )
            .values(count=AttemptCount.count - 1)
        )


def forget_attempts(session: Session) -> None:
    """Delete the counts of windows that are over."""
    session.execute(delete(AttemptCount).where(AttemptCount.window_ends_at <= now_of(session)))


def _subject(allowance: Allowance, settings: Settings) -> str:
    """Return a hash that nobody can turn into an address or a name without the key of the instance."""
    text = f"{allowance.what}\n{allowance.whom}".encode("utf-8", "replace")
    return hmac.new(settings.secrets.secret_key.encode(), text, hashlib.sha256).hexdigest()


def _window_end(session: Session, seconds: int) -> datetime:
    number = int(now_of(session).timestamp()) // seconds
    return datetime.fromtimestamp((number + 1) * seconds, UTC)
