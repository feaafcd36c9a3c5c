"""What a member may do here and now: the role, as far as the way of signing in allows it.

Officers need a second factor: one without has the rights of a member, in browsers and apps alike, until one
is enrolled. It is not asked in development, nor of tokens that the operator made on the machine itself.
"""

from typing import Final

from fediunion.config import Settings
from fediunion.members.models import AccessToken, Member, Role, WebSession

_RANKS: Final = tuple(Role)


def rank_of(role: str) -> int:
    """Return how far a role reaches: 0 for a member."""
    return _RANKS.index(Role(role))


def lower_role(first: str, second: str) -> Role:
    """Return the role that may do less."""
    return Role(min(first, second, key=rank_of))


def lacks_second_factor(member: Member, settings: Settings) -> bool:
    """Return whether a member is an officer whose rights wait for a second factor (row W11)."""
    return member.role != Role.MEMBER and member.second_factor_since is None and not settings.is_development


def rights_of_member(member: Member, settings: Settings) -> Role:
    """Return what a member who signs in now may do."""
    return Role.MEMBER if lacks_second_factor(member, settings) else Role(member.role)


def rights_in_session(row: WebSession, member: Member, settings: Settings) -> Role:
    """Return what a member may do in one browser: never more than when the session began (row W02)."""
    return lower_role(row.role, rights_of_member(member, settings))


def rights_of_token(token: AccessToken, member: Member, settings: Settings) -> Role:
    """Return what a member's app may do, as far as its scopes reach."""
    return Role(member.role) if token.by_operator else rights_of_member(member, settings)
