"""Signing in, the second step: a code or a passkey, in the browser in which the password was right."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of, settings_of
from fediunion.kit.sentences import Sentence
from fediunion.members.factors.challenges import Purpose
from fediunion.members.factors.models import PendingSignIn
from fediunion.members.factors.passkeys import asking_options
from fediunion.members.factors.standing import Factors, list_factors
from fediunion.members.models import Member, MemberState
from fediunion.members.proofs import SignedAnswer, check_code, check_passkey, use_answer
from fediunion.members.refusals import SignInRefused
from fediunion.members.sessions import begin_session, end_session, key_hash, new_session_cookie
from fediunion.world import World

WAITS: Final = timedelta(minutes=10)
_OVER: Final = Sentence("This took too long. Start again with your name and password.")


@dataclass(frozen=True)
class SecondStep:
    """Who is waited for in a browser, and with what the second step can be made."""

    member_id: int
    factors: Factors


def wait_for_second(
    session: Session, member: Member, password_hash: str, replaces: str = "", device: str = ""
) -> str:
    """Return a cookie that opens nothing but the second step, for ten minutes; what it `replaces` ends."""
    if replaces:
        end_session(session, replaces)
        _forget(session, replaces)
    cookie = new_session_cookie()
    session.add(
        PendingSignIn(
            key_hash=key_hash(cookie, settings_of(session)),
            member_id=member.id,
            password_hash=password_hash,
            device=device,
            ends_at=now_of(session) + WAITS,
        )
    )
    return cookie


def find_second_step(session: Session, cookie: str) -> SecondStep | None:
    """Return who is waited for in the browser of a cookie; None where nobody is, or no longer."""
    found = _find(session, cookie)
    return None if found is None else SecondStep(found[1].id, list_factors(session, found[1]))


async def finish_by_code(world: World, *, cookie: str, code: str, address: str) -> str:
    """Return the cookie of a session for a code of the member's app, or a recovery code.

    Raises SignInRefused where nobody is waited for, WrongProof for a wrong code, TooManyAttempts (W11).
    """
    waiting = await world.db.read(_get, cookie)
    await check_code(world, waiting.member_id, code, address)
    return await world.db.write(_begin, cookie, waiting.member_id)


def second_passkey_options(session: Session, cookie: str) -> str:
    """Return the JSON with which the browser asks a passkey; a unit that writes. Raises SignInRefused."""
    return asking_options(session, cookie, Purpose.SECOND_STEP, _get(session, cookie).member_id)


async def finish_by_passkey(world: World, *, cookie: str, answer: str, address: str) -> str:
    """Return the cookie of a session for what a passkey of the member signed. Raises as `finish_by_code`."""
    waiting = await world.db.read(_get, cookie)
    signed = await check_passkey(
        world, cookie=cookie, answer=answer, purpose=Purpose.SECOND_STEP, address=address
    )

    def unit(session: Session) -> str:
        _use(session, signed, waiting.member_id)
        return _begin(session, cookie, waiting.member_id)

    return await world.db.write(unit)


def forget_over(session: Session) -> None:
    """Delete what was waited for too long."""
    session.execute(delete(PendingSignIn).where(PendingSignIn.ends_at <= now_of(session)))


def _use(session: Session, signed: SignedAnswer, member_id: int) -> None:
    if use_answer(session, signed).id != member_id:
        raise SignInRefused(Sentence("This passkey is not of this account."))


def _get(session: Session, cookie: str) -> SecondStep:
    found = find_second_step(session, cookie)
    if found is None:
        raise SignInRefused(_OVER)
    return found


def _find(session: Session, cookie: str) -> tuple[PendingSignIn, Member] | None:
    row = session.get(PendingSignIn, key_hash(cookie, settings_of(session)))
    if row is None or row.ends_at <= now_of(session):
        return None
    member = session.get_one(Member, row.member_id)
    suspended = session.get_one(Actor, member.actor_id).suspended_at is not None
    if member.state != MemberState.ACTIVE or suspended or member.password_hash != row.password_hash:
        return None
    return row, member


def _begin(session: Session, cookie: str, member_id: int) -> str:
    found = _find(session, cookie)
    if found is None or found[1].id != member_id or not _forget(session, cookie):
        raise SignInRefused(_OVER)
    return begin_session(session, found[1], device=found[0].device)


def _forget(session: Session, cookie: str) -> bool:
    """Return whether somebody was waited for in the browser of that cookie, who is no more."""
    hashed = key_hash(cookie, settings_of(session))
    gone = session.execute(delete(PendingSignIn).where(PendingSignIn.key_hash == hashed))
    return getattr(gone, "rowcount", 0) == 1
