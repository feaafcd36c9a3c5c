"""Notifications, one by one. Source: https://docs.joinmastodon.org/methods/notifications/"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.known import list_accounts
from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.api.auth import Caller
from fediunion.api.endpoint import Answer, Call, Endpoint, Json, delete, get, post
from fediunion.api.mastodon.entities.account import account_entity
from fediunion.api.mastodon.entities.frame import Entity, frame_for
from fediunion.api.mastodon.entities.notification import notification_entity, severance_entity
from fediunion.api.mastodon.entities.report import report_entity
from fediunion.api.mastodon.fragments import account_json, fragment, rendered
from fediunion.api.mastodon.listing import links
from fediunion.api.mastodon.standing import Gathered, gather
from fediunion.db import settings_of
from fediunion.kit.errors import NotFound
from fediunion.kit.pages import Page
from fediunion.members.models import Role
from fediunion.social.moderation.models import Report
from fediunion.social.notifications.models import Notification, NotificationKind, Severance
from fediunion.social.notifications.queries import get_notification, notifications_page, unread_count
from fediunion.social.notifications.service import clear, dismiss, dismiss_many
from fediunion.social.posts.models import Post
from fediunion.social.timelines.markers import NOTIFICATIONS, last_read

DEFAULT_LIMIT, MOST = 40, 80
MOST_KINDS: Final = 40
FOR_MODERATORS: Final = (NotificationKind.MODERATION, NotificationKind.SIGN_UP)


@dataclass(frozen=True)
class GatheredNotifications:
    """Notifications with what they show."""

    rows: Sequence[Notification]
    actors: dict[int, Actor]
    gathered: Gathered
    about: dict[int, Entity]
    """Reports and events, by the notification."""

    def listed(self, statuses: Collection[int]) -> list[Notification]:
        """Return those whose account, post and report are there to be shown."""
        return [
            row
            for row in self.rows
            if row.from_actor_id in self.actors
            and (row.post_id is None or row.post_id in statuses)
            and ((row.report_id is None and row.severance_id is None) or row.id in self.about)
        ]


def read_page(call: Call, page: Page) -> "_Reading":
    """Return what reads the page of notifications that a call asks for."""
    params = call.params
    return _Reading(
        caller=call.member,
        page=page,
        kinds=tuple(params.texts("types", most=MOST_KINDS, longest=50)),
        excluded=tuple(params.texts("exclude_types", most=MOST_KINDS, longest=50)),
        from_actor_id=params.id("account_id"),
        with_filtered=params.flag("include_filtered"),
    )


@dataclass(frozen=True)
class _Reading:
    caller: Caller
    page: Page
    kinds: tuple[str, ...]
    excluded: tuple[str, ...]
    from_actor_id: int | None
    with_filtered: bool

    @property
    def left_out(self) -> tuple[str, ...]:
        return self.excluded if moderates(self.caller) else (*self.excluded, *FOR_MODERATORS)

    def __call__(self, session: Session) -> GatheredNotifications:
        rows = notifications_page(
            session,
            self.caller.actor_id,
            self.page,
            kinds=self.kinds,
            excluded=self.left_out,
            from_actor_id=self.from_actor_id,
            with_filtered=self.with_filtered,
        )
        return gather_notifications(session, rows, self.caller)


def gather_notifications(
    session: Session, rows: Sequence[Notification], caller: Caller, further_actor_ids: Iterable[int] = ()
) -> GatheredNotifications:
    """Return notifications with the accounts and posts that they are about, and with `further` accounts."""
    actor_ids = dict.fromkeys([*(row.from_actor_id for row in rows), *further_actor_ids])
    actors = {actor.id: actor for actor in list_accounts(session, actor_ids, caller.viewer)}
    post_ids = [row.post_id for row in rows if row.post_id is not None]
    return GatheredNotifications(
        rows, actors, gather(session, post_ids, caller.viewer), _about(session, rows, caller)
    )


def moderates(caller: Caller) -> bool:
    """Return whether the member is one of those who are told of reports."""
    return caller.role != Role.MEMBER


def _about(session: Session, rows: Sequence[Notification], caller: Caller) -> dict[int, Entity]:
    """Return the reports, for who may read them, and the events that notifications are about."""
    found: dict[int, Entity] = {}
    for row in rows:
        if row.severance_id is not None:
            severance = session.get(Severance, row.severance_id)
            found |= {} if severance is None else {row.id: severance_entity(severance)}
        elif row.report_id is not None and moderates(caller):
            report = session.get(Report, row.report_id)
            found |= {} if report is None else {row.id: _report(session, report, caller)}
    return found


def _report(session: Session, report: Report, caller: Caller) -> Entity:
    frame = frame_for(settings_of(session), caller.viewer)
    post_ids = session.scalars(select(Post.id).where(Post.uri.in_(report.post_uris))).all()
    return report_entity(report, account_entity(get_actor(session, report.target_id), frame), post_ids)


async def statuses_told(call: Call, found: GatheredNotifications) -> dict[int, bytes]:
    """Return the statuses that notifications are about, by id."""
    post_ids = [row.post_id for row in found.rows if row.post_id is not None]
    return await rendered(call.world, call.viewer, post_ids, found.gathered)


async def notification_entities(call: Call, found: GatheredNotifications) -> list[Entity]:
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
            found.about.get(row.id),
        )
        for row in found.listed(statuses.keys())
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

    def load(session: Session) -> GatheredNotifications:
        return gather_notifications(
            session, [get_notification(session, caller.actor_id, notification_id)], caller
        )

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


async def dismiss_several(call: Call) -> Json:
    """Put several notifications away; what is somebody else's or unknown is left out."""
    await call.world.db.write(dismiss_many, call.member.actor_id, call.params.ids("ids"))
    return {}


async def count_unread(call: Call) -> Json:
    """Count the notifications since the one that the member's marker names."""
    wanted = read_page(call, call.page(100, 1000))
    actor_id = wanted.caller.actor_id

    def load(session: Session) -> int:
        return unread_count(
            session,
            actor_id,
            last_read(session, actor_id, NOTIFICATIONS),
            kinds=wanted.kinds,
            excluded=wanted.left_out,
            from_actor_id=wanted.from_actor_id,
            most=wanted.page.limit,
        )

    return {"count": await call.world.db.read(load)}


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/notifications", show_notifications, "read:notifications"),
    get("/api/v1/notifications/unread_count", count_unread, "read:notifications"),
    delete("/api/v1/notifications/destroy_multiple", dismiss_several, "write:notifications"),
    post("/api/v1/notifications/clear", clear_notifications, "write:notifications"),
    get("/api/v1/notifications/:id", show_notification, "read:notifications"),
    post("/api/v1/notifications/:id/dismiss", dismiss_notification, "write:notifications"),
)
