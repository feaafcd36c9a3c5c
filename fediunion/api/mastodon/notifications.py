"""Notifications, one by one. Source: https://docs.joinmastodon.org/methods/notifications/"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import orjson
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.api.auth import Caller
from fediunion.api.endpoint import Answer, Call, Endpoint, Json, get, post
from fediunion.api.mastodon.entities.frame import Entity, frame_for
from fediunion.api.mastodon.entities.notification import notification_entity
from fediunion.api.mastodon.fragments import account_json, fragment, rendered
from fediunion.api.mastodon.listing import links
from fediunion.api.mastodon.standing import Gathered, gather
from fediunion.api.queries import find_markers, list_accounts
from fediunion.kit.errors import NotFound
from fediunion.kit.pages import Page
from fediunion.social.notifications.models import Notification, NotificationKind
from fediunion.social.notifications.queries import get_notification, notifications_page, unread_count
from fediunion.social.notifications.service import clear, dismiss

DEFAULT_LIMIT, MOST = 40, 80
_MOST_KINDS: Final = 40


@dataclass(frozen=True)
class Told:
    """Notifications with what they show."""

    rows: Sequence[Notification]
    actors: dict[int, Actor]
    gathered: Gathered


def read_page(call: Call, page: Page) -> "_Reading":
    """Return what reads the page of notifications that a call asks for."""
    params = call.params
    return _Reading(
        caller=call.member,
        page=page,
        kinds=tuple(params.texts("types", most=_MOST_KINDS, longest=50)),
        excluded=tuple(params.texts("exclude_types", most=_MOST_KINDS, longest=50)),
        from_actor_id=params.id("account_id"),
    )


@dataclass(frozen=True)
class _Reading:
    caller: Caller
    page: Page
    kinds: tuple[str, ...]
    excluded: tuple[str, ...]
    from_actor_id: int | None

    def __call__(self, session: Session) -> Told:
        rows = notifications_page(
            session,
            self.caller.actor_id,
            self.page,
            kinds=self.kinds,
            # A report is read where reports are handled, and not by these endpoints.
            excluded=(*self.excluded, NotificationKind.MODERATION),
            from_actor_id=self.from_actor_id,
        )
        return told(session, rows, self.caller)


def told(session: Session, rows: Sequence[Notification], caller: Caller) -> Told:
    """Return notifications with the accounts and posts that they are about."""
    actor_ids = dict.fromkeys(row.from_actor_id for row in rows)
    actors = {actor.id: actor for actor in list_accounts(session, actor_ids, caller.viewer)}
    post_ids = [row.post_id for row in rows if row.post_id is not None]
    return Told(rows, actors, gather(session, post_ids, caller.viewer))


async def statuses_told(call: Call, found: Told) -> dict[int, bytes]:
    """Return the statuses that notifications are about, by id."""
    post_ids = [row.post_id for row in found.rows if row.post_id is not None]
    return await rendered(call.world, call.viewer, post_ids, found.gathered)


async def notification_entities(call: Call, found: Told) -> list[Entity]:
    """Return notifications; one whose account or post is not there any more is left out."""
    frame = frame_for(call.world.settings, call.viewer)
    statuses = await statuses_told(call, found)
    accounts: dict[int, orjson.Fragment] = {
        actor_id: account_json(actor, frame) for actor_id, actor in found.actors.items()
    }
    return [
        notification_entity(
            row,
            accounts[row.from_actor_id],
            fragment(statuses[row.post_id]) if row.post_id is not None else None,
        )
        for row in found.rows
        if row.from_actor_id in accounts and (row.post_id is None or row.post_id in statuses)
    ]


async def show_notifications(call: Call) -> Answer:
    """Show what happened to the member."""
    page = call.page(DEFAULT_LIMIT, MOST)
    found = await call.world.db.read(read_page(call, page))
    headers = links(call, page, [row.id for row in found.rows])
    return Answer(await notification_entities(call, found), headers=headers)


async def show_notification(call: Call) -> Json:
    """Show one notification."""
    caller, notification_id = call.member, call.id

    def load(session: Session) -> Told:
        return told(session, [get_notification(session, caller.actor_id, notification_id)], caller)

    entities = await notification_entities(call, await call.world.db.read(load))
    if not entities:
        raise NotFound("There is no such notification.")
    return entities[0]


async def dismiss_notification(call: Call) -> Json:
    """Put one notification away."""
    await call.world.db.write(dismiss, call.member.actor_id, call.id)
    return {}


async def clear_notifications(call: Call) -> Json:
    """Put all notifications away."""
    await call.world.db.write(clear, call.member.actor_id)
    return {}


async def count_unread(call: Call) -> Json:
    """Count the notifications since the one that the member's marker names."""
    caller, most = call.member, call.page(100, 1000).limit

    def load(session: Session) -> int:
        markers = find_markers(session, caller.actor_id, ["notifications"])
        return unread_count(session, caller.actor_id, markers[0].last_read_id if markers else None, most=most)

    return {"count": await call.world.db.read(load)}


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/notifications", show_notifications, "read:notifications"),
    get("/api/v1/notifications/unread_count", count_unread, "read:notifications"),
    post("/api/v1/notifications/clear", clear_notifications, "write:notifications"),
    get("/api/v1/notifications/:id", show_notification, "read:notifications"),
    post("/api/v1/notifications/:id/dismiss", dismiss_notification, "write:notifications"),
)
