"""An app that wants to be pushed to. Source: https://docs.joinmastodon.org/methods/push/"""

from collections.abc import Mapping
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from fediunion.api.endpoint import NO_CONTENT, Call, Endpoint, Json, delete, get, post, put
from fediunion.api.mastodon.entities.push_subscription import push_subscription_entity
from fediunion.api.params import Params
from fediunion.kit.errors import AddressRefused, BadDocument, Invalid
from fediunion.social.notifications.models import NotificationKind
from fediunion.social.push.models import PushPolicy, PushSubscription
from fediunion.social.push.queries import get_subscription
from fediunion.social.push.service import (
    AppKeys,
    change_subscription,
    read_recipient,
    subscribe,
    unsubscribe,
)
from fediunion.social.push.vapid import vapid_of

LONGEST_ENDPOINT: Final = 2_000
_LONGEST_KEY: Final = 200
_NOTHING: Final = Params({})


async def show_subscription(call: Call) -> Json:
    """Show where the app is pushed to."""
    return await _entity(call, await call.world.db.read(get_subscription, call.member.token_id))


async def create_subscription(call: Call) -> Json:
    """Push to the app; what it had asked for before ends."""
    wanted = call.params.group("subscription") or _NOTHING
    keys = wanted.group("keys") or _NOTHING
    endpoint = wanted.text("endpoint", most=LONGEST_ENDPOINT)
    _check_endpoint(call, endpoint)
    recipient = read_recipient(keys.text("p256dh", most=_LONGEST_KEY), keys.text("auth", most=_LONGEST_KEY))
    work = partial(
        subscribe,
        token_id=call.member.token_id,
        actor_id=call.member.actor_id,
        endpoint=endpoint,
        keys=AppKeys(recipient, _bearer(call)),
        alerts=_alerts(call.params) or {},
        policy=_policy(call.params) or PushPolicy.ALL,
        standard=wanted.flag("standard"),
    )
    return await _entity(call, await call.world.db.write(work))


async def update_subscription(call: Call) -> Json:
    """Push for other kinds of notifications, or from others."""
    token_id, alerts, policy = call.member.token_id, _alerts(call.params), _policy(call.params)

    def unit(session: Session) -> PushSubscription:
        row = get_subscription(session, token_id)
        change_subscription(row, alerts, policy)
        return row

    return await _entity(call, await call.world.db.write(unit))


async def delete_subscription(call: Call) -> Json:
    """Push to the app no more."""
    await call.world.db.write(unsubscribe, call.member.token_id)
    return NO_CONTENT


async def _entity(call: Call, row: PushSubscription) -> Json:
    return push_subscription_entity(row, (await vapid_of(call.world)).public)


def _check_endpoint(call: Call, endpoint: str) -> None:
    """Raise Invalid for an address that the instance would not connect to (row F17)."""
    try:
        call.world.client.check_address(endpoint)
    except (AddressRefused, BadDocument) as error:
        raise Invalid("Endpoint is not a URL that can be used", field="subscription[endpoint]") from error


def _alerts(params: Params) -> Mapping[str, bool] | None:
    """Return which kinds are wanted, by their names in this interface; None where nothing is said of it."""
    alerts = (params.group("data") or _NOTHING).group("alerts")
    if alerts is None:
        return None
    return {str(kind): alerts.flag(kind) for kind in NotificationKind if kind in alerts}


def _policy(params: Params) -> PushPolicy | None:
    """Return from whom; apps send it inside of `data`, where it is documented, and beside it."""
    named = (params.group("data") or _NOTHING).text("policy", most=20) or params.text("policy", most=20)
    if not named:
        return None
    if named not in tuple(PushPolicy):
        raise Invalid(f"policy cannot be {named!r}", field="data[policy]")
    return PushPolicy(named)


def _bearer(call: Call) -> str:
    """Return the token of the call: apps find out by it whose notification a message is."""
    return call.headers[b"authorization"].strip().partition(b" ")[2].strip().decode("latin-1")


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    post("/api/v1/push/subscription", create_subscription, "push"),
    get("/api/v1/push/subscription", show_subscription, "push"),
    put("/api/v1/push/subscription", update_subscription, "push"),
    delete("/api/v1/push/subscription", delete_subscription, "push"),
)
