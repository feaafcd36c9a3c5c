"""What administrators do with deliveries, noted in the log: try them again, give them up."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from fediunion.outbox.service import drop_deliveries, retry_deliveries
from fediunion.social.moderation.audit import record_audit


def retry(session: Session, *, ids: Collection[int] = (), host: str | None = None, by: str) -> int:
    """Make deliveries due now, by id or of a server; return how many. Raises as outbox.retry_deliveries."""
    number = retry_deliveries(session, ids=ids, host=host)
    return _noted(session, "retry", number, ids, host, by)


def drop(session: Session, *, ids: Collection[int] = (), host: str | None = None, by: str) -> int:
    """Give deliveries up for good; return how many. Raises as outbox.drop_deliveries."""
    number = drop_deliveries(session, ids=ids, host=host)
    return _noted(session, "drop", number, ids, host, by)


def _noted(session: Session, act: str, number: int, ids: Collection[int], host: str | None, by: str) -> int:
    if number:
        which = host or ", ".join(map(str, ids))
        record_audit(session, by=by, action=f"deliveries.{act}", subject=which, reason=str(number))
    return number
