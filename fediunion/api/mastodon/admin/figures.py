"""Figures: only those for which nobody has to be watched.

Source: https://docs.joinmastodon.org/methods/admin/measures/, /dimensions/ and /retention/
"""

import platform
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from fediunion import __version__
from fediunion.api.endpoint import Call, Endpoint, Json, on_purpose, post
from fediunion.api.mastodon.admin.acting import Moderator, for_role, read_as
from fediunion.api.mastodon.empty import show_nothing
from fediunion.api.mastodon.entities.admin_figures import admin_dimension_entity, admin_measure_entity
from fediunion.api.mastodon.entities.frame import Entity
from fediunion.api.params import Params
from fediunion.kit.errors import Invalid
from fediunion.members.models import Role
from fediunion.social.moderation.figures import count_by_day, days_between, largest_servers, stored_bytes

_MOST_KEYS: Final = 20
_LONGEST: Final = 300


async def show_measures(call: Call) -> Json:
    """Show counts of rows by day. What would need a record of who is active is left out of the answer."""

    def load(session: Session, _moderator: Moderator) -> list[Entity]:
        params = call.params
        days = days_between(_moment(params, "start_at"), _moment(params, "end_at"))
        keys = params.texts("keys", most=_MOST_KEYS, longest=60)
        return [
            entity for key in keys if (entity := _measure(session, key, days, params.group(key))) is not None
        ]

    return await read_as(call, Role.ADMIN, load)


def _measure(session: Session, key: str, days: Sequence[datetime], about: Params | None) -> Entity | None:
    host = about.text("domain", most=_LONGEST).lower() if about is not None else None
    counts = count_by_day(session, key, days, host)
    if counts is None:
        return None
    span = timedelta(days=len(days))
    before = count_by_day(session, key, [moment - span for moment in days], host) or []
    return admin_measure_entity(key, days, counts, sum(before))


async def show_dimensions(call: Call) -> Json:
    """Show versions, space and the largest servers; other divisions are left out of the answer."""

    def load(session: Session, _moderator: Moderator) -> list[Entity]:
        params = call.params
        limit = min(max(params.whole_number("limit", 10), 1), 100)
        keys = params.texts("keys", most=_MOST_KEYS, longest=60)
        found = ((key, _dimension(session, key, limit)) for key in keys)
        return [admin_dimension_entity(key, rows) for key, rows in found if rows is not None]

    return await read_as(call, Role.ADMIN, load)


def _dimension(session: Session, key: str, limit: int) -> list[Entity] | None:
    if key == "servers":
        return [
            {"key": host, "human_key": host, "value": str(count)}
            for host, count in largest_servers(session, limit)
        ]
    if key == "software_versions":
        versions = (("fediunion", "FediUnion", __version__), ("python", "Python", platform.python_version()))
        return [
            {"key": name, "human_key": shown, "value": version, "human_value": version}
            for name, shown, version in versions
        ]
    if key == "space_usage":
        size = stored_bytes(session)
        human = f"{size / 1_048_576:.1f} MiB"
        return [
            {
                "key": "media",
                "human_key": "Media storage",
                "value": str(size),
                "unit": "bytes",
                "human_value": human,
            }
        ]
    return None


def _moment(params: Params, name: str) -> datetime:
    moment = params.moment(name)
    if moment is None:
        raise Invalid(f"{name} is missing", field=name)
    return moment


_NOBODY_IS_WATCHED: Final = "Who comes back when is not recorded."

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    post("/api/v1/admin/measures", show_measures, "admin:read"),
    post("/api/v1/admin/dimensions", show_dimensions, "admin:read"),
    *on_purpose(
        _NOBODY_IS_WATCHED,
        for_role(Role.ADMIN, post("/api/v1/admin/retention", show_nothing, "admin:read")),
    ),
)
