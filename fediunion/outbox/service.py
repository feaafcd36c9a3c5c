"""What operators do with deliveries: try them again, or drop them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, String, and_, cast, delete, or_, select, update
from sqlalchemy.orm import Session, aliased

from fediunion.actors.models import Instance, InstanceState
from fediunion.db import announce, now_of, settings_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import Invalid, NotFound
from fediunion.outbox.health import DELIVERIES, FAILURES_TO_OPEN
from fediunion.outbox.models import DEAD, Delivery, DeliveryState, OutboxActivity
from fediunion.outbox.publish import FOLLOWERS, NETWORK
from fediunion.outbox.schedule import Schedule

RETRY_FOR_AUDIENCE: Final = "outbox.retry_for_audience"

_ROWS_AT_ONCE: Final = 500
_RETRIED_STATES = (DeliveryState.PENDING, DeliveryState.DEAD)


def retry_deliveries(
    session: Session, *, ids: Collection[int] = (), host: str | None = None, everything: bool = False
) -> int:
    """Make deliveries due now, dead letters too, and return how many; delivered ones are left alone.

    Exactly one of `ids`, `host` and `everything` says which; raises Invalid otherwise, and NotFound for an
    id that is none. Their time until they are given up begins anew, and a server that is failing is probed
    at once. A dead letter is withdrawn instead where the server was told something later about the same
    thing: it would take it for the news. One for followers or the network is asked for in a job: it goes
    to whoever still belongs to them.
    """
    chosen = _chosen(session, ids, host, everything=everything)
    now = now_of(session)
    session.execute(
        update(Delivery)
        .where(chosen, DEAD, _is_outdated(now - timedelta(days=settings_of(session).privacy.delivery_days)))
        .values(state=DeliveryState.WITHDRAWN, finished_at=now, last_error="something later was sent")
        .execution_options(synchronize_session=False)
    )
    asked_for = _for_audience(session, chosen)
    for start in range(0, len(asked_for), _ROWS_AT_ONCE):
        enqueue(session, RETRY_FOR_AUDIENCE, ids=asked_for[start : start + _ROWS_AT_ONCE])
    return len(asked_for) + make_due(
        session, chosen, or_(Delivery.state == DeliveryState.PENDING, and_(DEAD, ~_IS_FOR_AUDIENCE))
    )


def make_due(session: Session, *which: ColumnElement[bool]) -> int:
    """Let deliveries that are not delivered go now, and their time begin anew; return how many."""
    now, schedule = now_of(session), Schedule(settings_of(session))
    hosts = list(session.scalars(select(Delivery.host).where(*which).distinct()))
    retried = 0
    for patient in (False, True):
        of_kind = select(OutboxActivity.id).where(OutboxActivity.patient.is_(patient)).scalar_subquery()
        changed = session.execute(
            update(Delivery)
            .where(*which, Delivery.activity_id.in_(of_kind))
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


_recipients = cast(OutboxActivity.recipients, String)
_IS_FOR_AUDIENCE: Final = (
    select(OutboxActivity.id)
    .where(
        OutboxActivity.id == Delivery.activity_id,
        OutboxActivity.public.is_(False),
        or_(_recipients.contains(f'"{FOLLOWERS}"'), _recipients.contains(f'"{NETWORK}')),
    )
    .correlate(Delivery)
    .exists()
)


def _for_audience(session: Session, chosen: ColumnElement[bool]) -> list[int]:
    """Return the dead letters that are for whoever belongs to an audience."""
    return list(session.scalars(select(Delivery.id).where(chosen, DEAD, _IS_FOR_AUDIENCE)))


_its, _later, _there = aliased(OutboxActivity), aliased(OutboxActivity), aliased(Delivery)
_TELLS_HOW_IT_IS: Final = ("Create", "Update")
_TAKES_BACK: Final = ("Delete", "Undo")


def _is_outdated(kept_since: datetime) -> ColumnElement[bool]:
    """Return whether the server was told something later: of what is older no deliveries are kept."""
    later_there = select(_there.id).where(
        _there.activity_id == _later.id, _there.inbox_url == Delivery.inbox_url
    )
    arrived = or_(
        later_there.where(_there.state == DeliveryState.DELIVERED).correlate(Delivery, _later).exists(),
        and_(_later.fanned_out_at < kept_since, ~later_there.correlate(Delivery, _later).exists()),
    )
    return (
        select(_its.id)
        .join(_later, and_(_later.actor_id == _its.actor_id, _later.id > _its.id))
        .where(
            _its.id == Delivery.activity_id,
            or_(
                and_(
                    _later.object_uri.in_((_its.object_uri, _its.uri)),
                    _later.activity_type.in_(_TAKES_BACK),
                ),
                and_(
                    _later.object_uri == _its.object_uri,
                    # Whoever got a boost or a pin of a post still wants the post.
                    or_(
                        _its.activity_type.not_in(_TELLS_HOW_IT_IS),
                        _later.activity_type.in_(_TELLS_HOW_IT_IS),
                    ),
                    arrived,
                ),
            ),
        )
        .correlate(Delivery)
        .exists()
    )


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
