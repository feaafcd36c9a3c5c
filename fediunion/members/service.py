"""What is done with members: made, let in, given a role or another password, disabled, suspended, erased."""

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fediunion.actors.keys import NewKeys
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.actors.names import check_member_name
from fediunion.actors.queries import get_actor
from fediunion.actors.service import (
    create_local_actor,
    mark_actor_deleted,
    suspend_actor,
    unsuspend_actor,
)
from fediunion.actors.service import set_reach as set_actor_reach
from fediunion.db import announce, emit, now_of, settings_of
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.sentences import Sentence
from fediunion.members.emails import EmailAddress, email_key, parse_email, seal_email
from fediunion.members.events import MemberErased, MemberLoggedOut, MemberReachChanged, MemberSuspended
from fediunion.members.models import AccessToken, Member, MemberState, Role, SignUp
from fediunion.members.queries import count_owners, find_member_by_email
from fediunion.members.rights import rank_of
from fediunion.members.sessions import end_sessions
from fediunion.members.tokens import CACHE, revoke_tokens, revoke_tokens_where
from fediunion.world import CHANGED


def create_member(
    session: Session,
    *,
    username: str,
    keys: NewKeys,
    email: str | None = None,
    password_hash: str | None = None,
    role: Role = Role.MEMBER,
    reach: Reach | None = None,
    state: MemberState = MemberState.ACTIVE,
    display_name: str = "",
    locale: str | None = None,
    by_operator: bool = True,
) -> Member:
    """Return a new member with an actor; the reach is the configured one unless given.

    Raises Invalid, with its field, for a name or address that is bad, reserved, or taken; a name that was
    ever used stays taken.
    """
    settings = settings_of(session)
    name = check_member_name(username, settings, by_operator=by_operator)
    address = parse_email(email) if email else None
    reach = reach or Reach(settings.privacy.default_reach)
    actor = create_local_actor(
        session, kind=ActorKind.MEMBER, username=name, display_name=display_name, reach=reach, keys=keys
    )
    actor.pending = state is MemberState.PENDING
    member = Member(
        actor_id=actor.id,
        email_key=None,
        sealed_email=None,
        password_hash=password_hash,
        role=role,
        state=state,
        locale=locale or settings.instance.languages[0],
        settings={},
        created_at=now_of(session),
    )
    _give_email(session, member, address)
    try:
        with session.begin_nested():
            session.add(member)
    except IntegrityError as error:
        raise _email_taken() from error
    return member


def change_email(session: Session, member: Member, email: str) -> None:
    """Give a member another address, which was confirmed. Raises Invalid.

    Requests for accounts that named it lose it, and never open.
    """
    address = parse_email(email)
    try:
        with session.begin_nested():
            _give_email(session, member, address)
    except IntegrityError as error:
        raise _email_taken() from error


def set_password(session: Session, member: Member, password_hash: str) -> None:
    """Give a member another password; all tokens and sessions end, as somebody else may hold one."""
    member.password_hash = password_hash
    log_out(session, member)


def set_role(session: Session, member: Member, role: Role) -> None:
    """Give a member a role; with less of one, tokens and sessions end. Raises NotAllowed for the last owner.

    With a first office apps end too, and browsers may do no more than before until the member proves to be
    the one there (row W02). Source: row W18.
    """
    if role is not Role.OWNER:
        _keep_an_owner(session, member)
    if rank_of(role) < rank_of(member.role):
        log_out(session, member)
    elif member.role == Role.MEMBER != role:
        end_apps(session, member)
    member.role = role
    announce(session, CHANGED, CACHE)


def set_reach(session: Session, member: Member, reach: Reach) -> Actor:
    """Let a member be seen as far as `reach`; return the actor. Announces MemberReachChanged on a change."""
    actor = get_actor(session, member.actor_id)
    before = Reach(actor.reach)
    if before is not reach:
        set_actor_reach(session, actor, reach)
        emit(session, MemberReachChanged(actor.id, before, reach))
    return actor


