"""Decisions about who is here: letting people in, covering, disabling and erasing accounts, warnings."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.actors.service import mark_actor_deleted
from fediunion.db import announce, now_of, settings_of
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.kit.sentences import Sentence
from fediunion.members import sign_ups
from fediunion.members.events import MemberTakenBack
from fediunion.members.mail.notices import title_of, write_to
from fediunion.members.models import Member, Role
from fediunion.members.queries import find_member_of
from fediunion.members.rights import rank_of
from fediunion.members.service import delete_member, disable_member, enable_member
from fediunion.social.moderation.audit import AUTOMATIC, TAKEN_BACK, record_audit
from fediunion.world import CHANGED

MAX_TEXT: Final = 2_000
DECISIONS: Final = "/settings/decisions"
"""Where a member reads what was decided about it."""

SUSPENDED: Final = "/sign-in"
"""Where one does who is suspended."""


def check_outranks(session: Session, role: Role, actor: Actor) -> None:
    """Raise NotAllowed where the account is a member's whose role is not below `role` (row W18)."""
    member = find_member_of(session, actor.id) if actor.local else None
    if member is not None and rank_of(member.role) >= rank_of(role):
        raise NotAllowed(Sentence("You cannot decide about somebody of your own role or a higher one."))


def is_at_least(role: str, least: Role) -> bool:
    """Return whether a role may do what `least` may."""
    return rank_of(role) >= rank_of(least)


def approve(session: Session, actor: Actor, *, by: str) -> None:
    """Let somebody in who asked for an account. Raises NotAllowed for one who does not wait."""
    sign_ups.approve_sign_up(session, _member(session, actor))
    record_audit(session, by=by, action="member.approve", subject=actor.uri)


def reject(session: Session, actor: Actor, *, by: str, reason: str = "") -> None:
    """Erase somebody who asked for an account, and write why. Raises NotAllowed for one who does not wait."""
    member = _member(session, actor)
    tell_by_mail(session, actor, reason)
    sign_ups.reject_sign_up(session, member)
    record_audit(session, by=by, action="member.reject", subject=actor.uri, reason=reason)


def disable(session: Session, actor: Actor, *, by: str, reason: str = "") -> None:
    """Let a member log in no more; sessions, tokens and streams end. Raises NotFound for no member."""
    disable_member(session, _member(session, actor))
    record_audit(session, by=by, action="member.disable", subject=actor.uri, reason=reason)


def enable(session: Session, actor: Actor, *, by: str) -> None:
    """Let a disabled member log in again. Raises NotFound for no member."""
    enable_member(session, _member(session, actor))
    record_audit(session, by=by, action="member.enable", subject=actor.uri)


def note_taken_back(session: Session, event: MemberTakenBack) -> None:
    """Reaction: note for officers that somebody else had been in an account; the overview counts these."""
    actor = get_actor(session, event.actor_id)
    record_audit(session, by=AUTOMATIC, action=TAKEN_BACK, subject=actor.uri)


def sensitize(session: Session, actor: Actor, *, by: str, reason: str = "") -> None:
    """Cover whatever pictures an actor, ours or remote, shows; a second time changes nothing."""
    if actor.sensitized_at is None:
        actor.sensitized_at = now_of(session)
        announce(session, CHANGED, "posts")
        record_audit(session, by=by, action="actor.sensitize", subject=actor.uri, reason=reason)


def unsensitize(session: Session, actor: Actor, *, by: str) -> None:
    """Cover the pictures of an actor no longer, unless it says so itself."""
    if actor.sensitized_at is not None:
        actor.sensitized_at = None
        announce(session, CHANGED, "posts")
        record_audit(session, by=by, action="actor.unsensitize", subject=actor.uri)


def erase(session: Session, actor: Actor, *, by: str) -> None:
    """Remove a suspended account, ours or remote, with all that it left. Raises NotAllowed for another."""
    if actor.suspended_at is None:
        raise NotAllowed(
            Sentence("Only a suspended account can be deleted; suspend it first."), reason="not-suspended"
        )
    member = find_member_of(session, actor.id) if actor.local else None
    if member is not None:
        delete_member(session, member)
    else:
        mark_actor_deleted(session, actor)
    record_audit(session, by=by, action="actor.erase", subject=actor.uri)


def warn(session: Session, actor: Actor, text: str, *, by: str) -> None:
    """Note a warning, and write it to a member of ours who has an address. Raises Invalid for a long text."""
    note_warning(session, actor, text, by=by)
    tell_by_mail(session, actor, text)


def note_warning(session: Session, actor: Actor, text: str, *, by: str) -> None:
    """Note a warning that is told otherwise. Raises Invalid for a long text."""
    if len(text) > MAX_TEXT:
        raise Invalid(
            Sentence("A warning has %(most)s characters at most.", most=MAX_TEXT),
            field="text",
            reason="too-long",
        )
    record_audit(session, by=by, action="actor.warn", subject=actor.uri, reason=text)


def tell_by_mail(session: Session, actor: Actor, text: str, *, before: str = "", after: str = "") -> None:
    """Write to a member what moderators want to tell it; without an address, or a text, nothing is sent.

    `before` and `after` stand around the text; below `after` stands where a member reads of decisions.
    """
    member = find_member_of(session, actor.id) if actor.local else None
    if member is None or not text.strip():
        return
    settings = settings_of(session)
    link = f"{settings.base_url}{SUSPENDED if actor.suspended_at else DECISIONS}"
    write_to(
        session,
        member,
        Sentence("From the moderators of %(title)s", title=title_of(settings)),
        *([before] if before else []),
        text,
        *([after, link] if after else []),
    )


def _member(session: Session, actor: Actor) -> Member:
    member = find_member_of(session, actor.id) if actor.local else None
    if member is None:
        raise NotFound("There is no such member.")
    return member
