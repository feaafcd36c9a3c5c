"""What operators do with deliveries: try them again, or drop them."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from fediunion.actors.models import Instance, InstanceState
from fediunion.db import announce, now_of, settings_of
from fediunion.kit.errors import Invalid, NotFound
from fediunion.outbox.health import DELIVERIES, FAILURES_TO_OPEN
from fediunion.outbox.models import Delivery, DeliveryState, OutboxActivity
from fediunion.outbox.schedule import Schedule

_RETRIED_STATES = (DeliveryState.PENDING, DeliveryState.DEAD)


def retry_deliveries(
    session: Session, *, ids: Collection[int] = (), host: str | None = None, everything: bool = False
) -> int:
    """Make deliveries due now, dead letters too, and return how many; delivered ones are left alone.

    Exactly one of `ids`, `host` and `everything` says which; raises Invalid otherwise, and NotFound for an
    id that is none. Their time until they are given up begins anew, and a server that is failing is probed
    at once.
    """
    chosen = _chosen(session, ids, host, everything=everything)
    now, schedule = now_of(session), Schedule(settings_of(session))
    hosts = list(
        session.scalars(select(Delivery.host).where(chosen, Delivery.state.in_(_RETRIED_STATES)).distinct())
    )
    retried = 0
    for patient in (False, True):
        of_kind = select(OutboxActivity.id).where(OutboxActivity.patient.is_(patient)).scalar_subquery()
        changed = session.execute(
            update(Delivery)
            .where(chosen, Delivery.state.in_(_RETRIED_STATES), Delivery.activity_id.in_(of_kind))
            .values(
                state=DeliveryState.PENDING,
                next_attempt_at=now,
                finished_at=None,
                not_found=0,
                expires_at=schedule.expires_at(now, patient=patient),
            )
            .execution_options(synchronize_session=False)
        )
        retried += int(getattr(changed, "rowcount", 0))
    session.execute(
        update(Instance)
        .where(Instance.host.in_(hosts), Instance.state != InstanceState.OK)
        .values(next_attempt_at=now, failures=FAILURES_TO_OPEN - 1)
        .execution_options(synchronize_session=False)
    )
    announce(session, DELIVERIES)
    return retried


def drop_deliveries(
    session: Session, *, ids: Collection[int] = (), host: str | None = None, everything: bool = False
) -> int:
    """Give up deliveries that are not delivered, for good, and return how many.

    Those never tried are removed; the others stay as withdrawn, as a Delete must still reach them.
    Raises Invalid as `retry_deliveries`.
    """
    chosen = _chosen(session, ids, host, everything=everything)
    dropped = session.execute(
        delete(Delivery)
        .where(chosen, Delivery.state == DeliveryState.PENDING, Delivery.attempts == 0)
        .execution_options(synchronize_session=False)
    )
    withdrawn = session.execute(
        update(Delivery)
        .where(chosen, Delivery.state.in_(_RETRIED_STATES))
        .values(state=DeliveryState.WITHDRAWN, finished_at=now_of(session), last_error="dropped by hand")
        .execution_options(synchronize_session=False)
    )
    return int(getattr(dropped, "rowcount", 0)) + int(getattr(withdrawn, "rowcount", 0))


def _chosen(
    session: Session, ids: Collection[int], host: str | None, *, everything: bool
) -> ColumnElement[bool]:
    if bool(ids) + (host is not None) + everything != 1:
        raise Invalid("Name deliveries, or a host, or all.", field="deliveries", reason="ambiguous")
    if everything:
        return Delivery.id.is_not(None)
    if host is None:
        known = set(session.scalars(select(Delivery.id).where(Delivery.id.in_(list(ids)))))
        if unknown := set(ids) - known:
            raise NotFound(f"There is no delivery {min(unknown)}.")
        return Delivery.id.in_(known)
    return or_(Delivery.host == host.lower(), Delivery.host.like(f"%.{_escaped(host.lower())}", escape="\\"))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def forget_author(session: Session, actor_id: int) -> None:
    """Forget what an actor of ours published, sent or not: for one that leaves no trace."""
    for table in (Delivery, OutboxActivity):
        session.execute(delete(table).where(table.actor_id == actor_id))
