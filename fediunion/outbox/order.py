"""Which deliveries may go: those of an actor to an inbox in order, but for what is hopeless."""

from typing import Final

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from fediunion.outbox.models import Delivery, OutboxActivity

HOPELESS_ATTEMPTS: Final = 6
_BAD_GATEWAY: Final = 502

_earlier = aliased(Delivery)
NOW: Final = bindparam("now", type_=Delivery.next_attempt_at.type)
_earlier_in_lane = and_(
    _earlier.inbox_url == Delivery.inbox_url,
    _earlier.actor_id == Delivery.actor_id,
    _earlier.activity_id < Delivery.activity_id,
    _earlier.finished_at.is_(None),
)
_its_activity, _earlier_activity = aliased(OutboxActivity), aliased(OutboxActivity)
_are_about_the_same = or_(
    _earlier_activity.object_uri.in_((_its_activity.object_uri, _its_activity.uri)),
    _earlier_activity.uri == _its_activity.object_uri,
)
# What a server refused again and again, and not merely its gateway, may be at fault itself: it goes on
# keeping back what is about the same thing, and nothing else. So does what was answered 404, which waits for
# days. A server that is away gets all in order.
_is_hopeless = or_(
    _earlier.not_found > 0,
    and_(
        _earlier.attempts >= HOPELESS_ATTEMPTS,
        func.coalesce(_earlier.last_status, _BAD_GATEWAY) < _BAD_GATEWAY,
    ),
)
_is_about_what_is_hopeless = (
    select(_its_activity.id)
    .join(_earlier_activity, _earlier_activity.id == _earlier.activity_id)
    .where(_its_activity.id == Delivery.activity_id, _are_about_the_same)
    .correlate(Delivery, _earlier)
    .exists()
)
# A delivery waits while an earlier one of its lane is not due. Earlier ones that are due come before it
# in the same answer, which is in order.
MAY_GO_NOW: Final = and_(
    Delivery.finished_at.is_(None),
    Delivery.next_attempt_at <= NOW,
    ~select(_earlier.id)
    .where(
        _earlier_in_lane,
        _earlier.next_attempt_at > NOW,
        or_(~_is_hopeless, _is_about_what_is_hopeless),
    )
    .correlate(Delivery)
    .exists(),
)
_head_is_hopeless = (
    select(_is_hopeless)
    .where(_earlier_in_lane)
    .order_by(_earlier.activity_id)
    .limit(1)
    .correlate(Delivery)
    .scalar_subquery()
)
# From the thing to its activities, and from them to deliveries: neither a long lane nor the author's whole
# outbox is gone through. SQLite takes the index of the lane unless it cannot: hence the sum.
_about_the_same = (
    select(_earlier_activity.id)
    .join(_its_activity, _are_about_the_same)
    .where(_its_activity.id == Delivery.activity_id)
    .correlate(Delivery)
)
_same_waits_before = (
    select(_earlier.id)
    .where(
        _earlier.activity_id.in_(_about_the_same),
        _earlier.inbox_url == Delivery.inbox_url,
        _earlier.actor_id + 0 == Delivery.actor_id,
        _earlier.activity_id < Delivery.activity_id,
        _earlier.finished_at.is_(None),
    )
    .correlate(Delivery)
    .exists()
)
_is_first_in_lane = ~select(_earlier.id).where(_earlier_in_lane).correlate(Delivery).exists()
# Any delivery that keeps the order can be the probe. One that was answered 404 waits for its day: three
# such answers within a few probes would make a dead letter of it.
MAY_PROBE: Final = and_(
    Delivery.finished_at.is_(None),
    or_(Delivery.not_found == 0, Delivery.next_attempt_at <= NOW),
    or_(_is_first_in_lane, and_(_head_is_hopeless, ~_same_waits_before)),
)
