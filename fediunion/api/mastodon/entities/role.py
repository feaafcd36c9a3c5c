"""The Role entity."""

from typing import Final

from fediunion.api.mastodon.entities.frame import Entity
from fediunion.members.models import Role

# The bits of https://docs.joinmastodon.org/entities/Role/#permission-flags
_PERMISSIONS: Final = {
    Role.MEMBER: 0,
    Role.MODERATOR: (1 << 2) | (1 << 4) | (1 << 10),
    Role.ADMIN: 1 << 0,
    Role.OWNER: 1 << 0,
}
_NUMBERS: Final = {Role.MEMBER: "-99", Role.MODERATOR: "1", Role.ADMIN: "2", Role.OWNER: "3"}


def role_entity(role: str) -> Entity:
    """Return what a member may do, as the bits that clients know.

    Source: https://docs.joinmastodon.org/entities/Role/
    """
    known = Role(role)
    return {
        "id": _NUMBERS[known],
        "name": "" if known is Role.MEMBER else known.value.capitalize(),
        "permissions": str(_PERMISSIONS[known]),
        "color": "",
        "highlighted": known is not Role.MEMBER,
    }
