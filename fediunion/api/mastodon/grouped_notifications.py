"""Notifications in groups of one. Source: https://docs.joinmastodon.org/methods/grouped_notifications/"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from fediunion.api.endpoint import Answer, Call, Endpoint, Json, get, post
from fediunion.api.mastodon.entities.frame import Entity, frame_for, instant
from fediunion.api.mastodon.entities.notification import about_entity
from fediunion.api.mastodon.fragments import account_json, fragment
from fediunion.api.mastodon.listing import links
from fediunion.api.mastodon.notifications import (
    DEFAULT_LIMIT,
    MOST,
    Told,
    count_unread,
    read_page,
    statuses_told,
    told,
)
from fediunion.api.params import id_in
from fediunion.kit.errors import NotFound
from fediunion.social.notifications.models import Notification
from fediunion.social.notifications.queries import get_notification
from fediunion.social.notifications.service import dismiss

_KEY: Final = "ungrouped-"


def _number(call: Call) -> int:
    """Return the id of the notification that a group key names. Raises NotFound."""
    key = call.open_parts["group_key"]
    found = id_in(key.removeprefix(_KEY)) if key.startswith(_KEY) else None
    if found is None:
        raise NotFound("There is no such group.")
    return found


def _group(row: Notification, about: Mapping[int, Entity]) -> Entity:
    """Return a NotificationGroup. Source: the page above, #NotificationGroup"""
    group: Entity = {
        "group_key": f"{_KEY}{row.id}",
        "notifications_count": 1,
        "type": row.kind,
        "most_recent_notification_id": str(row.id),
        "page_min_id": str(row.id),
        "page_max_id": str(row.id),
        "latest_page_notification_at": instant(row.created_at),
        "sample_account_ids": [str(row.from_actor_id)],
    }
    if row.post_id is not None:
        group["status_id"] = str(row.post_id)
    return group | about_entity(row, about.get(row.id))


async def _results(call: Call, found: Told) -> Entity:
    """Return GroupedNotificationsResults. Source: the page above, #GroupedNotificationsResults"""
    frame = frame_for(call.world.settings, call.viewer)
    statuses = await statuses_told(call, found)
    return {
        "accounts": [account_json(actor, frame) for actor in found.actors.values()],
        "partial_accounts": [],
        "statuses": [fragment(status) for status in statuses.values()],
        "notification_groups": [_group(row, found.about) for row in found.listed(statuses.keys())],
    }


async def show_groups(call: Call) -> Answer:
    """Show what happened to the member."""
    page = call.page(DEFAULT_LIMIT, MOST)
    found = await call.world.db.read(read_page(call, page))
    return Answer(await _results(call, found), headers=links(call, page, [row.id for row in found.rows]))


async def _one(call: Call) -> Told:
    caller, notification_id = call.member, _number(call)

    def load(session: Session) -> Told:
        return told(session, [get_notification(session, caller.actor_id, notification_id)], caller)

    return await call.world.db.read(load)


async def show_group(call: Call) -> Json:
    """Show one group."""
    return await _results(call, await _one(call))


async def show_group_accounts(call: Call) -> Json:
    """Show who did what a group tells of."""
    frame = frame_for(call.world.settings, call.viewer)
    return [account_json(actor, frame) for actor in (await _one(call)).actors.values()]


async def dismiss_group(call: Call) -> Json:
    """Put a group away."""
    await call.world.db.write(dismiss, call.member.actor_id, _number(call))
    return {}


ENDPOINTS: Final[tuple[Endpoint, ...]] = tuple(
    endpoint
    # The second is what 4.3 had in its tests; apps of that time still ask there.
    for base in ("/api/v2/notifications", "/api/v2_alpha/notifications")
    for endpoint in (
        get(base, show_groups, "read:notifications"),
        get(f"{base}/unread_count", count_unread, "read:notifications"),
        get(f"{base}/:group_key", show_group, "read:notifications"),
        get(f"{base}/:group_key/accounts", show_group_accounts, "read:notifications"),
        post(f"{base}/:group_key/dismiss", dismiss_group, "write:notifications"),
    )
)
