"""What the members package tells the features above."""

from dataclasses import dataclass

from fediunion.actors.models import Reach


@dataclass(frozen=True)
class MemberReachChanged:
    """A member is seen further or less far. Once hidden, whoever knows the actor is told that it is gone."""

    actor_id: int
    before: Reach
    after: Reach


@dataclass(frozen=True)
class MemberSignedUp:
    """Somebody asked for an account and confirmed the address; those who let people in may look at it."""

    member_id: int
    actor_id: int


@dataclass(frozen=True)
class MemberLoggedOut:
    """All tokens and sessions of a member ended: another password, less of a role, suspension, erasure."""

    member_id: int


@dataclass(frozen=True)
class MemberTakenBack:
    """Who had the former address of a member took the account back: somebody else had been in it."""

    member_id: int
    actor_id: int


@dataclass(frozen=True)
class MemberSuspended:
    """A member may not act any more; sessions and streams end."""

    member_id: int
    actor_id: int


@dataclass(frozen=True)
class MemberErased:
    """A member's account is gone: remove what it left here, and tell those who hold copies by a Delete."""

    member_id: int
    actor_id: int
