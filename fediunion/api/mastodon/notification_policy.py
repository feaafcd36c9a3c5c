"""What is done with notifications from whom the member may not know.

Source: https://docs.joinmastodon.org/methods/notifications/#get-policy
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from fediunion.api.endpoint import Call, Endpoint, Json, get, put
from fediunion.api.mastodon.entities.frame import Entity
from fediunion.social.notifications.models import Treatment
from fediunion.social.notifications.policy import FIELDS, change_policy, policy_of
from fediunion.social.notifications.requests import Pending, count_pending

_TREATMENTS: Final = tuple(Treatment)
_V1_FIELDS: Final = {
    "filter_not_following": "for_not_following",
    "filter_not_followers": "for_not_followers",
    "filter_new_accounts": "for_new_accounts",
    "filter_private_mentions": "for_private_mentions",
}


def _summary(pending: Pending) -> Entity:
    return {
        "pending_requests_count": pending.requests,
        "pending_notifications_count": pending.notifications,
    }


def _load(session: Session, actor_id: int) -> tuple[Mapping[str, str], Entity]:
    return policy_of(session, actor_id), _summary(count_pending(session, actor_id))


def _entity(policy: Mapping[str, str], summary: Entity) -> Entity:
    """Return a NotificationPolicy. Source: https://docs.joinmastodon.org/entities/NotificationPolicy/"""
    return {**policy, "summary": summary}


def _v1_entity(policy: Mapping[str, str], summary: Entity) -> Entity:
    """Return a V1::NotificationPolicy, which knows yes and no only."""
    filters = {field: policy[now] != Treatment.ACCEPT for field, now in _V1_FIELDS.items()}
    return {**filters, "summary": summary}


async def show_policy(call: Call) -> Json:
    """Show the member's policy."""
    return _entity(*await call.world.db.read(_load, call.member.actor_id))


async def show_v1_policy(call: Call) -> Json:
    """Show the member's policy as version 4.3 had it at first."""
    return _v1_entity(*await call.world.db.read(_load, call.member.actor_id))


async def save_policy(call: Call) -> Json:
    """Change the member's policy, where the request says something of it."""
    words = {field: call.params.word(field, _TREATMENTS, "") for field in FIELDS if field in call.params}
    return _entity(*await _change(call, {field: Treatment(word) for field, word in words.items() if word}))


async def save_v1_policy(call: Call) -> Json:
    """Change the member's policy in the words of version 4.3."""
    changes = {
        now: Treatment.FILTER if call.params.flag(field) else Treatment.ACCEPT
        for field, now in _V1_FIELDS.items()
        if field in call.params
    }
    return _v1_entity(*await _change(call, changes))


async def _change(call: Call, changes: Mapping[str, Treatment]) -> tuple[Mapping[str, str], Entity]:
    actor_id = call.member.actor_id

    def unit(session: Session) -> tuple[Mapping[str, str], Entity]:
        change_policy(session, actor_id, changes)
        return _load(session, actor_id)

    return await call.world.db.write(unit)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v2/notifications/policy", show_policy, "read:notifications"),
    put("/api/v2/notifications/policy", save_policy, "write:notifications"),
    get("/api/v1/notifications/policy", show_v1_policy, "read:notifications"),
    put("/api/v1/notifications/policy", save_v1_policy, "write:notifications"),
)
