"""Reports, as moderators decide them. Source: https://docs.joinmastodon.org/methods/admin/reports/"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.queries import instance_actor
from fediunion.api.endpoint import Answer, Call, Endpoint, Handler, Json, get, post, put
from fediunion.api.mastodon.admin.acting import MOST, USUAL, Moderator, read_as, write_as
from fediunion.api.mastodon.entities.admin_report import admin_report_entity
from fediunion.api.mastodon.entities.frame import Entity, frame_for
from fediunion.api.mastodon.fragments import fragment, statuses_of
from fediunion.api.mastodon.listing import links
from fediunion.members.models import Role
from fediunion.social.moderation import reports
from fediunion.social.moderation.account_queries import ModeratedAccount, find_moderated_among
from fediunion.social.moderation.models import Report
from fediunion.social.moderation.queries import get_report, list_reports
from fediunion.social.posts.queries import find_post_ids

Act = Callable[[Session, Report, Moderator], None]
_LONGEST_HOST: Final = 255


@dataclass(frozen=True)
class _Loaded:
    rows: Sequence[Report]
    accounts: dict[int, ModeratedAccount]
    instance_id: int
    post_ids: dict[str, int]


def _load(session: Session, rows: Sequence[Report]) -> _Loaded:
    instance_id = instance_actor(session).id
    named = {instance_id}
    for row in rows:
        named |= {
            actor_id
            for actor_id in (row.reporter_id, row.target_id, row.assigned_id, row.handled_by_id)
            if actor_id is not None
        }
    uris = [uri for row in rows for uri in row.post_uris]
    return _Loaded(
        rows, find_moderated_among(session, list(named)), instance_id, find_post_ids(session, uris)
    )


async def _entities(call: Call, loaded: _Loaded) -> list[Entity]:
    """Return reports. Of the posts those are shown that the moderator may read as a member."""
    statuses = await statuses_of(call.world, call.viewer, list(loaded.post_ids.values()))
    frame = frame_for(call.world.settings, call.viewer)

    def shown(row: Report) -> list[object]:
        ids = [loaded.post_ids[uri] for uri in row.post_uris if uri in loaded.post_ids]
        return [fragment(statuses[post_id]) for post_id in ids if post_id in statuses]

    return [
        admin_report_entity(row, loaded.accounts, loaded.instance_id, shown(row), frame)
        for row in loaded.rows
    ]


async def list_(call: Call) -> Answer:
    """List reports: open ones, or with `resolved` those that were decided."""
    page, params = call.page(USUAL, MOST), call.params
    resolved = params.flag("resolved")
    reporter_id, target_id = params.id("account_id"), params.id("target_account_id")
    host = params.text("by_target_domain", most=_LONGEST_HOST).lower()

    def load(session: Session, _moderator: Moderator) -> _Loaded:
        rows = list_reports(
            session,
            page,
            resolved=resolved,
            target_id=target_id,
            reporter_id=reporter_id,
            target_host=host or None,
        )
        return _load(session, rows)

    loaded = await read_as(call, Role.MODERATOR, load)
    return Answer(await _entities(call, loaded), headers=links(call, page, [row.id for row in loaded.rows]))


async def show(call: Call) -> Json:
    """Show one report."""
    report_id = call.id
    loaded = await read_as(
        call, Role.MODERATOR, lambda session, _: _load(session, [get_report(session, report_id)])
    )
    return (await _entities(call, loaded))[0]


async def change(call: Call) -> Json:
    """Say what a report is about."""
    params = call.params

    def act(session: Session, row: Report, moderator: Moderator) -> None:
        if "category" in params:
            category = params.text("category", most=20)
            reports.change_category(session, row, category, by=moderator.handle)

    return await _done(call, act)


async def _done(call: Call, act: Act) -> Json:
    """Do something with one report, and show it as it is then."""
    report_id = call.id

    def work(session: Session, moderator: Moderator) -> _Loaded:
        row = get_report(session, report_id)
        act(session, row, moderator)
        return _load(session, [row])

    return (await _entities(call, await write_as(call, Role.MODERATOR, work)))[0]


def _does(act: Act) -> Handler:
    async def handle(call: Call) -> Json:
        return await _done(call, act)

    return handle


def _take(session: Session, row: Report, moderator: Moderator) -> None:
    reports.assign(session, row, moderator.actor_id, by=moderator.handle)


def _leave(session: Session, row: Report, moderator: Moderator) -> None:
    reports.assign(session, row, None, by=moderator.handle)


def _resolve(session: Session, row: Report, moderator: Moderator) -> None:
    reports.resolve(session, row, by=moderator.handle, moderator_id=moderator.actor_id)


def _reopen(session: Session, row: Report, moderator: Moderator) -> None:
    if row.state == "resolved":
        reports.reopen(session, row, by=moderator.handle)


_READS: Final = "admin:read:reports"
_WRITES: Final = "admin:write:reports"
_ONE: Final = "/api/v1/admin/reports/:id"

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/admin/reports", list_, _READS),
    get(_ONE, show, _READS),
    put(_ONE, change, _WRITES),
    post(f"{_ONE}/assign_to_self", _does(_take), _WRITES),
    post(f"{_ONE}/unassign", _does(_leave), _WRITES),
    post(f"{_ONE}/resolve", _does(_resolve), _WRITES),
    post(f"{_ONE}/reopen", _does(_reopen), _WRITES),
)
