"""Who can log in: members, their tokens and sessions, requests for accounts, and the mail to them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base, Identified


class Role(StrEnum):
    """What a member may do for the union, from least to most."""

    MEMBER = "member"
    MODERATOR = "moderator"
    ADMIN = "admin"
    OWNER = "owner"


class MemberState(StrEnum):
    """Whether a member may act. Who is disabled cannot log in, and is shown as before."""

    PENDING = "pending"
    ACTIVE = "active"
    DISABLED = "disabled"
    SUSPENDED = "suspended"
    DELETED = "deleted"


class Member(Identified):
    """A person with an account. The actor is who acts; the member is who logs in.

    `sealed_email` is encrypted with the master key, `email_key` a keyed hash for looking it up: an address
    that was confirmed, or that the operator gave. `second_factor_since` is when the first second factor was
    enrolled, None while there is none.
    """

    __tablename__ = "member"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"), unique=True)
    email_key: Mapped[str | None] = mapped_column(unique=True)
    sealed_email: Mapped[bytes | None]
    password_hash: Mapped[str | None]
    role: Mapped[str] = mapped_column(default=Role.MEMBER)
    state: Mapped[str] = mapped_column(default=MemberState.ACTIVE)
    locale: Mapped[str] = mapped_column(default="en")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    second_factor_since: Mapped[datetime | None]


class AccessToken(Identified):
    """A bearer token, stored as SHA-256. `scopes` is space-separated as OAuth writes it.

    Without a member it is an app's own. `application_id` is the app that it was given to (a row of the
    floor above; none for tokens of the command line), `grant_id` what all tokens of one consent share.
    One made `by_operator`, on the machine itself, asks nobody for a second factor.
    """

    __tablename__ = "access_token"
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    application_id: Mapped[int | None] = mapped_column(index=True)
    grant_id: Mapped[int | None] = mapped_column(index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[str]
    app_name: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    by_operator: Mapped[bool] = mapped_column(default=False)


class WebSession(Identified):
    """A browser in which a member is signed in. The cookie is stored as a keyed hash only.

    `role` is the most that the session may do, however the member's role grows later; `proved_at` is when
    the member last proved to be the one: at sign-in, or asked again. `device` is a coarse description.
    """

    __tablename__ = "web_session"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    signed_in_at: Mapped[datetime]
    last_seen_at: Mapped[datetime] = mapped_column(index=True)
    proved_at: Mapped[datetime]
    role: Mapped[str] = mapped_column(default=Role.MEMBER)
    device: Mapped[str] = mapped_column(default="")


class AttemptCount(Base):
    """How often something was tried in one window of time; `subject` is a keyed hash of who or whose."""

    __tablename__ = "attempt_count"
    subject: Mapped[str] = mapped_column(primary_key=True)
    window_ends_at: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    count: Mapped[int]


class SignUp(Base):
    """A request for an account that is not decided yet; the row goes once the member may act.

    `sealed_email` and `email_key` are the address that it gave, as those of a member, until it is confirmed:
    many may name one (members/unconfirmed.py). `reach` is how far the member wants to be seen then, None
    where it did not say.
    """

    __tablename__ = "sign_up"
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    application_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    sealed_email: Mapped[bytes | None]
    email_key: Mapped[str | None] = mapped_column(index=True)
    reach: Mapped[str | None]


class EmailDomainBlock(Identified):
    """Nobody signs up with an address at this domain, or at one below it."""

    __tablename__ = "email_domain_block"
    domain: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class EmailBlock(Identified):
    """Nobody signs up with this address. `key` is the keyed hash of its canonical form."""

    __tablename__ = "email_block"
    key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class QueuedMail(Identified):
    """A mail that waits to be handed over. `sealed` is the whole of it, encrypted with the master key."""

    __tablename__ = "queued_mail"
    sealed: Mapped[bytes]
    created_at: Mapped[datetime]
