"""Which apps are pushed to: made, changed and ended."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, not_, select
from sqlalchemy.orm import Session

from fediunion.config import Settings
from fediunion.db import now_of, settings_of
from fediunion.kit.errors import Invalid
from fediunion.kit.ids import new_id
from fediunion.kit.sealing import seal, unseal
from fediunion.members.models import AccessToken
from fediunion.members.tokens import is_live
from fediunion.social.push.base64url import read_base64
from fediunion.social.push.encryption import POINT_BYTES, SECRET_BYTES, Recipient
from fediunion.social.push.models import PushPolicy, PushSubscription


@dataclass(frozen=True, repr=False)
class AppKeys:
    """What an app subscribes with: its key and secret, and the token that it calls with."""

    recipient: Recipient
    bearer: str


def read_recipient(point: str, secret: str) -> Recipient:
    """Return an app's key and secret of their base64. Raises Invalid, with its field."""
    recipient = Recipient(
        _read(point, POINT_BYTES, "push_key"),
        _read(secret, SECRET_BYTES, "push_secret"),
    )
    _ = recipient.key
    return recipient


def subscribe(
    session: Session,
    *,
    token_id: int,
    actor_id: int,
    endpoint: str,
    keys: AppKeys,
    alerts: Mapping[str, bool],
    policy: PushPolicy,
    standard: bool,
) -> PushSubscription:
    """Return the new subscription of a token; the one that it had ends.

    `endpoint` was checked: an address that the instance may connect to.
    """
    # Two requests of one app at a time: one waits for the other.
    session.execute(select(AccessToken.id).where(AccessToken.id == token_id).with_for_update())
    session.execute(delete(PushSubscription).where(PushSubscription.token_id == token_id))
    row_id, master_key = new_id(), settings_of(session).secrets.master_key
    row = PushSubscription(
        id=row_id,
        token_id=token_id,
        actor_id=actor_id,
        endpoint=endpoint,
        sealed_keys=seal(keys.recipient.point + keys.recipient.secret, master_key, _keys_of(row_id)),
        sealed_token=seal(keys.bearer.encode(), master_key, _token_of(row_id)),
        alerts=dict(alerts),
        policy=policy,
        standard=standard,
        created_at=now_of(session),
    )
    session.add(row)
    return row


def change_subscription(
    row: PushSubscription, alerts: Mapping[str, bool] | None, policy: PushPolicy | None
) -> None:
    """Let an app be pushed to for other kinds, or from others; None leaves a thing."""
    if alerts is not None:
        row.alerts = dict(alerts)
    if policy is not None:
        row.policy = policy


def unsubscribe(session: Session, token_id: int) -> None:
    """End the subscription of a token. Does nothing where there is none."""
    session.execute(delete(PushSubscription).where(PushSubscription.token_id == token_id))


def forget_subscription(session: Session, subscription_id: int) -> None:
    """Remove a subscription that the push service does not know any more."""
    session.execute(delete(PushSubscription).where(PushSubscription.id == subscription_id))


def forget_ended(session: Session) -> None:
    """Remove the subscriptions of tokens that are worthless, with what was kept of those tokens."""
    ended = select(AccessToken.id).where(not_(is_live(now_of(session))))
    session.execute(
        delete(PushSubscription).where(PushSubscription.token_id.in_(ended)),
        execution_options={"synchronize_session": False},
    )


def keys_of(row: PushSubscription, settings: Settings) -> AppKeys:
    """Return what `subscribe` was given; raise BadConfiguration where it does not open."""
    master_key = settings.secrets.master_key
    opened = unseal(row.sealed_keys, master_key, _keys_of(row.id))
    bearer = unseal(row.sealed_token, master_key, _token_of(row.id)).decode()
    return AppKeys(Recipient(opened[:POINT_BYTES], opened[POINT_BYTES:]), bearer)


def _read(text: str, length: int, field: str) -> bytes:
    try:
        value = read_base64(text)
    except ValueError as error:
        raise Invalid("This is not base64.", field=field) from error
    if len(value) != length:
        raise Invalid(f"This has {len(value)} bytes, and not {length}.", field=field)
    return value


def _keys_of(row_id: int) -> bytes:
    return b"push-keys:%d" % row_id


def _token_of(row_id: int) -> bytes:
    return b"push-token:%d" % row_id
