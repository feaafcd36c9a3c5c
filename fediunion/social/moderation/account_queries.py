"""Accounts as moderators look for them: members and accounts elsewhere, by name, state and server."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, ActorKind
from fediunion.db import settings_of
from fediunion.db.pages import paged
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.pages import Page
from fediunion.members.emails import email_key, parse_email
from fediunion.members.models import Member, MemberState, Role, SignUp

STATES: Final = ("active", "pending", "disabled", "silenced", "suspended", "sensitized")
_ESCAPE: Final = "\\"


@dataclass(frozen=True)
class ModeratedAccount:
    """An account: the actor, and where it is a member of ours, the member and its request if undecided."""

    actor: Actor
    member: Member | None = None
    sign_up: SignUp | None = None

    @property
    def sealed_email(self) -> bytes | None:
        """Return the address of a member, or the one that a request names and nobody confirmed."""
        confirmed = self.member.sealed_email if self.member is not None else None
        return confirmed or (self.sign_up.sealed_email if self.sign_up is not None else None)


_Statement: TypeAlias = Select[Actor, Member, SignUp]


@dataclass(frozen=True, kw_only=True)
class AccountFilter:
    """What is looked for; whatever is empty does not matter. `local` None means both."""

    local: bool | None = None
    states: Sequence[str] = ()
    roles: Sequence[Role] = ()
    host: str = ""
    username: str = ""
    display_name: str = ""
    email: str = ""


def get_moderated(session: Session, actor_id: int) -> ModeratedAccount:
    """Return a member or an account elsewhere. Raises NotFound for an institution, and for who is gone."""
    found = session.execute(_accounts().where(Actor.id == actor_id)).first()
    if found is None:
        raise NotFound("There is no such account.")
    return ModeratedAccount(found[0], found[1], found[2])


def find_moderated_among(session: Session, actor_ids: Sequence[int]) -> dict[int, ModeratedAccount]:
    """Return accounts by id, institutions and those that are gone too."""
    statement = _joined().where(Actor.id.in_(list(actor_ids)))
    return {row[0].id: ModeratedAccount(row[0], row[1], row[2]) for row in session.execute(statement)}


def list_moderated(session: Session, wanted: AccountFilter, page: Page) -> list[ModeratedAccount]:
    """Return accounts, the newest first; nothing in a text is a wildcard (row C11)."""
    statement = _accounts()
    for condition in _conditions(session, wanted):
        statement = statement.where(condition)
    rows = session.execute(paged(statement, Actor.id, page))
    return page.newest_first([ModeratedAccount(row[0], row[1], row[2]) for row in rows])


def _joined() -> _Statement:
    return (
        select(Actor, Member, SignUp)
        .outerjoin(Member, Member.actor_id == Actor.id)
        .outerjoin(SignUp, SignUp.member_id == Member.id)
    )


def _accounts() -> _Statement:
    kinds = (ActorKind.MEMBER, ActorKind.REMOTE)
    return _joined().where(Actor.kind.in_(kinds), Actor.deleted_at.is_(None))


def _conditions(session: Session, wanted: AccountFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_STATES[state] for state in wanted.states]
    if wanted.local is not None:
        found.append(Actor.local.is_(wanted.local))
    if wanted.roles:
        found.append(Member.role.in_(list(wanted.roles)))
    if wanted.host:
        found.append(or_(Actor.host == wanted.host.lower(), Actor.handle_host == wanted.host.lower()))
    if wanted.username:
        found.append(Actor.username_key.like(f"{_literal(wanted.username)}%", escape=_ESCAPE))
    if wanted.display_name:
        found.append(
            func.lower(Actor.display_name).like(f"%{_literal(wanted.display_name)}%", escape=_ESCAPE)
        )
    if wanted.email:
        found.append(_has_email(session, wanted.email))
    return found


def _has_email(session: Session, text: str) -> ColumnElement[bool]:
    """Return the condition of having just this address: of others nothing can be looked for."""
    try:
        key = email_key(parse_email(text.strip()), settings_of(session))
    except Invalid:
        return false()
    return or_(Member.email_key == key, SignUp.email_key == key)


_STATES: Final[dict[str, ColumnElement[bool]]] = {
    "active": Actor.suspended_at.is_(None) & or_(~Actor.local, Member.state == MemberState.ACTIVE),
    "pending": Member.state == MemberState.PENDING,
    "disabled": Member.state == MemberState.DISABLED,
    "silenced": Actor.silenced_at.is_not(None),
    "suspended": Actor.suspended_at.is_not(None),
    "sensitized": Actor.sensitized_at.is_not(None),
}


def _literal(text: str) -> str:
    plain = text.strip().lower().removeprefix("@")
    return plain.replace(_ESCAPE, _ESCAPE * 2).replace("%", f"{_ESCAPE}%").replace("_", f"{_ESCAPE}_")
