"""Hashtags, as administrators see them: all may be used, so there is nothing to decide.

Source: https://github.com/mastodon/mastodon/blob/main/config/routes/api.rb (not documented)
"""

from typing import Final

from fediunion.api.endpoint import Call, Endpoint, Json, get, on_purpose, put
from fediunion.api.mastodon.admin.acting import for_role
from fediunion.api.mastodon.empty import show_nothing
from fediunion.api.mastodon.entities.admin_figures import admin_tag_entity
from fediunion.api.mastodon.entities.frame import frame_for
from fediunion.api.mastodon.tags import tag_name
from fediunion.members.models import Role


async def show_tag(call: Call) -> Json:
    """Show a hashtag; every one exists. Nothing about it can be changed."""
    return admin_tag_entity(tag_name(call.open_parts["id"]), frame_for(call.world.settings, call.viewer))


_NO_REVIEW: Final = "Hashtags are not reviewed: all may be used, and none is promoted."

ENDPOINTS: Final[tuple[Endpoint, ...]] = on_purpose(
    _NO_REVIEW,
    for_role(Role.ADMIN, get("/api/v1/admin/tags", show_nothing, "admin:read")),
    for_role(Role.ADMIN, get("/api/v1/admin/tags/:id", show_tag, "admin:read")),
    for_role(Role.ADMIN, put("/api/v1/admin/tags/:id", show_tag, "admin:write")),
)
