"""Accounts as the pages of officers show them."""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actor
from fediunion.kit.sentences import Sentence
from fediunion.members.models import Member, MemberState, Role
from fediunion.social.moderation.account_queries import ModeratedAccount
from fediunion.social.moderation.models import Measure

ROLES: Final = {
    Role.MEMBER: Sentence("Member"),
    Role.MODERATOR: Sentence("Moderator"),
    Role.ADMIN: Sentence("Administrator"),
    Role.OWNER: Sentence("Owner"),
}
MEASURES: Final = {
    Measure.WARN: Sentence("Warning"),
    Measure.REMOVE: Sentence("Posts removed"),
    Measure.COVER: Sentence("Pictures covered"),
    Measure.LIMIT: Sentence("Limited"),
    Measure.SUSPEND: Sentence("Suspended"),
}
_STATES: Final = {
    MemberState.PENDING: Sentence("Waits for approval"),
    MemberState.DISABLED: Sentence("Disabled"),
    MemberState.DELETED: Sentence("Deleted"),
}


def handle_of(actor: Actor | None) -> str:
    """Return `@name@host`, "" for nobody."""
    return "" if actor is None else f"@{actor.username}@{actor.handle_host}"


def handles_of(session: Session, actor_ids: Iterable[int | None]) -> dict[int, str]:
    """Return the handles of accounts by id, without None."""
    return {each: handle_of(find_actor(session, each)) for each in set(actor_ids) if each is not None}


def standing_of(actor: Actor, member: Member | None) -> Sequence[Sentence]:
    """Return what was decided about an account and still holds."""
    found = [] if member is None else [_STATES[state] for state in _STATES if member.state == state]
    if actor.suspended_at is not None:
        found.append(MEASURES[Measure.SUSPEND])
    if actor.silenced_at is not None:
        found.append(MEASURES[Measure.LIMIT])
    if actor.sensitized_at is not None:
        found.append(MEASURES[Measure.COVER])
    return found


def shown_account(account: ModeratedAccount) -> dict[str, object]:
    """Return an account as a row of a list."""
    actor, member = account.actor, account.member
    return {
        "id": actor.id,
        "name": actor.display_name or actor.username,
        "handle": handle_of(actor),
        "local": actor.local,
        "role": ROLES[Role(member.role)] if member is not None else "",
        "is_officer": member is not None and member.role != Role.MEMBER,
        "standing": standing_of(actor, member),
        "waits": member is not None and member.state == MemberState.PENDING,
        "since": actor.created_at,
    }
