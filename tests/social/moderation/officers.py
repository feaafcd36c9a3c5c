"""Officers of tests."""

from sqlalchemy.orm import Session

from fediunion.members.models import Role
from fediunion.social.moderation.officers import Officer
from tests.social.builders import local_actor, member_of


def officer(session: Session, name: str, role: Role) -> Officer:
    """Return a new member of that role, as who acts."""
    actor = local_actor(session, name)
    member_of(session, actor, role)
    return Officer(actor.id, role, f"@{name}@union.test")
