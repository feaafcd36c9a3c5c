"""Notifications in groups. Source: https://docs.joinmastodon.org/methods/grouped_notifications/"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.api.endpoint import Answer, Call, Endpoint, Json, get, post
from fediunion.api.errors import BadRequest
from fediunion.api.mastodon.entities.account import partial_account_entity
from fediunion.api.mastodon.entities.frame import Entity, frame_for, instant
from fediunion.api.mastodon.entities.notification import about_entity
from fediunion.api.mastodon.fragments import account_json, fragment
from fediunion.api.mastodon.listing import accounts_answer, links
from fediunion.api.mastodon.notifications import (
    DEFAULT_LIMIT,
    FOR_MODERATORS,
    MOST,
    MOST_KINDS,
    GatheredNotifications,
    clear_notifications,
    gather_notifications,
    moderates,
    statuses_told,
)
from fediunion.social.notifications.groups import (
    GROUPED,
    Group,
    Selection,
    get_group,
    groups_page,
    members_page,
    unread_groups,
)
from fediunion.social.notifications.service import dismiss_group as put_away
from fediunion.social.timelines.markers import NOTIFICATIONS, last_read

_FULL, _PARTIAL = "full", "partial_avatars"


def _kinds(call: Call, name: str) -> frozenset[str]:
    return frozenset(call.params.texts(name, most=MOST_KINDS, longest=50))


def _selection(call: Call) -> Selection:
    """Return which notifications a call asks for, and which of them it wants grouped."""
    excluded = _kinds(call, "exclude_types")
    return Selection(
        kinds=_kinds(call, "types"),
        excluded=excluded if moderates(call.member) else excluded | set(FOR_MODERATORS),
        from_actor_id=call.params.id("account_id"),
        with_filtered=call.params.flag("include_filtered"),
        grouped=_kinds(call, "grouped_types") or frozenset(GROUPED),
    )


def _gathered(session: Session, groups: Sequence[Group], call: Call) -> GatheredNotifications:
    samples = [actor_id for group in groups for actor_id in group.sample_actor_ids]
    return gather_notifications(session, [group.newest for group in groups], call.member, samples)


def _group(group: Group, found: GatheredNotifications, *, paginated: bool) -> Entity:
    """Return a NotificationGroup. Source: the page above, #NotificationGroup

    `most_recent_notification_id` is the one id that Mastodon sends as a number.
    """
    row = group.newest
    entity: Entity = {
        "group_key": group.key,
        "notifications_count": group.count,
        "type": row.kind,
        "most_recent_notification_id": row.id,
        "sample_account_ids": [str(each) for each in group.sample_actor_ids if each in found.actors],
    }
    if paginated:
        entity["page_min_id"] = str(group.oldest_on_page_id)
        entity["page_max_id"] = str(row.id)
        entity["latest_page_notification_at"] = instant(row.created_at)
    if row.post_id is not None:
        entity["status_id"] = str(row.post_id)
    return entity | about_entity(row, found.about.get(row.id))


def _wants_partial_accounts(call: Call) -> bool:
    """Return whether accounts are to be shown in part. Raises BadRequest for a word that is no wish."""
    wish = call.params.text("expand_accounts", most=100) or _FULL
    if wish not in (_FULL, _PARTIAL):
        raise BadRequest(f"expand_accounts is {_FULL} or {_PARTIAL}")
    return wish == _PARTIAL


async def _results(
    call: Call, groups: Sequence[Group], found: GatheredNotifications, *, paginated: bool
) -> Entity:
    """Return GroupedNotificationsResults. Source: the page above, #GroupedNotificationsResults

    Whoever caused the newest of a group is always shown in full.
    """
    partial = _wants_partial_accounts(call)
    statuses = await statuses_told(call, found)
    there = {row.id for row in found.listed(statuses.keys())}
    listed = [group for group in groups if group.newest.id in there]
    newest = {group.newest.from_actor_id for group in listed}
    shown = dict.fromkeys(each for group in listed for each in group.sample_actor_ids)
    actors = [found.actors[each] for each in shown if each in found.actors]
    frame = frame_for(call.world.settings, call.viewer)
    results: Entity = {
        "accounts": [account_json(each, frame) for each in actors if not partial or each.id in newest],
        "statuses": [fragment(status) for status in statuses.values()],
        "notification_groups": [_group(group, found, paginated=paginated) for group in listed],
    }
    if partial:
        results["partial_accounts"] = [
            partial_account_entity(each, frame) for each in actors if each.id not in newest
        ]
    return results


async def show_groups(call: Call) -> Answer:
    """Show what happened to the member."""
    page, selection = call.page(DEFAULT_LIMIT, MOST), _selection(call)

    def load(session: Session) -> tuple[list[Group], GatheredNotifications]:
        groups = groups_page(session, call.member.actor_id, page, selection)
        return groups, _gathered(session, groups, call)

    groups, found = await call.world.db.read(load)
    headers = links(call, page, [group.newest.id for group in groups])
    return Answer(await _results(call, groups, found, paginated=True), headers=headers)


def _asked_group(call: Call) -> Mapping[str, Any]:
    """Return the arguments that say which group a call is about."""
    return {
        "recipient_id": call.member.actor_id,
        "key": call.open_parts["group_key"],
        "with_filtered": call.params.flag("include_filtered"),
    }


async def show_group(call: Call) -> Json:
    """Show one group."""

    def load(session: Session) -> tuple[list[Group], GatheredNotifications]:
        groups = [get_group(session, **_asked_group(call))]
        return groups, _gathered(session, groups, call)

    groups, found = await call.world.db.read(load)
    return await _results(call, groups, found, paginated=False)


async def show_group_accounts(call: Call) -> Answer:
    """Show who did what a group tells of, newest first."""
    page = call.page(DEFAULT_LIMIT, MOST)

    def load(session: Session) -> list[tuple[int, Actor]]:
        key, with_filtered = call.open_parts["group_key"], call.params.flag("include_filtered")
        return members_page(session, call.viewer, key, page, with_filtered=with_filtered)

    return accounts_answer(call, page, await call.world.db.read(load))


async def dismiss_group(call: Call) -> Json:
    """Put a group away."""
    await call.world.db.write(put_away, **_asked_group(call))
    return {}


async def count_unread(call: Call) -> Json:
    """Count the groups with something since the notification that the member's marker names."""
    caller, most, selection = call.member, call.page(100, 1000).limit, _selection(call)

    def load(session: Session) -> int:
        last_read_id = last_read(session, caller.actor_id, NOTIFICATIONS)
        return unread_groups(session, caller.actor_id, last_read_id, selection, most=most)

    return {"count": await call.world.db.read(load)}


ENDPOINTS: Final[tuple[Endpoint, ...]] = tuple(
    endpoint
    # The second is what 4.3 had in its tests; apps of that time still ask there.
    for base in ("/api/v2/notifications", "/api/v2_alpha/notifications")
    for endpoint in (
        get(base, show_groups, "read:notifications"),
        get(f"{base}/unread_count", count_unread, "read:notifications"),
        post(f"{base}/clear", clear_notifications, "write:notifications"),
        get(f"{base}/:group_key", show_group, "read:notifications"),
        get(f"{base}/:group_key/accounts", show_group_accounts, "read:notifications"),
        post(f"{base}/:group_key/dismiss", dismiss_group, "write:notifications"),
    )
)
