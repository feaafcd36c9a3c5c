"""Sessions of browsers: begun at sign-in, found by their cookie, ended; only keyed hashes are stored."""

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.config import Settings
from fediunion.db import announce, now_of, settings_of
from fediunion.kit.errors import NotAllowed
from fediunion.kit.ids import new_token
from fediunion.kit.sentences import Sentence
from fediunion.members.models import Member, MemberState, Role, WebSession
from fediunion.members.rights import rights_of_member
from fediunion.world import CHANGED

IDLE: Final = timedelta(hours=12)
IDLE_OF_ADMINS: Final = timedelta(hours=1)
LONGEST: Final = timedelta(days=30)
SEEN_IS_NOTED_EVERY: Final = timedelta(minutes=5)
SESSIONS: Final = "sessions"
"""Announced as changed when sessions end: what a browser keeps open looks whether its own is still there."""

PROVED_FOR: Final = timedelta(minutes=10)
"""How long after a proof a member may do what is dangerous. Source: row W19."""

_PROOF_BYTES: Final = 32
_FORM_TOKEN: Final = re.compile(rf"[0-9a-f]{{{4 * _PROOF_BYTES}}}")
_ADMINS: Final = (Role.ADMIN, Role.OWNER)


def new_session_cookie() -> str:
    """Return a cookie of 256 random bits. Before a sign-in nothing is stored of it."""
    return new_token()


def begin_session(session: Session, member: Member, replaces: str = "", *, device: str = "") -> str:
    """Return the cookie of a new session of a member; the one that the browser had before ends (row W02).

    It may do what the member may do now (rights_of_member). `device` is from devices.describe_device.
    """
    if replaces:
        end_session(session, replaces)
    cookie, now = new_session_cookie(), now_of(session)
    settings = settings_of(session)
    session.add(
        WebSession(
            member_id=member.id,
            key_hash=key_hash(cookie, settings),
            signed_in_at=now,
            last_seen_at=now,
            proved_at=now,
            role=rights_of_member(member, settings),
            device=device,
        )
    )
    return cookie


def is_proved(row: WebSession, now: datetime) -> bool:
    """Return whether the member proved to be the one within the last ten minutes (row W19)."""
    return now - PROVED_FOR < row.proved_at


def prove_again(session: Session, cookie: str) -> str:
    """Note that the member of a session proved once more to be the one; return the cookie from now on.

    It is another one, to be given to the browser, where the session may now do more than before: the
    member was given a role, or a second factor (row W02). The proof itself is of members/step_up.py.
    Raises NotAllowed for a session that is over.
    """
    row, member, _ = _get(session, cookie)
    row.proved_at = now_of(session)
    return (
        cookie if row.role == rights_of_member(member, settings_of(session)) else renew(session, row, member)
    )


def renew(session: Session, row: WebSession, member: Member) -> str:
    """Return another cookie for a session whose rights change, to those that the member has now (W02)."""
    settings, cookie = settings_of(session), new_session_cookie()
    row.role, row.key_hash = rights_of_member(member, settings), key_hash(cookie, settings)
    return cookie


def find_session(session: Session, cookie: str) -> tuple[WebSession, Member, Actor] | None:
    """Return the session of a cookie, who is signed in, and the actor; None where it ended or never was.

    It ends 12 hours after its last use (1 hour for admins), 30 days after it began, and with the right of
    the member to act.
    """
    found = session.execute(
        select(WebSession, Member, Actor)
        .join(Member, Member.id == WebSession.member_id)
        .join(Actor, Actor.id == Member.actor_id)
        .where(
            WebSession.key_hash == key_hash(cookie, settings_of(session)),
            Member.state == MemberState.ACTIVE,
            Actor.suspended_at.is_(None),
        )
    ).first()
    if found is None:
        return None
    row, member, actor = found
    now, idle = now_of(session), _idle_of(member)
    over = row.last_seen_at + idle <= now or row.signed_in_at + LONGEST <= now
    return None if over else (row, member, actor)


def member_in(session: Session, cookie: str) -> Member:
    """Return whose session it is; raise NotAllowed where it is over."""
    return _get(session, cookie)[1]


