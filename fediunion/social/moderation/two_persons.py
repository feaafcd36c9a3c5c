"""Acts that take two officers: the owner's role, the export of keys, the export of everything.

One asks, a second approves within 24 hours; each step stands in the log of privileged acts, and the other
officers are told. The owner's role is given with the approval. An export is permitted by it: who asked takes
it, once, within the same time. What an operator does on the machine itself needs nobody else: whoever has
the files has it all.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.db import now_of
from fediunion.db.pages import paged
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.kit.pages import Page
from fediunion.kit.sentences import Sentence
from fediunion.members.models import MemberState, Role
from fediunion.members.rights import rank_of
from fediunion.members.service import set_role
from fediunion.social.moderation.audit import record_audit
from fediunion.social.moderation.models import AuditEntry, RequestState, TwoPersonRequest
from fediunion.social.moderation.officers import Officer, handle_of
from fediunion.social.moderation.roles import ROLE_GIVEN, get_member_of
from fediunion.social.moderation.telling import tell_officers

LIVES: Final = timedelta(hours=24)
ESTABLISHED: Final = timedelta(days=3)
LONGEST_REASON: Final = 1000
_OVER: Final = Sentence("This request is decided, or too old.")


class Act(StrEnum):
    """What takes two."""

    OWNER_ROLE = "owner_role"
    KEY_EXPORT = "key_export"
    FULL_EXPORT = "full_export"


def ask_for_owner(session: Session, actor: Actor, *, by: Officer, reason: str) -> TwoPersonRequest:
    """Return the request that a member becomes owner. Raises NotFound for no active member of ours.

    Further as `ask_for_export`.
    """
    member = get_member_of(session, actor)
    if member.state != MemberState.ACTIVE or member.role == Role.OWNER:
        raise Invalid(Sentence("This member is owner, or cannot act."), field="account")
    return _ask(session, Act.OWNER_ROLE, actor.uri, {"actor_id": str(actor.id)}, by, reason)


def ask_for_export(session: Session, act: Act, *, by: Officer, reason: str) -> TwoPersonRequest:
    """Return the request for an export, Act.KEY_EXPORT or Act.FULL_EXPORT.

    Raises NotAllowed for officers below admin, Invalid without a reason or where the same waits already.
    """
    if act is Act.OWNER_ROLE:
        raise Invalid(Sentence("This is no export."), field="act")
    return _ask(session, act, act, {}, by, reason)


def approve(session: Session, request_id: int, *, by: Officer) -> TwoPersonRequest:
    """Approve what another officer asked for, as the second person; return the request.

    One of the two is an owner, and nobody approves what was asked for by or about the same person. Neither
    made the other an officer within the last three days: two accounts of one person are not two persons.
    The owner's role is given at once, an export may be taken now. Raises NotFound, NotAllowed.
    """
    row = get_request(session, request_id)
    _check_waits(session, row)
    asker = get_actor(session, row.asked_by_id)
    if by.actor_id in (row.asked_by_id, int(row.asked.get("actor_id", 0))):
        raise NotAllowed(Sentence("This needs a second person."), reason="second-person")
    _check_admin(by)
    roles = (_role_now(session, asker), by.role)
    if Role.OWNER not in roles or any(rank_of(role) < rank_of(Role.ADMIN) for role in roles):
        raise NotAllowed(
            Sentence("One of the two has to be an owner, the other an admin."), reason="no-owner"
        )
    if _made_officer_by_the_other(session, asker, by):
        raise NotAllowed(
            Sentence(
                "One of the two made the other an officer within the last three days: a third has to do it."
            ),
            reason="second-person",
        )
    is_owner_role = row.act == Act.OWNER_ROLE
    _decide(session, row, RequestState.DONE if is_owner_role else RequestState.APPROVED, by)
    if is_owner_role:
        set_role(session, get_member_of(session, get_actor(session, int(row.asked["actor_id"]))), Role.OWNER)
    record_audit(session, by=by.handle, action=f"{row.act}.approve", subject=row.subject, reason=_named(row))
    tell_officers(session, f"{row.act}.approve", by=by, reason=row.reason)
    return row


def _made_officer_by_the_other(session: Session, asker: Actor, by: Officer) -> bool:
    uris = {handle_of(asker): asker.uri, by.handle: get_actor(session, by.actor_id).uri}
    given = select(AuditEntry.id).where(
        AuditEntry.action == ROLE_GIVEN,
        AuditEntry.by.in_(uris),
        AuditEntry.subject.in_(uris.values()),
        AuditEntry.at > now_of(session) - ESTABLISHED,
    )
    return session.scalar(given.limit(1)) is not None


def refuse(session: Session, request_id: int, *, by: Officer) -> TwoPersonRequest:
    """Refuse a request, or withdraw one's own; return it. Raises NotFound, NotAllowed."""
    row = get_request(session, request_id)
    _check_waits(session, row)
    _check_admin(by)
    own = row.asked_by_id == by.actor_id
    _decide(session, row, RequestState.WITHDRAWN if own else RequestState.REFUSED, by)
    verb = "withdraw" if own else "refuse"
    record_audit(session, by=by.handle, action=f"{row.act}.{verb}", subject=row.subject, reason=_named(row))
    return row


