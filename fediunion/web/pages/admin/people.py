"""Accounts as the pages of officers show them."""

from collections.abc import Sequence
from typing import Final

from fediunion.actors.models import Actor
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
