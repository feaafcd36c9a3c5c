"""Members with roles, and their apps with the scopes of moderation."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.members.models import Member, Role
from fediunion.members.service import set_role
from fediunion.social.moderation.models import AuditEntry
from tests.api.rig import Client, Rig

ADMIN_SCOPES = "read write admin:read admin:write"


async def staff(rig: Rig, name: str, role: Role) -> Client:
    """Return a new member of that role, whose app has every scope of moderation."""
    client = await rig.member(name, scopes=ADMIN_SCOPES)
    await give_role(rig, client, role)
    return client


async def give_role(rig: Rig, client: Client, role: Role) -> None:
    """Give a member a role; tokens end where it is less of one."""

    def unit(session: Session) -> None:
        set_role(
            session, session.scalars(select(Member).where(Member.actor_id == client.actor_id)).one(), role
        )

    await rig.world.db.write(unit)


async def audited(rig: Rig) -> list[tuple[str, str, str]]:
    """Return (by, action, reason) of the log, from the first entry on."""

    def read(session: Session) -> list[tuple[str, str, str]]:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.number))
        return [
            (entry.by.split("@")[1] if "@" in entry.by else entry.by, entry.action, entry.reason)
            for entry in entries
        ]

    return await rig.world.db.read(read)


async def deleting(client: Client, path: str, expected: int = 200) -> object:
    """Return the JSON of a DELETE."""
    answer = await client.ask("DELETE", path)
    assert answer.status_code == expected, answer.text
    return answer.json()
