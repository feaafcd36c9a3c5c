"""Blocked network addresses: none on purpose. Source: https://docs.joinmastodon.org/methods/admin/ip_blocks/"""

from typing import Final

from fediunion.api.endpoint import Call, Endpoint, Json, delete, get, on_purpose, post, put
from fediunion.api.mastodon.admin.acting import for_role
from fediunion.api.mastodon.empty import show_nothing
from fediunion.kit.errors import NotFound, Refused
from fediunion.members.models import Role


async def find_none(_call: Call) -> Json:
    """Say that there is no such block."""
    raise NotFound("There is no such block.")


async def refuse(_call: Call) -> Json:
    """Say where networks are blocked instead."""
    raise Refused("No network address is kept here; block networks in the proxy or the firewall.")


_NO_ADDRESSES: Final = (
    "No address of a network is kept, so none is blocked here: proxies and firewalls do that. "
    "A new block is refused with that sentence, and there is none to show."
)
_READS: Final = "admin:read:ip_blocks"
_WRITES: Final = "admin:write:ip_blocks"
_ONE: Final = "/api/v1/admin/ip_blocks/:id"

ENDPOINTS: Final[tuple[Endpoint, ...]] = on_purpose(
    _NO_ADDRESSES,
    for_role(Role.ADMIN, get("/api/v1/admin/ip_blocks", show_nothing, _READS)),
    for_role(Role.ADMIN, post("/api/v1/admin/ip_blocks", refuse, _WRITES)),
    for_role(Role.ADMIN, get(_ONE, find_none, _READS)),
    for_role(Role.ADMIN, put(_ONE, find_none, _WRITES)),
    for_role(Role.ADMIN, delete(_ONE, find_none, _WRITES)),
)
