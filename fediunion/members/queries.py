"""Reads: members by name, address and actor."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import find_local_actor
from fediunion.db import settings_of
from fediunion.kit.errors import Invalid, NotFound
from fediunion.members.emails import email_key, parse_email
from fediunion.members.models import Member, MemberState, Role


def find_member(session: Session, name: str) -> tuple[Member, Actor] | None:
    """Return the member of that username in any case, and the actor; deleted ones are found too."""
    actor = find_local_actor(session, name.strip().removeprefix("@"))
    member = None if actor is None else find_member_of(session, actor.id)
    return None if actor is None or member is None else (member, actor)


def get_member(session: Session, name: str) -> tuple[Member, Actor]:
    """Return the member of that username and the actor; raise NotFound for nobody and for a deleted one."""
    found = find_member(session, name)
    if found is None or found[0].state == MemberState.DELETED:
        raise NotFound(f"There is no member named {name[:60]}.")
    return found


def find_member_of(session: Session, actor_id: int) -> Member | None:
    """Return the member who acts as that actor, or None."""
    return session.scalar(select(Member).where(Member.actor_id == actor_id))


def find_member_by_email(session: Session, text: str) -> tuple[Member, Actor] | None:
    """Return the member with that address, in any case of letters, and the actor; None for no address."""
    try:
        key = email_key(parse_email(text.strip()), settings_of(session))
    except Invalid:
        return None
    found = session.execute(
        select(Member, Actor).join(Actor, Actor.id == Member.actor_id).where(Member.email_key == key)
    ).first()
    return None if found is None else (found[0], found[1])


def find_login(session: Session, name_or_email: str) -> tuple[Member, Actor] | None:
    """Return who logs in with that name or address, or None. A lookup is made in any case (row W08)."""
    found = find_member_by_email(session, name_or_email) or find_member(session, name_or_email)
    return found if found is not None and found[0].state != MemberState.DELETED else None


def list_members(session: Session) -> list[tuple[Member, Actor]]:
    """Return all members that are not deleted, with their actors, by username."""
    rows = session.execute(
        select(Member, Actor)
        .join(Actor, Actor.id == Member.actor_id)
        .where(Member.state != MemberState.DELETED)
        .order_by(Actor.username_key)
    )
    return [(member, actor) for member, actor in rows]


def count_owners(session: Session) -> int:
    """Return how many active members are owners."""
    owners = select(func.count()).where(Member.role == Role.OWNER, Member.state == MemberState.ACTIVE)
    return session.scalar(owners) or 0