def approve_member(session: Session, member: Member) -> None:
    """Let a pending member act; for another one nothing changes."""
    if member.state == MemberState.PENDING:
        member.state = MemberState.ACTIVE
        get_actor(session, member.actor_id).pending = False
        announce(session, CHANGED, CACHE)
        announce(session, CHANGED, "actors")


def disable_member(session: Session, member: Member) -> None:
    """Let a member log in no more: tokens and sessions end, what it wrote is shown as before.

    Raises NotAllowed for the last owner, and for one who could not log in anyway.
    """
    if member.state == MemberState.DISABLED:
        return
    if member.state != MemberState.ACTIVE:
        raise NotAllowed(Sentence("This account is not active."), reason="not-active")
    _keep_an_owner(session, member)
    member.state = MemberState.DISABLED
    log_out(session, member)


def enable_member(session: Session, member: Member) -> None:
    """Let a disabled member log in again; for another one nothing changes."""
    if member.state == MemberState.DISABLED:
        member.state = MemberState.ACTIVE
        announce(session, CHANGED, CACHE)


def suspend_member(session: Session, member: Member) -> None:
    """Let a member act no more: tokens and sessions end, no profile is shown.

    Raises NotAllowed for the last owner.
    """
    if member.state in (MemberState.SUSPENDED, MemberState.DELETED):
        return
    _keep_an_owner(session, member)
    member.state = MemberState.SUSPENDED
    log_out(session, member)
    suspend_actor(session, get_actor(session, member.actor_id))
    emit(session, MemberSuspended(member.id, member.actor_id))


def unsuspend_member(session: Session, member: Member) -> None:
    """Let a suspended member act again, with new tokens; who waited to be let in waits again."""
    if member.state == MemberState.SUSPENDED:
        waits = session.get(SignUp, member.id) is not None
        member.state = MemberState.PENDING if waits else MemberState.ACTIVE
        unsuspend_actor(session, get_actor(session, member.actor_id))


def delete_member(session: Session, member: Member) -> None:
    """Erase an account: address, password and tokens go, a tombstone stays where the actor could be seen.

    The name is never given again. Features remove what is theirs and tell those who hold copies
    (MemberErased comes before the actor is emptied, so that they still see whom it was).
    Raises NotAllowed for the last owner; a second time changes nothing.
    """
    if member.state == MemberState.DELETED:
        return
    _keep_an_owner(session, member)
    actor = get_actor(session, member.actor_id)
    log_out(session, member)
    member.state = MemberState.DELETED
    member.email_key = member.sealed_email = member.password_hash = None
    member.settings = {}
    session.execute(delete(SignUp).where(SignUp.member_id == member.id))
    emit(session, MemberErased(member.id, actor.id))
    mark_actor_deleted(session, actor)


def end_apps(session: Session, member: Member) -> None:
    """End what a member's apps were given; tokens that the operator made stay, and so do browsers."""
    revoke_tokens_where(session, (AccessToken.member_id == member.id) & AccessToken.by_operator.is_(False))
    emit(session, MemberLoggedOut(member.id))


def log_out(session: Session, member: Member) -> None:
    """End all tokens, sessions and streams of a member."""
    revoke_tokens(session, member)
    end_sessions(session, member)
    emit(session, MemberLoggedOut(member.id))


def _give_email(session: Session, member: Member, address: EmailAddress | None) -> None:
    if address is None:
        return
    settings = settings_of(session)
    found = find_member_by_email(session, str(address))
    if found is not None and found[0].id != member.id:
        raise _email_taken()
    key = email_key(address, settings)
    named = update(SignUp).where(SignUp.email_key == key)
    session.execute(named.values(email_key=None, sealed_email=None))
    member.email_key, member.sealed_email = key, seal_email(address, member.id, settings)


def _keep_an_owner(session: Session, member: Member) -> None:
    if member.role == Role.OWNER and member.state == MemberState.ACTIVE and count_owners(session) < 2:
        raise NotAllowed(
            Sentence("The last owner cannot go; make somebody else owner first."), reason="last-owner"
        )


def _email_taken() -> Invalid:
    return Invalid(Sentence("This e-mail address is in use."), field="email", reason="taken")
