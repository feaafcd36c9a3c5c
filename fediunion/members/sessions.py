"""Sessions of browsers: begun at sign-in, found by their cookie, ended; only keyed hashes are stored."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.config import Settings
from fediunion.db import now_of, settings_of
from fediunion.kit.ids import new_token
from fediunion.members.models import Member, MemberState, Role, WebSession

IDLE: Final = timedelta(hours=12)
IDLE_OF_ADMINS: Final = timedelta(hours=1)
LONGEST: Final = timedelta(days=30)
SEEN_IS_NOTED_EVERY: Final = timedelta(minutes=5)
_ADMINS: Final = (Role.ADMIN, Role.OWNER)


def new_session_cookie() -> str:
    """Return a cookie of 256 random bits. Before a sign-in nothing is stored of it."""
    return new_token()


def begin_session(session: Session, member: Member, replaces: str = "") -> str:
    """Return the cookie of a new session of a member; the one that the browser had before ends (row W02)."""
    if replaces:
        end_session(session, replaces)
    cookie, now = new_session_cookie(), now_of(session)
    session.add(
        WebSession(
            member_id=member.id,
            key_hash=_key_hash(cookie, settings_of(session)),
            signed_in_at=now,
            last_seen_at=now,
        )
    )
    return cookie


def find_session(session: Session, cookie: str) -> tuple[WebSession, Member, Actor] | None:
    """Return the session of a cookie, who is signed in, and the actor; None where it ended or never was.

    It ends 12 hours after its last use (1 hour for admins), 30 days after it began, and with the right of
    the member to act. Source: security.md, section 4.
    """
    found = session.execute(
        select(WebSession, Member, Actor)
        .join(Member, Member.id == WebSession.member_id)
        .join(Actor, Actor.id == Member.actor_id)
        .where(
            WebSession.key_hash == _key_hash(cookie, settings_of(session)),
            Member.state == MemberState.ACTIVE,
            Actor.suspended_at.is_(None),
        )
    ).first()
    if found is None:
        return None
    row, member, actor = found
    now, idle = now_of(session), IDLE_OF_ADMINS if member.role in _ADMINS else IDLE
    over = row.last_seen_at + idle <= now or row.signed_in_at + LONGEST <= now
    return None if over else (row, member, actor)


def seen_is_due(row: WebSession, now: datetime) -> bool:
    """Return whether the use of a session at `now` is to be noted."""
    return row.last_seen_at <= now - SEEN_IS_NOTED_EVERY


def note_seen(session: Session, session_id: int) -> None:
    """Write down that a session is used now; one that ended meanwhile stays ended."""
    row = session.get(WebSession, session_id)
    if row is not None:
        row.last_seen_at = now_of(session)


def end_session(session: Session, cookie: str) -> None:
    """End the session of a cookie; one that is unknown stays so."""
    session.execute(delete(WebSession).where(WebSession.key_hash == _key_hash(cookie, settings_of(session))))


def end_sessions(session: Session, member: Member) -> None:
    """End all sessions of a member, in every browser."""
    session.execute(delete(WebSession).where(WebSession.member_id == member.id))


def forget_ended(session: Session) -> None:
    """Delete the rows of sessions that are over."""
    now = now_of(session)
    idle = WebSession.last_seen_at <= now - IDLE
    session.execute(delete(WebSession).where(idle | (WebSession.signed_in_at <= now - LONGEST)))


def form_token(cookie: str, settings: Settings) -> str:
    """Return what a form has to bring back to prove that it came from a page shown to this cookie (W04)."""
    return _keyed("fediunion form", cookie, settings)


def is_form_token(text: str, cookie: str, settings: Settings) -> bool:
    """Return whether `text` is the token of forms for this cookie."""
    expected = form_token(cookie, settings).encode()
    return hmac.compare_digest(text.encode("utf-8", "replace"), expected)


def _key_hash(cookie: str, settings: Settings) -> str:
    """Return what is stored of a cookie. With another secret key all sessions are over (row W23)."""
    return _keyed("fediunion session", cookie, settings)


def _keyed(purpose: str, cookie: str, settings: Settings) -> str:
    text = f"{purpose}\n{cookie}".encode("utf-8", "replace")
    return hmac.new(settings.secrets.secret_key.encode(), text, hashlib.sha256).hexdigest()