def take_permit(session: Session, request_id: int, act: Act, *, by: Officer) -> None:
    """Use up the permit of an export that was approved, in the unit that makes the export possible.

    Raises NotAllowed for anybody but who asked, a second time, and 24 hours after the approval.
    """
    row = get_request(session, request_id)
    taken = session.execute(
        update(TwoPersonRequest)
        .where(
            TwoPersonRequest.id == row.id,
            TwoPersonRequest.act == act,
            TwoPersonRequest.asked_by_id == by.actor_id,
            TwoPersonRequest.state == RequestState.APPROVED,
            TwoPersonRequest.decided_at > now_of(session) - LIVES,
        )
        .values(state=RequestState.DONE)
    )
    _check_admin(by)
    if act is Act.OWNER_ROLE or getattr(taken, "rowcount", 0) != 1:
        raise NotAllowed(_OVER, reason="no-permit")
    record_audit(session, by=by.handle, action=f"{act}.take", subject=row.subject, reason=_named(row))
    tell_officers(session, f"{act}.take", by=by, reason=row.reason)


def may_take(row: TwoPersonRequest, officer: Officer, now: datetime) -> bool:
    """Return whether an officer may still take the export of a request: `take_permit` decides."""
    is_own_export = row.act != Act.OWNER_ROLE and row.asked_by_id == officer.actor_id
    approved_at = row.decided_at if row.state == RequestState.APPROVED else None
    return is_own_export and approved_at is not None and approved_at > now - LIVES


def get_request(session: Session, request_id: int) -> TwoPersonRequest:
    """Return a request; raise NotFound."""
    row = session.get(TwoPersonRequest, request_id)
    if row is None:
        raise NotFound(Sentence("There is no such request."))
    return row


def list_requests(session: Session, page: Page, *, waiting: bool = False) -> list[TwoPersonRequest]:
    """Return requests, the newest first; with `waiting` those that can still be decided."""
    statement = select(TwoPersonRequest)
    if waiting:
        statement = statement.where(
            TwoPersonRequest.state == RequestState.WAITING, TwoPersonRequest.ends_at > now_of(session)
        )
    return page.newest_first(list(session.scalars(paged(statement, TwoPersonRequest.id, page))))


def _ask(
    session: Session, act: Act, subject: str, asked: dict[str, Any], by: Officer, reason: str
) -> TwoPersonRequest:
    _check_admin(by)
    if not reason.strip() or len(reason) > LONGEST_REASON:
        sentence = Sentence("Say why, in %(most)s characters at most.", most=LONGEST_REASON)
        raise Invalid(sentence, field="reason")
    now = now_of(session)
    same = select(TwoPersonRequest.id).where(
        TwoPersonRequest.act == act,
        TwoPersonRequest.subject == subject,
        TwoPersonRequest.state == RequestState.WAITING,
        TwoPersonRequest.ends_at > now,
    )
    if session.scalar(same.limit(1)) is not None:
        raise Invalid(Sentence("This was asked for already."), field="act", reason="taken")
    row = TwoPersonRequest(
        act=act,
        subject=subject,
        asked=asked,
        reason=reason.strip(),
        asked_by_id=by.actor_id,
        asked_at=now,
        ends_at=now + LIVES,
    )
    session.add(row)
    record_audit(session, by=by.handle, action=f"{act}.ask", subject=subject, reason=_named(row))
    tell_officers(session, f"{act}.ask", by=by, reason=row.reason)
    return row


def _check_admin(by: Officer) -> None:
    if rank_of(by.role) < rank_of(Role.ADMIN):
        raise NotAllowed(Sentence("This is for admins and owners."))


def _check_waits(session: Session, row: TwoPersonRequest) -> None:
    if row.state != RequestState.WAITING or row.ends_at <= now_of(session):
        raise NotAllowed(_OVER, reason="not-waiting")


def _decide(session: Session, row: TwoPersonRequest, state: RequestState, by: Officer) -> None:
    """Decide; of two who do so at the same moment one succeeds. Raises NotAllowed for the other."""
    decided = session.execute(
        update(TwoPersonRequest)
        .where(TwoPersonRequest.id == row.id, TwoPersonRequest.state == RequestState.WAITING)
        .values(state=state, decided_by_id=by.actor_id, decided_at=now_of(session))
    )
    if getattr(decided, "rowcount", 0) != 1:
        raise NotAllowed(_OVER, reason="not-waiting")


def _role_now(session: Session, actor: Actor) -> Role:
    member = get_member_of(session, actor)
    return Role(member.role) if member.state == MemberState.ACTIVE else Role.MEMBER


def _named(row: TwoPersonRequest) -> str:
    """Return what the log says of a request, by which its steps are found again."""
    return f"request {row.id}: {row.reason}"