def session_of(session: Session, member: Member, cookie: str) -> WebSession:
    """Return the session of a cookie; raise NotAllowed where it is over, or another member's."""
    row, whose, _ = _get(session, cookie)
    if whose.id != member.id:
        raise NotAllowed(Sentence("This session is over; sign in again."), reason="session-over")
    return row


def proved_member(session: Session, cookie: str) -> Member:
    """Return whose session it is; raise NotAllowed where it is over, or the last proof is old (row W19)."""
    row, member, _ = _get(session, cookie)
    if not is_proved(row, now_of(session)):
        raise NotAllowed(Sentence("Show once more that it is you."), reason="proof-needed")
    return member


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
    _end(session, WebSession.key_hash == key_hash(cookie, settings_of(session)))


def end_sessions(session: Session, member: Member, *, but: str = "") -> None:
    """End all sessions of a member, in every browser but the one of the cookie `but`."""
    others = WebSession.key_hash != key_hash(but, settings_of(session))
    _end(session, (WebSession.member_id == member.id) & others)


def end_session_of_id(session: Session, member: Member, session_id: int) -> None:
    """End one session of a member, as the list of devices names it; that of another one is not touched."""
    _end(session, (WebSession.member_id == member.id) & (WebSession.id == session_id))


def list_sessions(session: Session, member: Member) -> list[WebSession]:
    """Return the sessions of a member that are not over, the one used last first."""
    now, idle = now_of(session), _idle_of(member)
    statement = (
        select(WebSession)
        .where(
            WebSession.member_id == member.id,
            WebSession.last_seen_at > now - idle,
            WebSession.signed_in_at > now - LONGEST,
        )
        .order_by(WebSession.last_seen_at.desc(), WebSession.id.desc())
    )
    return list(session.scalars(statement))


def _end(session: Session, which: ColumnElement[bool]) -> None:
    ended = session.execute(delete(WebSession).where(which))
    if getattr(ended, "rowcount", 0):
        announce(session, CHANGED, SESSIONS)


def forget_ended(session: Session) -> None:
    """Delete the rows of sessions that are over."""
    now = now_of(session)
    idle = WebSession.last_seen_at <= now - IDLE
    session.execute(delete(WebSession).where(idle | (WebSession.signed_in_at <= now - LONGEST)))


def form_token(cookie: str, settings: Settings) -> str:
    """Return what a form has to bring back to prove that it came from a page shown to this cookie (W04).

    It looks different each time, a random pad and the proof under it: how well a page that also shows what
    others wrote can be compressed says nothing of the proof. Source: breachattack.com, "masking secrets".
    """
    pad = secrets.token_bytes(_PROOF_BYTES)
    return (pad + _masked(_proof(cookie, settings), pad)).hex()


def is_form_token(text: str, cookie: str, settings: Settings) -> bool:
    """Return whether `text` is a token of forms for this cookie."""
    if _FORM_TOKEN.fullmatch(text) is None:
        return False
    given = bytes.fromhex(text)
    pad, proof = given[:_PROOF_BYTES], given[_PROOF_BYTES:]
    return hmac.compare_digest(_masked(proof, pad), _proof(cookie, settings))


def _proof(cookie: str, settings: Settings) -> bytes:
    return bytes.fromhex(_keyed("fediunion form", cookie, settings))


def _masked(text: bytes, pad: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(text, pad, strict=True))


def _get(session: Session, cookie: str) -> tuple[WebSession, Member, Actor]:
    found = find_session(session, cookie)
    if found is None:
        raise NotAllowed(Sentence("This session is over; sign in again."), reason="session-over")
    return found


def _idle_of(member: Member) -> timedelta:
    return IDLE_OF_ADMINS if member.role in _ADMINS else IDLE


def key_hash(cookie: str, settings: Settings) -> str:
    """Return what is stored of a cookie. With another secret key all sessions are over (row W23)."""
    return _keyed("fediunion session", cookie, settings)


def _keyed(purpose: str, cookie: str, settings: Settings) -> str:
    text = f"{purpose}\n{cookie}".encode("utf-8", "replace")
    return hmac.new(settings.secrets.secret_key.encode(), text, hashlib.sha256).hexdigest()
