"""Trends, as administrators would review them: none. Source: https://docs.joinmastodon.org/methods/admin/trends/"""

from typing import Final

from fediunion.api.endpoint import Endpoint, get, on_purpose, post
from fediunion.api.mastodon.admin.acting import for_role
from fediunion.api.mastodon.empty import NO_TRENDS, accept_and_do_nothing, show_nothing
from fediunion.members.models import Role

_TRENDS: Final = "/api/v1/admin/trends"
_LISTS: Final = ("links", "links/publishers", "statuses", "tags")

ENDPOINTS: Final[tuple[Endpoint, ...]] = on_purpose(
    NO_TRENDS,
    *(for_role(Role.ADMIN, get(f"{_TRENDS}/{each}", show_nothing, "admin:read")) for each in _LISTS),
    *(
        for_role(Role.ADMIN, post(f"{_TRENDS}/{each}/:id/{act}", accept_and_do_nothing, "admin:write"))
        for each in _LISTS
        for act in ("approve", "reject")
    ),
)
