"""What passkeys are asked to sign: random, for one browser and one purpose, taken once."""

import secrets
from datetime import timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fediunion.db import now_of, settings_of
from fediunion.members.factors.models import PasskeyChallenge
from fediunion.members.sessions import key_hash

LIVES: Final = timedelta(minutes=5)
_BYTES: Final = 32


class Purpose(StrEnum):
    """What a signature is for: one made for another purpose is worth nothing."""

    ENROL = "enrol"
    SIGN_IN = "sign-in"
    SECOND_STEP = "second-step"
    PROVE = "prove"


def new_challenge(session: Session, cookie: str, purpose: Purpose) -> bytes:
    """Return 32 random bytes for the browser of that cookie; those from before are dead."""
    challenge, hashed = secrets.token_bytes(_BYTES), key_hash(cookie, settings_of(session))
    _forget(session, hashed, purpose)
    session.add(
        PasskeyChallenge(
            key_hash=hashed, purpose=purpose, challenge=challenge, ends_at=now_of(session) + LIVES
        )
    )
    return challenge


def take_challenge(session: Session, cookie: str, purpose: Purpose) -> bytes | None:
    """Return the bytes that this browser was given less than five minutes ago, and forget them; or None."""
    hashed = key_hash(cookie, settings_of(session))
    row = session.get(PasskeyChallenge, (hashed, purpose))
    if row is None:
        return None
    challenge, over = row.challenge, row.ends_at <= now_of(session)
    return challenge if _forget(session, hashed, purpose) and not over else None


def forget_challenges(session: Session) -> None:
    """Delete those that nobody signed in time."""
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.ends_at <= now_of(session)))


def _forget(session: Session, hashed: str, purpose: Purpose) -> bool:
    which = (PasskeyChallenge.key_hash == hashed) & (PasskeyChallenge.purpose == purpose)
    gone = session.execute(delete(PasskeyChallenge).where(which))
    return getattr(gone, "rowcount", 0) == 1
