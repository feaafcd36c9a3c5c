"""How far the member read. Source: https://docs.joinmastodon.org/methods/markers/"""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.api.endpoint import Call, Endpoint, Json, get, post
from fediunion.api.mastodon.entities.frame import Entity
from fediunion.api.mastodon.entities.marker import marker_entity
from fediunion.social.timelines.markers import HOME, NOTIFICATIONS, find_markers, mark_read_until

_TIMELINES: Final = (HOME, NOTIFICATIONS)


async def show_markers(call: Call) -> Json:
    """Show how far the member read the timelines that are named."""
    named = [name for name in call.params.texts("timeline", most=10, longest=50) if name in _TIMELINES]
    rows = await call.world.db.read(find_markers, call.member.actor_id, named)
    return {row.timeline: marker_entity(row) for row in rows}


async def save_markers(call: Call) -> Json:
    """Note how far the member read."""
    actor_id = call.member.actor_id
    wanted: dict[str, int] = {}
    for name in _TIMELINES:
        group = call.params.group(name)
        last_read_id = group.id("last_read_id") if group is not None else None
        if last_read_id is not None:
            wanted[name] = last_read_id

    def unit(session: Session) -> dict[str, Entity]:
        rows = mark_read_until(session, actor_id, wanted)
        return {name: marker_entity(row) for name, row in rows.items()}

    return await call.world.db.write(unit)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/markers", show_markers, "read:statuses"),
    post("/api/v1/markers", save_markers, "write:statuses"),
)
