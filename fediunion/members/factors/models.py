"""Second factors, what a sign-in waits for between its two steps, and challenges of passkeys."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base, Identified


class TotpSecret(Base):
    """The secret that a member's app makes codes of, encrypted with the master key.

    `last_counter` is the time step of the last code that was taken: no code is taken twice, nor one before
    it. Until `confirmed_at` it is shown, and asked of nobody. Source: RFC 6238, section 5.2.
    """

    __tablename__ = "totp_secret"
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sealed: Mapped[bytes]
    last_counter: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class Passkey(Identified):
    """A key of a member's device or security key: `credential_id` in base64url, the public key in COSE form.

    `sign_count` is what the key counted last, 0 for those that do not count.
    """

    __tablename__ = "passkey"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    transports: Mapped[list[Any]]
    name: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class PasskeyChallenge(Base):
    """What a passkey is asked to sign, for one browser and one purpose; taken once, within five minutes."""

    __tablename__ = "passkey_challenge"
    key_hash: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    challenge: Mapped[bytes]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class RecoveryCode(Identified):
    """A code that a member wrote down; only its keyed hash is stored, and the row goes when it is used."""

    __tablename__ = "recovery_code"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class PendingSignIn(Base):
    """A browser in which the password was right and the second factor is waited for. It has no rights.

    `password_hash` is the one that was checked: with another one the wait is over.
    """

    __tablename__ = "pending_sign_in"
    key_hash: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    password_hash: Mapped[str]
    device: Mapped[str] = mapped_column(default="")
    ends_at: Mapped[datetime] = mapped_column(index=True)
